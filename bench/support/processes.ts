import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Servers that are measured from another process than their own. */
export interface ServerProcess {
  readonly port: number
  readonly url: string
  readonly pid: number
  readonly close: () => void
}

export const adminToken = 'admin-token-of-the-benchmarks-0123'

const started = (file: string, args: readonly string[], options: Parameters<typeof fork>[2]): Promise<ServerProcess> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, file), args, options)
    child.once('exit', (code) => reject(new Error(`${file} ended with ${String(code)}`)))
    child.once('message', ({ port }: { readonly port: number }) => resolve({ port, url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, close: () => child.disconnect() }))
  })

export const echoProcess = (): Promise<ServerProcess> => started('echo-server.mjs', [], { execArgv: [] })

/** The web server as it runs, on a free port, with a data folder of its own. */
export const webProcess = async ({ redisUrl, prefix, durability }: { readonly redisUrl: string; readonly prefix: string; readonly durability: 'disk' | 'second' }): Promise<ServerProcess> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'floorwatch-bench-'))
  const server = await started('web-process.js', [prefix], { execArgv: (process.env['BENCH_WEB_FLAGS'] ?? '').split(' ').filter((flag) => flag !== ''), env: { ...process.env, REDIS_URL: redisUrl, DATA_DIR: dataDir, ADMIN_TOKEN: adminToken, DURABILITY: durability } })
  return {
    ...server,
    close: () => {
      server.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
