import { jest } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, type Config } from '../../server/config.ts'
import { connect } from '../../server/redis/connect.ts'
import type { DeclaredRoute } from '../../server/http/routes-of.ts'
import { serve } from '../../server/serve.ts'
import { recordingLog } from './quiet-log.ts'

// A machine under load starts a server and checks a password slowly; whoever runs a server waits as long.
jest.setTimeout(120_000)

/** The web server as it runs, on a free port, with keys and a data folder of its own. */
export interface RunningServer {
  readonly url: string
  readonly config: Config
  readonly prefix: string
  readonly setupToken: string | null
  readonly log: ReturnType<typeof recordingLog>
  /** A request with `ADMIN_TOKEN`; a body that is no text goes as JSON. */
  readonly admin: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
  readonly ask: (method: string, path: string, options?: { readonly token?: string; readonly body?: unknown; readonly headers?: Record<string, string> }) => Promise<Answer>
  /** Every route under `/api/v1`. */
  readonly routes: readonly DeclaredRoute[]
  /** Ends the server; its keys stay for another one. */
  readonly stop: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; null when it is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into bodies of every route
  readonly body: any
}

export const adminToken = 'admin-token-of-the-tests-0123456789'

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, headers: response.headers, text, body }
}

export const runServer = async ({ env = {}, prefix = `t-${Math.random().toString(36).slice(2)}`, now = Date.now, clientDir, auditEveryMs }: { readonly env?: Record<string, string>; readonly prefix?: string; readonly now?: () => number; readonly clientDir?: string; readonly auditEveryMs?: number } = {}): Promise<RunningServer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwatch-server-'))
  const redisUrl = process.env.TEST_REDIS_URL ?? ''
  const answer = readConfig({ REDIS_URL: redisUrl, DATA_DIR: dataDir, ADMIN_TOKEN: adminToken, DEMO: 'off', ...env })
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults))
  const log = recordingLog()
  const serving = await serve({ config: answer.config, log, keyPrefix: prefix, port: 0, now, ...(clientDir === undefined ? {} : { clientDir }), ...(auditEveryMs === undefined ? {} : { auditEveryMs }) })
  const { setupToken, routes } = await serving.ready
  const url = `http://127.0.0.1:${serving.port}`

  const ask: RunningServer['ask'] = async (method, path, { token, body, headers = {} } = {}) => {
    const plain = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    const sent: Record<string, string> = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(plain ? {} : { 'content-type': 'application/json' }), ...headers }
    return answerOf(await fetch(`${url}${path}`, { method, headers: sent, ...(body === undefined ? {} : { body: plain ? (body as string) : JSON.stringify(body) }), redirect: 'manual' }))
  }
  return {
    url,
    config: answer.config,
    prefix,
    setupToken,
    routes,
    stop: serving.close,
    log,
    ask,
    admin: (method, path, body, headers) => ask(method, path, { token: adminToken, body, ...(headers === undefined ? {} : { headers }) }),
    close: async () => {
      await serving.close()
      const redis = await connect({ url: redisUrl, name: 'sweep', log })
      for await (const found of redis.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1_000 })) if (found.length > 0) await redis.del(found)
      redis.destroy()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
