import type { Server } from 'node:http'
import type { Access } from '../access/access.ts'
import type { Instant } from '../domain/time.ts'
import type { Incidents } from '../incidents/incidents.ts'
import type { Logger } from '../log.ts'
import type { Redis } from '../redis/connect.ts'
import { openHistory } from '../redis/history.ts'
import { keeperBeat } from '../redis/keeper-beat.ts'
import type { Keys } from '../redis/keys.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { Replicas } from '../replica/replicas.ts'
import { commandPort } from './command-port.ts'
import { floorRoutes } from './floor-routes.ts'
import { historyRoutes } from './history-routes.ts'
import { openLiveSites } from './live-sites.ts'
import type { Acknowledged } from './read-your-writes.ts'
import { openSockets, type Sockets, type SocketsDeps } from './sockets.ts'

export interface LiveDeps {
  readonly server: Server
  readonly admission: SocketsDeps['admission']
  readonly redis: Redis
  readonly keys: Keys
  readonly replicas: Replicas
  readonly sealed: Sealed
  readonly incidents: Incidents
  readonly access: Pick<Access, 'authenticate' | 'onRevoked'>
  readonly siteExists: (site: string) => boolean
  readonly acknowledged: Acknowledged
  readonly now: () => Instant
  readonly log: Logger
}

export interface Live {
  readonly routers: readonly ReturnType<typeof floorRoutes>[]
  readonly sockets: Sockets
  /** Sockets first: a server with open ones does not end. */
  readonly close: () => Promise<void>
}

/** The live part of a web server: rows, rooms, sockets and the routes that read the floor. */
export const openLive = ({ server, admission, redis, keys, replicas, sealed, incidents, access, siteExists, acknowledged, now, log }: LiveDeps): Live => {
  const sites = openLiveSites({ replicas, sealed, incidents: incidents.live, keeperAliveAt: keeperBeat({ redis, keys, now }), now, log })
  const sockets = openSockets(server, { sites, siteExists, command: commandPort({ incidents, acknowledged }), authenticate: access.authenticate, onRevoked: access.onRevoked, admission, now, log })
  return {
    routers: [floorRoutes({ sites }), historyRoutes({ replicas, sealed, history: openHistory({ redis, keys, now }) })],
    sockets,
    close: sockets.close,
  }
}
