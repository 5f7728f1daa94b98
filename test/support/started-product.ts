import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Waits for a condition, not for a time. */
export const until = async <T>(what: string, ask: () => T | Promise<T>, withinMs = 20_000): Promise<NonNullable<T>> => {
  const end = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
    await new Promise((done) => setTimeout(done, 25))
  }
}

export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? done(address.port) : fail(new Error('no port'))))
    })
  })

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

export interface StartedProduct {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly child: ChildProcess
  /** All that was printed so far. */
  readonly output: () => string
  readonly said: (text: string | RegExp, withinMs?: number) => Promise<string>
  /** Every live process of this start, found by a mark in its environment, whatever its parent is. */
  readonly processes: () => readonly RunningProcess[]
  /** Processor time that those of its live processes have used, ms: what a start takes when nothing else runs. */
  readonly processorMs: (which: RegExp) => number
  readonly exited: () => Promise<number | null>
  /** Ends whatever is left and removes the data. */
  readonly clear: () => Promise<void>
}

/** Redis writes its title over its environment, but names its socket in the title. */
const isOurs = (name: string, mark: string, dataDir: string): boolean => readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark) || readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(dataDir)

const marked = (mark: string, dataDir: string): readonly RunningProcess[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!isOurs(name, mark, dataDir)) return []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return command === '' ? [] : [{ pid: Number(name), command }]
      } catch {
        return []
      }
    })

const HERTZ = 100

const processorMsOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / HERTZ
  } catch {
    return 0
  }
}

const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended by itself
  }
}

/** `npm start` (or its supervisor alone) on a folder and a port of its own. */
export const startProduct = async ({ env = {}, throughNpm = false, dataDir = mkdtempSync(join(tmpdir(), 'fw-start-')), port }: { env?: NodeJS.ProcessEnv; throughNpm?: boolean; dataDir?: string; port?: number } = {}): Promise<StartedProduct> => {
  const mark = `FLOORWATCH_TEST_MARK=${randomUUID()}`
  const ownPort = port ?? (await freePort())
  const [name = '', value = ''] = mark.split('=')
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm_|REDIS_URL|DATA_DIR|PORT|HOST|DEMO|NODE_ENV|NODE_OPTIONS|ADMIN_TOKEN)/.test(key)))
  const [command, args] = throughNpm ? ['npm', ['start']] : [process.execPath, ['scripts/start.mjs']]
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...inherited, ...env, [name]: value, DATA_DIR: dataDir, PORT: String(ownPort) } })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  const processes = () => marked(mark, dataDir)
  return {
    url: `http://127.0.0.1:${ownPort}`,
    port: ownPort,
    dataDir,
    child,
    output: () => text,
    said: async (wanted, withinMs = 120_000) => {
      try {
        await until('said', () => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) || child.exitCode !== null || child.signalCode !== null, withinMs)
        if (typeof wanted === 'string' ? !text.includes(wanted) : !wanted.test(text)) throw new Error('it ended')
      } catch {
        throw new Error(`"${String(wanted)}" was not said within ${withinMs} ms, but:\n${text}`)
      }
      return text
    },
    processes,
    processorMs: (which) => processes().filter(({ command }) => which.test(command)).reduce((sum, { pid }) => sum + processorMsOf(pid), 0),
    exited: () => ended,
    clear: async () => {
      for (const { pid } of processes()) kill(pid, 'SIGKILL')
      await until('all processes gone', () => processes().length === 0)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
