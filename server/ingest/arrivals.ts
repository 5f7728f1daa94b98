import { createHash } from 'node:crypto'
import type { Keys } from '../redis/keys.ts'
import type { Redis } from '../redis/connect.ts'
import { within } from '../redis/unavailable.ts'
import { isObject } from './clean-item.ts'

/**
 * Events that bring no time happen when they first arrive. The stamp is remembered, so that the same event sent again has
 * the same time and is known as a repetition.
 */
export interface Arrivals {
  readonly stamp: (site: string, items: readonly unknown[], untimed: ReadonlySet<number>) => Promise<readonly unknown[]>
}

/** As long as ids are known. */
const KEPT_S = 7 * 86_400

export const openArrivals = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Arrivals => {
  const first = async (site: string, item: unknown): Promise<unknown> => {
    if (!isObject(item) || !('id' in item) || typeof item.id !== 'string' || !('occurredAt' in item) || typeof item.occurredAt !== 'string') return item
    const key = keys.site(site).arrival(createHash('sha256').update(item.id).digest('base64url').slice(0, 22))
    const before = await redis.set(key, item.occurredAt, { condition: 'NX', expiration: { type: 'EX', value: KEPT_S }, GET: true })
    return before === null ? item : { ...item, occurredAt: before }
  }
  return {
    stamp: async (site, items, untimed) => (untimed.size === 0 ? items : within(2_000, Promise.all(items.map((item, index) => (untimed.has(index) ? first(site, item) : item))))),
  }
}
