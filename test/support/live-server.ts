import { createServer, type Server } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import type { ChangesFrame, WatchAnswer } from '../../server/contract/messages.ts'
import type { Credential } from '../../server/contract/roles.ts'
import { instantOf } from '../../server/domain/time.ts'
import { createAdmission } from '../../server/http/admission.ts'
import type { LiveReplica } from '../../server/live/live-replica.ts'
import { openLiveSites, type LiveSites, type LiveSitesDeps } from '../../server/live/live-sites.ts'
import { openSockets, type Sockets, type SocketsDeps } from '../../server/live/sockets.ts'
import { createLog } from '../../server/log.ts'
import type { Follower } from './viewers.ts'

/** A live server alone: sockets, rooms and rows over any replica, with credentials of the test's choice. */
export interface LiveServer {
  readonly port: number
  readonly url: string
  readonly sites: LiveSites
  readonly sockets: Sockets
  /** Token -> credential; change it while connections stream. */
  readonly credentials: Map<string, Credential>
  readonly revoke: (concerns: (credential: Credential) => boolean, reason: string) => void
  readonly close: () => Promise<void>
}

export const credentialOf = (role: Credential['role'], more: Partial<Credential> = {}): Credential => ({ kind: 'key', id: `key-${role}`, person: { id: `p-${role}`, name: `Person ${role}` }, role, sites: null, ...more })

export const openLiveServer = async (replicas: ReadonlyMap<string, LiveReplica>, more: { readonly live?: Partial<LiveSitesDeps>; readonly sockets?: Partial<SocketsDeps>; readonly onConnection?: (socket: TcpSocket) => void } = {}): Promise<LiveServer> => {
  const log = createLog('silent', 'test')
  const now = () => instantOf(Date.now())
  const http: Server = createServer((_request, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  if (more.onConnection) http.on('connection', more.onConnection)
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const credentials = new Map<string, Credential>([
    ['staff', credentialOf('supervisor')],
    ['display', credentialOf('display', { person: null })],
    ['source', credentialOf('source')],
    ['north-only', credentialOf('supervisor', { id: 'key-north', sites: ['north'] })],
  ])
  const listeners = new Set<Parameters<SocketsDeps['onRevoked']>[0]>()
  const sites = openLiveSites({
    replicas: {
      get: async (site) => {
        const replica = replicas.get(site)
        if (replica === undefined) throw new Error(`no site ${site}`)
        return replica
      },
    },
    sealed: { agents: { numbersOf: async () => [], find: async () => [], resolve: async (_site, numbers) => new Map(numbers.map((number) => [number, { id: `a${number}`, name: `Name ${number}`, team: null }])), known: () => null, erase: async () => false } },
    incidents: { rows: async () => new Map(), timeline: async () => [] },
    keeperAliveAt: async () => null,
    now,
    log,
    ...more.live,
  })
  const sockets = openSockets(http, {
    sites,
    siteExists: (site) => replicas.has(site),
    narrow: async (credential) => credential,
    command: async (_site, ref) => ({ ok: false, refusal: { code: 'not_found', detail: `incident "${ref}" does not exist`, state: null, revision: null, allowed: [] } }),
    authenticate: async (headers) => credentials.get(/^Bearer (.+)$/.exec(String(headers.authorization))?.[1] ?? /session=([^;]+)/.exec(String(headers.cookie))?.[1] ?? '') ?? null,
    onRevoked: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
    admission: createAdmission({ host: '127.0.0.1', port: () => port, publicUrl: 'https://floor.example.org', tls: false, trustProxy: [] }),
    now,
    log,
    ...more.sockets,
  })
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    sites,
    sockets,
    credentials,
    revoke: (concerns, reason) => listeners.forEach((listener) => listener(concerns, reason)),
    close: async () => {
      await sockets.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

export interface SocketOptions {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const socketTo = (url: string, { token, headers }: SocketOptions = {}): Socket =>
  io(url, { transports: ['websocket'], forceNew: true, reconnection: false, ...(token === undefined ? {} : { auth: { token } }), ...(headers === undefined ? {} : { extraHeaders: headers }) })

/** 'connected' or the reason why not. */
export const opening = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('connect', () => resolve('connected'))
    socket.once('connect_error', (error) => resolve(error.message))
  })
export const closing = (socket: Socket): Promise<string> => new Promise((resolve) => socket.once('disconnect', resolve))
export const watchOn = (socket: Socket, site: string, view: string, since?: string): Promise<WatchAnswer> => socket.timeout(5_000).emitWithAck('watch', { site, view, ...(since === undefined ? {} : { since }) })
/** Watches and takes the answer in at once: the next frame may lie in the same chunk of bytes. */
export const watchInto = (socket: Socket, held: Follower, site: string, view: string, since?: string): Promise<WatchAnswer> =>
  new Promise((resolve, reject) => {
    socket.timeout(5_000).emit('watch', { site, view, ...(since === undefined ? {} : { since }) }, (failed: Error | null, answer: WatchAnswer) => {
      if (failed !== null) return reject(failed)
      held.answer(view, answer)
      resolve(answer)
    })
  })
export const nextFrame = (socket: Socket): Promise<ChangesFrame> => new Promise((resolve) => socket.once('changes', resolve))
