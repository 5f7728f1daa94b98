import { connect } from '../../server/redis/connect.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { Redis } from '../../server/redis/plain-client.ts'
import type { Bell } from './bell.ts'
import type { Claim } from './fire.ts'
import { openRinger, type Ringer, type RingerDeps } from './ringer.ts'

export interface ClaimingDeps extends Omit<RingerDeps, 'timers'> {
  readonly redisUrl: string
  readonly keys: Keys
}

export interface Claiming {
  /** When claims last moved (ms of the monotonic clock). */
  movedAt(): number
  /** A new connection and a new loop in the place of one that does not move any more; what the old one holds is fenced by its tokens. */
  renew(): Promise<void>
  close(): Promise<void>
}

/** One bell for one ringer after another: claims that come back from it go to the newest. */
const lasting = (open: RingerDeps['bell']): RingerDeps['bell'] => {
  let heard: ((claim: Claim) => Promise<void>) | null = null
  let bell: Bell | null = null
  return (onClaim) => {
    heard = onClaim
    // The ringer before it may have held jobs back for the clock; this one looks for itself.
    bell?.take(true)
    bell ??= open((claim) => (heard === null ? Promise.resolve() : heard(claim)))
    return bell
  }
}

/** The ringer with a connection of its own: a claim must not queue behind the changes of the claims before it. */
export const openClaiming = async ({ redisUrl, keys, ...deps }: ClaimingDeps): Promise<Claiming> => {
  const bell = lasting(deps.bell)
  const open = async (): Promise<{ readonly claims: Redis; readonly ringer: Ringer }> => {
    const claims = await connect({ url: redisUrl, name: 'claims', log: deps.log })
    return { claims, ringer: openRinger({ ...deps, bell, timers: openIncidentTimers({ redis: claims, keys }) }) }
  }
  const end = ({ claims }: { readonly claims: Redis }): void => {
    if (claims.isOpen) claims.destroy()
  }
  let current = await open()
  let closed = false
  let moved = performance.now()
  return {
    // A new loop that has not moved yet is no movement.
    movedAt: () => {
      moved = current.ringer.movedAt() ?? moved
      return moved
    },
    renew: async () => {
      const next = await open()
      const old = current
      current = next
      // Whatever it waits for does not come: nobody waits for it.
      void old.ringer.close().catch(() => undefined)
      end(old)
      if (closed) {
        await next.ringer.close()
        end(next)
      }
    },
    close: async () => {
      closed = true
      await current.ringer.close()
      end(current)
    },
  }
}
