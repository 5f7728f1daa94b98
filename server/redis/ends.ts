import type { SubjectToken } from '../domain/platform-events.ts'
import { DAY, type Instant, instantOf } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** When each customer's last contact ended, for 7 days: asked at the door, so that the fold need not remember so long. */
export interface Ends {
  /** In the order asked; null when nothing ended within 7 days. */
  readonly previous: (site: string, subjects: readonly SubjectToken[]) => Promise<readonly (Instant | null)[]>
  /** Later ends win; repeating one changes nothing. */
  readonly record: (site: string, ends: ReadonlyMap<SubjectToken, Instant>) => Promise<void>
  readonly forget: (site: string, subject: SubjectToken) => Promise<void>
  readonly dropOlder: (site: string, now: Instant) => Promise<void>
}

const KEPT_MS = 7 * DAY

export const openEnds = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Ends => ({
  previous: async (site, subjects) => {
    if (subjects.length === 0) return []
    const scores = await redis.zmScore(keys.site(site).ends, [...subjects])
    return scores.map((score) => (score === null ? null : instantOf(Number(score))))
  },
  record: async (site, ends) => {
    if (ends.size === 0) return
    await redis.zAdd(keys.site(site).ends, [...ends].map(([value, score]) => ({ value, score })), { comparison: 'GT' })
  },
  forget: async (site, subject) => void (await redis.zRem(keys.site(site).ends, subject)),
  dropOlder: async (site, now) => void (await redis.zRemRangeByScore(keys.site(site).ends, '-inf', now - KEPT_MS)),
})
