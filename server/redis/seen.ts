import { DAY, MINUTE } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/**
 * Where an event's id is remembered: by the UTC day and minute of the event itself, so that a batch touches few hashes, and
 * in as many shards a minute as keep a hash at about 96 fields in the busiest hour (larger ones leave the compact form).
 * The number of shards of a day is fixed by whoever writes it first, from the events of the days before.
 */
const FIELDS_ON_AVERAGE = 32
const MOST_SHARDS = 256
const MINUTES_A_DAY = 1_440

/** Asked several times for each event, and nearly always for the same day. */
let last = { day: Number.NaN, text: '' }
export const dayOf = (at: number): string => {
  const day = Math.floor(at / DAY)
  if (day !== last.day) last = { day, text: new Date(day * DAY).toISOString().slice(0, 10) }
  return last.text
}

export const shardOf = (at: number, hash: number, shards: number): number => Math.floor((at % DAY) / MINUTE) * shards + (hash % shards)

export interface SeenShards {
  /** Shards a minute of that day, if this process knows it. */
  readonly known: (site: string, day: string) => number | undefined
  readonly learn: (site: string, days: readonly string[]) => Promise<void>
  /** Another process was first. */
  readonly correct: (site: string, day: string, shards: number) => void
}

export const seenShards = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): SeenShards => {
  const known = new Map<string, number>()
  const remember = (site: string, day: string, shards: number) => {
    if (known.size > 10_000) known.clear()
    known.set(`${site} ${day}`, shards)
  }
  const learnDay = async (site: string, day: string) => {
    const start = Date.parse(day)
    const [fixed, ...counts] = await redis.hmGet(keys.site(site).sequences, [`shards:${day}`, `count:${dayOf(start - DAY)}`, `count:${dayOf(start - 2 * DAY)}`, `count:${dayOf(start - 7 * DAY)}`])
    const busiest = Math.max(0, ...counts.map((count) => Number(count ?? 0)))
    remember(site, day, fixed ? Number(fixed) : Math.min(MOST_SHARDS, Math.max(1, Math.ceil(busiest / MINUTES_A_DAY / FIELDS_ON_AVERAGE))))
  }
  return {
    known: (site, day) => known.get(`${site} ${day}`),
    learn: async (site, days) => void (await Promise.all(days.map((day) => learnDay(site, day)))),
    correct: remember,
  }
}
