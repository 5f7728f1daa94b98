import { createHash } from 'node:crypto'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** Whoever asks for whole numbers all day is collecting them. */
export const REVEALS_AN_HOUR = 30
const HOUR_MS = 3_600_000

export interface Reveals {
  /** 0: it may be told; else how many ms to wait. Counted in all web servers together. */
  take(site: string, credential: string): Promise<number>
}

export const openReveals = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Reveals => ({
  take: async (site, credential) => {
    const key = keys.site(site).reveals(createHash('sha256').update(credential).digest('base64url'))
    const [count, , left] = await redis.multi().incr(key).pExpire(key, HOUR_MS, 'NX').pTTL(key).exec()
    return Number(count) <= REVEALS_AN_HOUR ? 0 : Math.max(1_000, Number(left))
  },
})
