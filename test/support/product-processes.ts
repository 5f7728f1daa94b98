import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { redisServer, until, type RedisServer } from './redis-server.ts'
import { freePort } from './started-product.ts'
import { openWatchedWire, type WatchedWire } from './watched-wire.ts'

const root = resolve(import.meta.dirname, '../..')
export const productToken = 'a-token-for-tests-of-24-chars'

/** A process ended by itself, and was started anew. */
export interface OwnEnd {
  readonly at: number
  readonly why: string
  /** It works again; null: it was killed or ended before it did. */
  backAt: number | null
}

interface Part {
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  signal(signal: NodeJS.Signals): void
  readonly output: () => string
  readonly ownEnds: readonly OwnEnd[]
}

/** Web server, workers and Redis as processes of their own, each of which a test may kill and start again. */
export interface ProductProcesses {
  readonly redis: RedisServer
  readonly web: Part
  readonly workers: Part
  readonly url: string
  readonly dataDir: string
  /** The wires over which its processes reach Redis, when they were asked for. */
  readonly wires: { readonly web: WatchedWire; readonly workers: WatchedWire } | null
  /** What its processes, and commands that belong to it, are started with. */
  readonly env: NodeJS.ProcessEnv
  call<T>(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: T }>
  /** Resolves when `/readyz` is 200. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** The last lines that are more than news of the job queue. */
export const lastLines = (text: string, many: number): string =>
  text
    .trim()
    .split('\n')
    .filter((line) => !line.includes('"msg":"job queue"'))
    .slice(-many)
    .join('\n')

interface PartOptions {
  readonly main: string
  readonly env: NodeJS.ProcessEnv
  readonly ready: (output: string) => boolean | Promise<boolean>
  /** In its output when it works. */
  readonly works: string
  readonly supervised: boolean
}

const part = ({ main, env, ready, works, supervised }: PartOptions): Part => {
  let child: ChildProcess | null = null
  let wanted = false
  let text = ''
  const ownEnds: OwnEnd[] = []
  const gone = () =>
    new Promise<void>((done) => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return done()
      child.once('exit', () => done())
    })
  const begin = (): void => {
    child = spawn(process.execPath, [join('dist', main)], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const from = text.length
    const before = ownEnds.at(-1)
    const hear = (chunk: string): void => {
      text += chunk
      if (before?.backAt === null && text.includes(works, from)) before.backAt = Date.now()
    }
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    // As npm start does: one that ends by itself is started anew.
    child.once('exit', (code, signal) => {
      if (!supervised || !wanted) return
      ownEnds.push({ at: Date.now(), why: `${code ?? signal}: ${lastLines(text.slice(from), 1)}`, backAt: null })
      begin()
    })
  }
  return {
    start: async () => {
      text = ''
      wanted = true
      begin()
      await until(() => ready(text), `${main} is ready`, 180_000).catch((error: Error) => {
        throw new Error(`${error.message}\n${text}`)
      })
    },
    kill: async () => {
      wanted = false
      child?.kill('SIGKILL')
      await gone()
    },
    signal: (signal) => void child?.kill(signal),
    output: () => text,
    ownEnds,
  }
}

/** As it is installed: compiled, which starts three times as fast. Builds what is stale, one process at a time. */
const built = () => promisify(execFile)(process.execPath, ['-e', "import('./scripts/lib/setup.mjs').then((it) => it.setUp({ build: ['server'] }))"], { cwd: root })

/** `more`: settings of the environment besides. `wired`: each process reaches Redis over a wire of its own, which can stop at a mark. */
export const productProcesses = async (more: Readonly<Record<string, string>> = {}, { wired = false } = {}): Promise<ProductProcesses> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'fw-product-'))
  const redis = redisServer()
  await Promise.all([redis.start(), built()])
  const wires = wired ? { web: await openWatchedWire(redis.url), workers: await openWatchedWire(redis.url) } : null
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm_|REDIS_URL|DATA_DIR|PORT|HOST|DEMO|NODE_OPTIONS|ADMIN_TOKEN|JEST)/.test(key)))
  const env = { ...inherited, NODE_ENV: 'production', REDIS_URL: redis.url, DATA_DIR: dataDir, PORT: String(port), ADMIN_TOKEN: productToken, DEMO: 'off', OUTBOUND_ALLOW: '127.0.0.0/8', LOG_LEVEL: 'info', ...more }
  const call: ProductProcesses['call'] = async <T>(method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${productToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return { status: answer.status, body: (await answer.json()) as T }
  }
  const web = part({ main: 'server/main.js', env: { ...env, REDIS_URL: wires?.web.url ?? redis.url }, ready: async () => (await fetch(`${url}/api/v1/sites`, { headers: { authorization: `Bearer ${productToken}` } }).catch(() => null))?.status === 200, works: '"ready"', supervised: wired })
  const workers = part({ main: 'workers/main.js', env: { ...env, REDIS_URL: wires?.workers.url ?? redis.url }, ready: (output) => output.includes('"working"'), works: '"working"', supervised: wired })
  return {
    redis,
    web,
    workers,
    url,
    dataDir,
    wires,
    env,
    call,
    ready: () => until(() => fetch(`${url}/readyz`).then(({ status }) => status === 200, () => false), 'the product is ready again', 30_000),
    close: async () => {
      await Promise.all([web.kill(), workers.kill()])
      await wires?.web.close()
      await wires?.workers.close()
      await redis.remove()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
