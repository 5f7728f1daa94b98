import { join } from 'node:path'
import type { RequestListener } from 'node:http'
import { openAccess } from './access/access.ts'
import type { Config } from './config.ts'
import { createAdmission } from './http/admission.ts'
import { createApp, type ApiRouter } from './http/app.ts'
import { createReadiness, healthRoutes, type Checks } from './http/health.ts'
import { openHttpServer, type FrontHandler } from './http/server.ts'
import type { Logger } from './log.ts'
import { connectionTo } from './redis/connect.ts'
import { keysUnder } from './redis/keys.ts'

export interface Serving {
  readonly port: number
  /** Resolves once sites can be read and written. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

export interface ServeOptions {
  readonly config: Config
  readonly log: Logger
  /** All keys of the installation begin with it. */
  readonly keyPrefix?: string
  /** Folder of the built client. */
  readonly clientDir?: string
  /** 0 in tests: any free port. */
  readonly port?: number
}

/** Wires the web server: opens the port at once, connects, then serves; what was opened last is closed first. */
export const serve = async ({ config, log, keyPrefix, clientDir = join(process.cwd(), 'dist/client'), port = config.port }: ServeOptions): Promise<Serving> => {
  const now = () => Date.now()
  const closers: (() => Promise<void> | void)[] = []
  let stopping = false
  let checks: Checks = { sites: async () => ({ ok: false, detail: 'starting' }) }
  const front: FrontHandler[] = []
  const routers: ApiRouter[] = []

  const admission = createAdmission({ host: config.host, port: () => boundPort(), publicUrl: config.publicUrl, tls: config.tls !== null, trustProxy: config.trustProxy })
  const access = openAccess({ adminToken: config.adminToken, sessionSecret: config.sessionSecret, now })
  const readiness = createReadiness({ checks: () => checks, stopping: () => stopping, now })
  const rootRouters = [healthRoutes({ readiness, credential: access.authenticate })]
  const appOf = (): RequestListener =>
    createApp({
      log,
      clientDir,
      publicUrl: config.publicUrl,
      secure: config.tls !== null || config.publicUrl.startsWith('https:'),
      rootRouters,
      routers,
      authenticate: access.authenticate,
      limit: () => undefined,
      siteExists: () => false,
      acknowledgedSeen: async () => undefined,
    })

  let app = appOf()
  const http = openHttpServer({ admission, front, app: (request, response) => app(request, response), tls: config.tls })
  const boundPort = (): number => {
    const address = http.server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }
  await http.listen(port, config.host)
  log.info({ port: boundPort(), host: config.host }, 'listening')

  const wire = async (): Promise<void> => {
    if (config.redisUrl === null) throw new Error('REDIS_URL is not set: npm start runs a Redis of its own and sets it')
    const keys = keysUnder(keyPrefix)
    const redis = connectionTo({ url: config.redisUrl, name: 'floorwatch-web', log })
    closers.push(() => (redis.isReady ? redis.close() : redis.destroy()))
    await redis.connect()
    // Every area adds its factory here and its router or front handler to the lists.
    routers.push()
    checks = { redis: async () => ({ ok: (await redis.set(`${keys.jobs}:probe`, String(now()))) === 'OK' }) }
    app = appOf()
  }
  const ready = wire()
  ready.catch(() => undefined)

  return {
    get port() {
      return boundPort()
    },
    ready,
    close: async () => {
      stopping = true
      await http.close(5_000)
      for (const close of closers.reverse()) await close()
    },
  }
}
