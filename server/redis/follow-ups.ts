import { instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** Customers who were called back after a bad answer: who did it, and when. */
export interface FollowUp {
  readonly at: Instant
  readonly by: string
}

export interface FollowUps {
  readonly done: (site: string, contactId: string, followUp: FollowUp | null) => Promise<void>
  readonly of: (site: string, contactIds: readonly string[]) => Promise<ReadonlyMap<string, FollowUp>>
}

export const openFollowUps = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): FollowUps => ({
  done: async (site, contactId, followUp) => {
    if (followUp === null) await redis.hDel(keys.site(site).followUps, contactId)
    else await redis.hSet(keys.site(site).followUps, contactId, JSON.stringify([followUp.at, followUp.by]))
  },
  of: async (site, contactIds) => {
    if (contactIds.length === 0) return new Map()
    const found = await redis.hmGet(keys.site(site).followUps, [...contactIds])
    return new Map(
      contactIds.flatMap((id, index): readonly (readonly [string, FollowUp])[] => {
        const text = found[index]
        if (typeof text !== 'string') return []
        const [at, by] = JSON.parse(text) as readonly [number, string]
        return [[id, { at: instantOf(at), by }]]
      }),
    )
  },
})
