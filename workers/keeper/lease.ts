import type { Logger } from '../../server/log.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { Keys } from '../../server/redis/keys.ts'
import { openScript } from '../../server/redis/script.ts'
import { within } from '../../server/redis/unavailable.ts'

/** How long a lease lives by Redis time, how often it is renewed, and when a holder without renewal stops by its own clock. */
export interface LeaseTimes {
  readonly ttlMs: number
  readonly renewMs: number
  readonly stopMs: number
  /** How often one who does not hold it asks. */
  readonly askMs: number
}

export const leaseTimes: LeaseTimes = { ttlMs: 5_000, renewMs: 1_500, stopMs: 3_500, askMs: 1_000 }

/** One tenure: from a take-over until the lease is lost or given up. */
export interface Tenure {
  /** Raised at each take-over; every write carries it and is refused once another's is higher. */
  readonly fence: number
  /** False as soon as another may hold the lease; by this machine's monotonic clock, so a paused process knows when it wakes. */
  readonly holds: () => boolean
}

export interface LeaseDependencies {
  readonly redis: Redis
  readonly keys: Keys
  readonly log: Logger
  readonly site: string
  /** Unique for the process. */
  readonly holder: string
  readonly times?: LeaseTimes
  /** Must stop what it started before it resolves; called once for each tenure, after `onTaken`. */
  readonly onLost: (tenure: Tenure) => Promise<void>
  readonly onTaken: (tenure: Tenure) => Promise<void>
}

export interface Lease {
  readonly held: () => Tenure | null
  /** Stops what the tenure started and gives the lease up. */
  readonly close: () => Promise<void>
}

const script = openScript('lease')

/** An economy, never a safety: two keepers at once would do the same work twice, and the fence refuses the older one's writes. */
export const openLease = ({ redis, keys, log, site, holder, times = leaseTimes, onTaken, onLost }: LeaseDependencies): Lease => {
  const { keeper, fence: fenceKey } = keys.site(site)
  let tenure: Tenure | null = null
  let renewedAt = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let turning: Promise<void> = Promise.resolve()

  const call = async (what: 'take' | 'renew' | 'release', fence: number): Promise<number> =>
    Number(await within(1_000, script.run(redis, { keys: [keeper, fenceKey], arguments: [what, holder, String(times.ttlMs), String(fence)] })))

  const lose = async (lost: Tenure) => {
    tenure = null
    log.warn({ site, fence: lost.fence }, 'the keeper lost its lease')
    await onLost(lost)
  }
  const take = async () => {
    const asked = performance.now()
    const fence = await call('take', 0)
    if (fence === 0) return
    renewedAt = asked
    const taken: Tenure = { fence, holds: () => tenure === taken && performance.now() - renewedAt < times.stopMs }
    tenure = taken
    log.info({ site, fence }, 'keeper')
    // A take-over may fold for longer than a renewal may wait, so renewals go on beside it.
    void onTaken(taken).catch((error: unknown) => {
      log.error({ site, fence, reason: error instanceof Error ? error.message : String(error) }, 'the keeper could not begin; it gives the lease up, so that it is begun anew')
      // Held without its parts a site would be kept by nobody, and nobody else could take it.
      if (tenure === taken) renewedAt = -Infinity
      call('release', fence).catch(() => 0)
    })
  }
  const renew = async (held: Tenure) => {
    const asked = performance.now()
    try {
      if ((await call('renew', held.fence)) === held.fence) renewedAt = asked
      else renewedAt = -Infinity
    } catch {
      // Unknown: the clock decides.
    }
    if (!held.holds()) await lose(held)
  }
  const turn = async () => {
    if (tenure && !tenure.holds()) await lose(tenure)
    else if (tenure) await renew(tenure)
    else await take().catch(() => undefined)
  }
  const next = () => {
    if (closed) return
    timer = setTimeout(() => {
      turning = turn().finally(next)
    }, tenure ? times.renewMs : times.askMs)
  }
  turning = turn().finally(next)

  return {
    held: () => tenure,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await turning
      const last = tenure
      if (!last) return
      await onLost(last)
      tenure = null
      await call('release', last.fence).catch(() => 0)
    },
  }
}
