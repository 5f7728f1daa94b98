import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { may, reaches, type Area, type Credential } from '../contract/roles.ts'
import { lineOf } from './line.ts'
import { openViewer, type Viewer, type ViewerDeps } from './viewer.ts'

type Headers = NodeJS.Dict<string | string[]>

export interface SocketsDeps extends ViewerDeps {
  readonly authenticate: (headers: Headers, peer: string | undefined) => Promise<Credential | null>
  /** Tells which credentials are no longer valid or have other rights. */
  readonly onRevoked: (revoked: (concerns: (credential: Credential) => boolean, reason: string) => void) => () => void
  /** A person's screen has come and looks at a site. */
  readonly seated?: (person: string) => void
  /** Host and Origin of the opening request; null: come in. CORS does not guard websockets (RELIABILITY M12). */
  readonly admission: { check(request: { readonly headers: IncomingMessage['headers']; readonly httpVersion: string; readonly path: string }): object | null }
}

export interface Sockets {
  /** Connections that are signed in. */
  readonly count: () => number
  /** To everybody who watches the site and may see its incidents, by the area that they are limited to there (null: the whole site). */
  readonly tell: (site: string, event: 'escalation-audit', factFor: (area: Area | null) => object) => void
  /** Asks the screens that a person is signed in at; true as soon as one of them says that it shows the notice. */
  readonly showTo: (person: string, site: string, notice: object, withinMs: number) => Promise<boolean>
  readonly close: () => Promise<void>
}

interface Connection {
  readonly socket: Socket
  readonly viewer: Viewer
  readonly credential: Credential
}

const LOOK_AGAIN_EVERY_MS = 30_000

const options = {
  transports: ['websocket' as const],
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  pingInterval: 5_000,
  pingTimeout: 5_000,
  connectTimeout: 5_000,
  maxHttpBufferSize: 16_384,
}

/** The token of the opening packet counts before a cookie; without an Origin only a token does: a page cannot leave its Origin out, a program can. */
const headersOf = (socket: Socket): Headers | null => {
  const token: unknown = Reflect.get(socket.handshake.auth, 'token')
  if (typeof token === 'string' && token !== '') return { ...socket.handshake.headers, authorization: `Bearer ${token}` }
  if (token !== undefined && token !== null && token !== '') return null
  return socket.handshake.headers.origin === undefined && socket.handshake.headers.authorization === undefined ? null : socket.handshake.headers
}
/** Everything that decides what a connection may see. */
const rightsText = ({ id, role, sites, areas, area, person }: Credential): string => JSON.stringify([id, role, sites, areas ?? null, area ?? null, person])

export const openSockets = (httpServer: HttpServer, deps: SocketsDeps): Sockets => {
  const { authenticate, onRevoked, admission, seated, sites, log } = deps
  const connections = new Set<Connection>()
  const io = new Server(httpServer, {
    ...options,
    allowRequest: (request, decide) => {
      const refused = admission.check({ headers: request.headers, httpVersion: request.httpVersion, path: '/socket.io/' })
      const query = new URL(request.url ?? '/', 'http://x').searchParams
      // Engine.IO would open a connection of another protocol version before it closes it (RELIABILITY B42).
      const spoken = query.get('EIO') === '4' && query.get('transport') === 'websocket' && !query.has('sid')
      decide(spoken ? (refused === null ? null : 'origin refused') : 'protocol refused', spoken && refused === null)
    },
  })
  const ask = async (socket: Socket): Promise<Credential | null> => {
    const headers = headersOf(socket)
    return headers === null ? null : authenticate(headers, socket.request.socket.remoteAddress)
  }

  io.use((socket, next) => {
    ask(socket).then(
      (credential) => {
        socket.data.credential = credential
        next(credential === null ? new Error('unauthorized') : undefined)
      },
      (error: unknown) => {
        log.error({ reason: error instanceof Error ? error.message : String(error) }, 'a connection could not be authenticated')
        next(new Error('unavailable'))
      },
    )
  })

  const drop = (connection: Connection, reason: string | null): void => {
    connections.delete(connection)
    connection.viewer.leave()
    if (reason !== null) connection.socket.emit('signed-out', { reason })
    connection.socket.disconnect(true)
  }

  const settled = new Set<string>()
  /** One listener a site tells everybody who watches it. */
  const tellSettings = async (site: string): Promise<void> => {
    if (settled.has(site)) return
    settled.add(site)
    const { feed } = await sites.get(site)
    feed.onSettings(() => {
      for (const { socket, viewer } of connections) if ([...viewer.sites()].includes(site)) socket.emit('settings-changed', { site })
    })
  }

  io.on('connection', (socket) => {
    const credential = socket.data.credential as Credential
    const viewer = openViewer(credential, lineOf(socket), deps)
    const connection = { socket, viewer, credential }
    let fresh = credential.person !== null
    connections.add(connection)
    // An event named "error" without a listener would be thrown by the emitter (RELIABILITY B46).
    socket.on('error', () => undefined)
    socket.onAny((event: string, ...args: unknown[]) => {
      if (!viewer.hear(String(event), args)) return drop(connection, null)
      for (const site of viewer.sites()) void tellSettings(site)
      if (!fresh || credential.person === null) return
      fresh = false
      seated?.(credential.person.id)
    })
    socket.on('disconnect', () => {
      connections.delete(connection)
      viewer.leave()
    })
  })

  const lookAgain = async (connection: Connection): Promise<void> => {
    const { socket, credential } = connection
    // A wall's connection was opened with a cookie that has been renewed since: shown again it would look stolen. Its end is told to every process.
    if (credential.kind === 'screen') return
    const now = await ask(socket)
    if (!connections.has(connection)) return
    if (now === null) return drop(connection, 'expired')
    if (rightsText(now) !== rightsText(credential)) drop(connection, null)
  }
  const lookAtAll = (): void => {
    for (const connection of connections) {
      // Without the session store nobody can be trusted for longer (RELIABILITY S54), but a passing outage signs nobody out.
      lookAgain(connection).catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'a connection could not be looked at again'))
    }
  }
  const stopRevocations = onRevoked((concerns, reason) => {
    // Other rights are another scope: the client comes back and is seated anew. All else ends here.
    for (const connection of connections) {
      if (!concerns(connection.credential)) continue
      // A wall that is called loads itself anew, at the board that is now its own.
      if (reason === 'screen-called') connection.socket.emit('reload', {})
      drop(connection, reason === 'rights-changed' || reason === 'screen-called' ? null : reason)
    }
  })
  const again = setInterval(lookAtAll, LOOK_AGAIN_EVERY_MS)
  again.unref()

  return {
    showTo: async (person, site, notice, withinMs) => {
      const screens = [...connections].filter(({ credential }) => credential.person?.id === person && reaches(credential, site))
      // A screen that is not looked at stays silent, and silence is no receipt.
      return Promise.any(screens.map(({ socket }) => socket.timeout(withinMs).emitWithAck('notice', notice))).then(() => true, () => false)
    },
    count: () => connections.size,
    tell: (site, event, factFor) => {
      for (const { socket, viewer, credential } of connections) {
        const area = viewer.areaAt(site)
        if (area !== undefined && may(credential, 'incidents:read')) socket.emit(event, factFor(area))
      }
    },
    close: async () => {
      clearInterval(again)
      stopRevocations()
      io.disconnectSockets(true)
      io.engine.close()
      await sites.close()
    },
  }
}
