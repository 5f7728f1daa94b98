import { spawn } from 'node:child_process'
import { mkdtempSync, existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const waitUntil = async (ready, what) => {
  for (let i = 0; i < 200; i += 1) {
    if (ready()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${what} did not start within 5 s`)
}

/** One Redis for the whole run, as the product configures it (AOF, fsync always, noeviction), on a free loopback port. */
export default async function startRedis() {
  if (globalThis.__floorwatchRedis) return
  const dir = mkdtempSync(join(tmpdir(), 'floorwatch-test-'))
  const port = await freePort()
  const pidFile = join(dir, 'redis.pid')
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction', '--maxmemory', '1gb', '--pidfile', pidFile],
    { stdio: 'ignore' },
  )
  child.on('error', (error) => {
    throw new Error(`redis-server could not be started (${error.message}); npm test installs it, or run: apt-get install redis-server`)
  })
  await waitUntil(() => existsSync(pidFile), 'redis-server')
  globalThis.__floorwatchRedis = { child, dir }
  process.env.TEST_REDIS_URL = `redis://127.0.0.1:${port}`
}
