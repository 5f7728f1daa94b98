import type { Logger } from '../log.ts'
import { isCluster } from '../redis/connect.ts'
import { openEpochs } from '../redis/epoch.ts'
import { openFloorLog } from '../redis/floor-log.ts'
import type { Keys } from '../redis/keys.ts'
import type { Redis } from '../redis/plain-client.ts'
import type { Sites } from '../redis/sites.ts'
import { openSnapshots } from '../redis/snapshots.ts'
import type { Fold } from './load-floor.ts'
import { openReader, type Reader } from './reader.ts'
import { type OpenReplica, openReplica, type Replica } from './replica.ts'

export interface Replicas {
  /** The site's floor at the head of the log, opened at the first asking; throws when Redis cannot be read. */
  readonly get: (site: string) => Promise<Replica>
  /** Those that are open. */
  readonly open: () => readonly Replica[]
  readonly close: () => Promise<void>
}

export interface ReplicasDependencies {
  readonly url: string
  readonly redis: Redis
  readonly keys: Keys
  readonly log: Logger
  readonly sites: Pick<Sites, 'get'>
  readonly fold: Fold
  /** True in the process that keeps sites: its ticks come first. */
  readonly eager?: boolean
}

/** A blocking read names all its streams; more in one read cost every wake-up. In a Cluster one read reaches one slot. */
const STREAMS_A_READER = 50

export const openReplicas = ({ url, redis, keys, log: logger, sites, fold, eager = false }: ReplicasDependencies): Replicas => {
  const log = openFloorLog({ redis, keys })
  const dependencies = { log, epochs: openEpochs({ redis, keys }), snapshots: openSnapshots({ redis, keys }), fold, sites, keys, logger, eager }
  const replicas = new Map<string, Promise<OpenReplica>>()
  const opened = new Map<string, OpenReplica>()
  const readers = new Map<number, Promise<Reader>>()
  let placed = 0
  const most = isCluster(url) ? 1 : STREAMS_A_READER

  const readerFor = async (place: number): Promise<Reader> => {
    const index = Math.floor(place / most)
    const opening = readers.get(index) ?? openReader({ url, name: `replica-${index}`, log: logger, control: redis })
    readers.set(index, opening)
    try {
      return await opening
    } catch (error) {
      // Whoever asks next opens another one.
      if (readers.get(index) === opening) readers.delete(index)
      throw error
    }
  }

  const openOne = async (site: string): Promise<OpenReplica> => {
    const place = placed++
    const replica = await openReplica(dependencies, site)
    try {
      // Asked for only when it is waited for: a promise that fails while nobody waits ends the process.
      const reader = await readerFor(place)
      reader.follow(replica.followed)
    } catch (error) {
      replica.close()
      throw error
    }
    opened.set(site, replica)
    return replica
  }

  return {
    get: async (site) => {
      const opening = replicas.get(site) ?? openOne(site)
      replicas.set(site, opening)
      try {
        return (await opening).replica
      } catch (error) {
        replicas.delete(site)
        throw error
      }
    },
    open: () => [...opened.values()].map(({ replica }) => replica),
    close: async () => {
      for (const replica of opened.values()) replica.close()
      await Promise.all([...readers.values()].map(async (reader) => (await reader.catch(() => null))?.close()))
    },
  }
}
