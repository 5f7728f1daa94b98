import type { Logger } from '../../server/log.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { Sites } from '../../server/redis/sites.ts'
import type { Replica } from '../../server/replica/replica.ts'
import type { Replicas } from '../../server/replica/replicas.ts'
import { type Lease, type LeaseTimes, openLease, type Tenure } from './lease.ts'

/** What a part of the keeper is given: a site whose floor stands at the head of the log, and the fence its writes must carry. */
export interface Kept extends Tenure {
  readonly site: string
  readonly replica: Replica
}

export interface OpenPart {
  /** Called when the lease is lost or given up; `holds()` says whether its last writes still count. */
  readonly close: () => Promise<void>
}

/** Starts with the lease and stops with it. What it missed before, it finds by comparing, not by having been there. */
export type KeeperPart = (kept: Kept) => Promise<OpenPart>

export interface KeeperDependencies {
  readonly redis: Redis
  readonly keys: Keys
  readonly log: Logger
  readonly sites: Pick<Sites, 'list' | 'onChange'>
  readonly replicas: Pick<Replicas, 'get'>
  readonly floorLog: Pick<FloorLog, 'last'>
  readonly parts: readonly KeeperPart[]
  readonly holder: string
  readonly times?: LeaseTimes
}

export interface Keeper {
  /** Sites this process keeps now. */
  readonly kept: () => readonly string[]
  readonly close: () => Promise<void>
}

/** Asks for the lease of every site; folds a site silently to the head when it gets one, and only then acts. */
export const openKeeper = ({ redis, keys, log, sites, replicas, floorLog, parts, holder, times }: KeeperDependencies): Keeper => {
  const leases = new Map<string, Lease>()
  const running = new Map<Tenure, Promise<readonly OpenPart[]>>()

  const closed = async (open: readonly OpenPart[]): Promise<void> => {
    for (const part of [...open].reverse()) await part.close().catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'a part of the keeper did not close cleanly'))
  }
  const begin = async (site: string, tenure: Tenure): Promise<readonly OpenPart[]> => {
    const replica = await replicas.get(site)
    // The one before may have acted on entries that this floor has not seen yet.
    const head = await floorLog.last(site)
    while (tenure.holds() && !(await replica.waitFor(head, 1_000))) continue
    const kept: Kept = { site, replica, fence: tenure.fence, holds: tenure.holds }
    const open: OpenPart[] = []
    try {
      for (const part of parts) {
        if (!tenure.holds()) break
        open.push(await part(kept))
      }
      return open
    } catch (error) {
      await closed(open)
      throw error
    }
  }
  const end = async (tenure: Tenure) => {
    const open = await (running.get(tenure) ?? Promise.resolve([])).catch(() => [])
    running.delete(tenure)
    await closed(open)
  }
  const keep = (site: string) => {
    if (leases.has(site)) return
    const onTaken = async (tenure: Tenure) => {
      const began = begin(site, tenure)
      running.set(tenure, began)
      await began
    }
    leases.set(site, openLease({ redis, keys, log, site, holder, ...(times ? { times } : {}), onTaken, onLost: end }))
  }
  const forget = sites.onChange(({ id }) => keep(id))
  for (const { id } of sites.list()) keep(id)

  return {
    kept: () => [...leases].filter(([, lease]) => lease.held()?.holds()).map(([site]) => site),
    close: async () => {
      forget()
      await Promise.all([...leases.values()].map((lease) => lease.close()))
    },
  }
}
