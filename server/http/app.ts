import express, { Router, type Express, type Request, type RequestHandler } from 'express'
import type { IncomingHttpHeaders } from 'node:http'
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
  /** Mounted under `/api/v1`, behind the door; null while the server is starting. */
  readonly routers: readonly Router[] | null
  readonly authenticate: (headers: NodeJS.Dict<string | string[]>, peer: string | undefined) => Promise<Credential | null>
  /** The caller's address behind our own proxies. */
  readonly addressOf: (peer: string | undefined, headers: IncomingHttpHeaders) => string
  /** True for the CSRF token that belongs to a session or the demo. */
  readonly csrfRight: (credential: Credential, given: unknown) => boolean
  /** A human changed something. */
  readonly acted: (credential: Credential) => void
  /** Refuses a caller that asks too much; throws 429. */
  readonly limit: (credential: Credential | null, peer: string, signed: boolean) => void
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  /** What the areas of a credential are on a site. */
  readonly narrow?: (credential: Credential, site: string) => Promise<Credential>
  /** One finished request: `route` is its declared path. */
  readonly observe?: (method: string, route: string, status: number, seconds: number) => void
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

const safe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
/** Who signs in or sets up has no session yet; a foreign page cannot send JSON here without being asked about it first. */
const beforeSession = (method: string, path: string): boolean => method === 'POST' && (path === '/session' || path === '/setup' || path === '/screens/pairings' || path === '/screens/pairings/token')

/** A cookie, or standing at this machine, is sent along by any page: changes need our Origin and the session's token, data no foreign page (RELIABILITY S14, S15). */
const crossSiteFault = ({ method, path, headers }: Request, credential: Credential, csrfRight: AppOptions['csrfRight']) => {
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return problem(403, 'cross_site', 'requests from other sites are not accepted without a bearer token')
  if (safe(method) || beforeSession(method, path)) return null
  if (headers.origin === undefined) return problem(403, 'origin_missing', 'changes with a session need an Origin header')
  return csrfRight(credential, headers['x-csrf-token']) ? null : problem(403, 'csrf_token_wrong', 'changes with a session need X-CSRF-Token with the csrfToken of GET /session')
}

/** A guest of the demo is known by something of it: a chosen role, our page or its token. Who changes things and brings none of these has no credential. */
const guestBrings = ({ headers }: Request): boolean => headers.cookie !== undefined || headers['x-demo-role'] !== undefined || headers['x-csrf-token'] !== undefined || headers['sec-fetch-site'] !== undefined

/** What a platform sends brings its signature instead of a credential of ours. */
const isSigned = ({ method, path, headers }: Request): boolean => method === 'POST' && headers['x-twilio-signature'] !== undefined && /^\/sites\/[a-z0-9-]{1,40}\/sources\/twilio$/.test(path)

/** All that a paired wall may ask: who it is, its board, and a code when it is to be paired anew. */
const boardSees = ({ method, path }: Request, board: string): boolean =>
  (method === 'GET' && (path === '/session' || path === '/sites' || (/^\/sites\/[a-z0-9-]{1,40}\/views\//.test(path) && decodeURIComponent(path).endsWith(`/views/wall:${board}`)))) || (method === 'POST' && (path === '/screens/pairings' || path === '/screens/pairings/token'))

const door =
  ({ authenticate, addressOf, csrfRight, acted, limit, siteExists, narrow }: AppOptions): RequestHandler =>
  async (request, response, next) => {
    response.set('cache-control', 'no-store')
    const { remoteAddress } = request.socket
    const known = await authenticate(request.headers, remoteAddress)
    const credential = known?.kind === 'demo' && !safe(request.method) && !beforeSession(request.method, request.path) && !guestBrings(request) ? null : known
    limit(credential, addressOf(remoteAddress, request.headers), isSigned(request))
    if (credential?.kind === 'session' || credential?.kind === 'demo' || credential?.kind === 'screen') {
      const fault = crossSiteFault(request, credential, csrfRight)
      if (fault !== null) throw fault
      if (!safe(request.method)) acted(credential)
    }
    if (credential?.board !== undefined && !boardSees(request, credential.board)) throw problem(403, 'forbidden', 'a paired screen reads its own board and nothing else')
    response.locals.door = { credential, siteExists, narrow }
    next()
  }

/** Time of every answer under its declared route: ids must not become labels. */
const observed =
  (observe: NonNullable<AppOptions['observe']>): RequestHandler =>
  (request, response, next) => {
    const began = performance.now()
    response.once('finish', () => {
      const route: unknown = request.route?.path
      observe(request.method, typeof route === 'string' ? route : request.path.startsWith('/api') ? '/api' : '/', response.statusCode, (performance.now() - began) / 1_000)
    })
    next()
  }

/** Links of pages and calls of gateways bring their own proof: whoever has none is a stranger that asks. */
const paced =
  ({ addressOf, limit }: AppOptions): RequestHandler =>
  ({ socket, headers, method }, _response, next) => {
    limit(null, addressOf(socket.remoteAddress, headers), method === 'POST' && headers['x-twilio-signature'] !== undefined)
    next()
  }

const starting: RequestHandler = () => {
  throw problem(503, 'starting', 'the server is starting: sites cannot be read yet').with({ 'retry-after': '1' })
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

/** Fails closed: a route that says nothing about rights is a fault of ours, found at start and not by a stranger. */
const assertGuarded = (routers: readonly Router[]): void => {
  const open = routers.flatMap(routesOf).filter(({ right }) => right === null)
  if (open.length > 0) throw new Error(`routes without a guard: ${open.map(({ method, path }) => `${method} ${path}`).join(', ')}`)
}

export const createApp = (options: AppOptions): Express => {
  const { log, clientDir, publicUrl, secure, rootRouters, routers, acknowledgedSeen } = options
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use(securityHeaders({ publicUrl, secure }), plainPath)
  if (options.observe !== undefined) app.use(observed(options.observe))
  app.use('/n', paced(options))
  for (const router of rootRouters) app.use(router)
  const api = Router()
  if (routers === null) api.use(starting)
  else {
    assertGuarded(routers)
    api.use(door(options), readYourWrites(acknowledgedSeen), ...routers, undeclared(routers))
  }
  app.use('/api/v1', api)
  app.use('/api', (request) => {
    throw notFound('address', request.originalUrl.split('?', 1)[0] ?? '')
  })
  app.use(clientFiles(clientDir))
  app.use(problemHandler(log))
  return app
}
