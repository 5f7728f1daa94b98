import express, { Router, type Express, type RequestHandler } from 'express'
import type { Credential } from '../contract/roles.ts'
import type { Logger } from '../log.ts'
import { clientFiles } from './client-files.ts'
import { methodNotAllowed, notFound, problem, problemHandler } from './problem.ts'
import { routesOf } from './routes-of.ts'
import { securityHeaders } from './security-headers.ts'

/** What routes files make; the wiring needs no other word of express. */
export type ApiRouter = Router

export interface AppOptions {
  readonly log: Logger
  readonly clientDir: string
  readonly publicUrl: string
  /** TLS is ours or in front of us. */
  readonly secure: boolean
  /** Health and metrics, mounted at the root. */
  readonly rootRouters: readonly Router[]
  /** Mounted under `/api/v1`, behind the door. */
  readonly routers: readonly Router[]
  readonly authenticate: (headers: NodeJS.Dict<string | string[]>, peer: string | undefined) => Promise<Credential | null>
  /** Refuses a caller that asks too much; throws 429. */
  readonly limit: (credential: Credential | null, peer: string) => void
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  /** Resolves when this server's replica holds all that this server acknowledged for the site, or after 2 s. */
  readonly acknowledgedSeen: (site: string) => Promise<void>
}

/** Percent-escapes must decode, and no path holds a NUL, an empty or a dot segment (RELIABILITY B36). */
const plainPath: RequestHandler = (request, _response, next) => {
  const path = request.url.split('?', 1)[0] ?? '/'
  const decoded = decodeURIComponent(path)
  if (decoded.includes('\0') || path.includes('//') || decoded.split(/[/\\]/).some((part) => part === '..' || part === '.')) throw problem(400, 'path_invalid', 'the path holds an empty, dot or NUL segment')
  next()
}

const door =
  ({ authenticate, limit, siteExists }: AppOptions): RequestHandler =>
  async (request, response, next) => {
    response.set('cache-control', 'no-store')
    const credential = await authenticate(request.headers, request.socket.remoteAddress)
    limit(credential, request.socket.remoteAddress ?? '')
    response.locals.door = { credential, siteExists }
    next()
  }

const readYourWrites =
  (acknowledgedSeen: AppOptions['acknowledgedSeen']): RequestHandler =>
  async (request, _response, next) => {
    const site = /^\/sites\/([a-z0-9-]{1,40})(?:\/|$)/.exec(request.path)?.[1]
    if (request.method === 'GET' && site !== undefined) await acknowledgedSeen(site)
    next()
  }

/** A declared path under another method is 405 with what is accepted; anything else 404. */
const undeclared = (routers: readonly Router[]): RequestHandler => {
  const routes = routers.flatMap(routesOf)
  return (request, response, next) => {
    const methods = [...new Set(routes.filter(({ matches }) => matches(request.path)).map(({ method }) => method.toUpperCase()))]
    if (methods.length === 0) throw notFound('address', request.originalUrl.split('?', 1)[0] ?? '')
    return methodNotAllowed(methods.sort())(request, response, next)
  }
}

export const createApp = (options: AppOptions): Express => {
  const { log, clientDir, publicUrl, secure, rootRouters, routers, acknowledgedSeen } = options
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use(securityHeaders({ publicUrl, secure }), plainPath)
  for (const router of rootRouters) app.use(router)
  const api = Router()
  api.use(door(options), readYourWrites(acknowledgedSeen), ...routers, undeclared(routers))
  app.use('/api/v1', api)
  app.use('/api', (request) => {
    throw notFound('address', request.originalUrl.split('?', 1)[0] ?? '')
  })
  app.use(clientFiles(clientDir))
  app.use(problemHandler(log))
  return app
}
