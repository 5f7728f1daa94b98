import { instantOf, type Instant } from '../domain/time.ts'
import type { Redis } from './connect.ts'
import type { Keys } from './keys.ts'

/** How long a keeper's lease lives after each renewal, by Redis time. */
export const KEEPER_LEASE_MS = 5_000

/** When the site's keeper last renewed its lease, on this machine's clock; null when nobody holds it. Told from what is left of the lease, so clocks need not agree. */
export const keeperBeat =
  ({ redis, keys, now }: { readonly redis: Redis; readonly keys: Keys; readonly now: () => Instant }) =>
  async (site: string): Promise<Instant | null> => {
    const left = await redis.pTTL(keys.site(site).keeper)
    return left < 0 ? null : instantOf(now() - Math.max(0, KEEPER_LEASE_MS - left))
  }
