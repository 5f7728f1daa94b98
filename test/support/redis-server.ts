import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:net'
// @ts-expect-error -- scripts are plain JavaScript without declarations
import { mendLog } from '../../scripts/lib/mend-log.mjs'

/** A Redis of a test's own, which it may kill, freeze and start again on the same data. */
export interface RedisServer {
  readonly url: string
  readonly dir: string
  readonly aof: string
  /** Resolves when it answers. */
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => socket.write('PING\r\n'))
    socket.setTimeout(500, () => socket.destroy())
    socket.on('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })

export const until = async (holds: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> => {
  const ends = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > ends) throw new Error(`not within ${ms} ms: ${what}`)
    await sleep(10)
  }
}

export const redisServer = (options: readonly string[] = []): RedisServer => {
  const dir = mkdtempSync(join(tmpdir(), 'fw-redis-'))
  const path = join(dir, 'redis.sock')
  let child: ChildProcess | null = null

  const gone = () =>
    new Promise<void>((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
    })
  const kill = async () => {
    child?.kill('SIGKILL')
    await gone()
    child = null
  }
  return {
    url: `unix://${path}`,
    dir,
    aof: join(dir, 'appendonlydir'),
    start: async () => {
      // As npm start does.
      mendLog(dir)
      const args = ['--port', '0', '--unixsocket', path, '--dir', dir, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction', '--maxmemory', '512mb', '--aof-load-truncated', 'yes', ...options]
      child = spawn('redis-server', args, { stdio: 'ignore' })
      child.on('error', (error) => {
        throw new Error(`redis-server could not be started: ${error.message}`)
      })
      await until(() => answers(path), 'redis-server answers')
    },
    kill,
    signal: (signal) => void child?.kill(signal),
    remove: async () => {
      child?.kill('SIGCONT')
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
