import { expectedOf, LONGEST_WINDOW_MIN } from '../../server/domain/breach/absence.ts'
import { weeksBefore } from '../../server/domain/business-day.ts'
import type { Floor } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { instantOf, MINUTE, QUARTER_HOUR, type Instant } from '../../server/domain/time.ts'
import type { History } from '../../server/redis/history.ts'

const WEEKS = [1, 2, 3, 4] as const
/** The longest window lies in at most so many quarter hours. */
const QUARTERS = 5

/** Contacts that came to each queue, by the minute, over the longest window that is judged. */
export const openArrivals = (floor: Floor) => {
  const queues = new Map<string, Map<number, number>>()
  const add = (queue: string, at: number) => {
    const minutes = queues.get(queue) ?? new Map<number, number>()
    const minute = Math.floor(at / MINUTE)
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
    queues.set(queue, minutes)
  }
  for (const { queue, queuedAt } of floor.contacts({ from: instantOf(floor.asOf - LONGEST_WINDOW_MIN * MINUTE), to: instantOf(floor.asOf + MINUTE) })) add(queue, queuedAt)
  return {
    take: (entries: readonly LogEntry[]) => {
      for (const entry of entries) if (entry.kind === 'facts') for (const fact of entry.facts) if (fact.type === 'contact.queued' && fact.queueId !== null) add(fact.queueId, fact.occurredAt)
    },
    /** In whole minutes up to and with the running one; what is older than the longest window is let go. */
    offeredIn: (queue: string, at: Instant, minutes: number): number => {
      const now = Math.floor(at / MINUTE)
      let sum = 0
      for (const [minute, count] of queues.get(queue) ?? []) {
        if (minute > now - minutes) sum += count
        else if (minute <= now - LONGEST_WINDOW_MIN - 1) queues.get(queue)?.delete(minute)
      }
      return sum
    },
  }
}

/** What is usual in the quarter hours around now, from the same local time of the four weeks before; asked of the store once a quarter hour. */
export const openUsualArrivals = (history: Pick<History, 'offeredAt'>, site: string) => {
  let from = -1
  let known = new Map<string, number | null>()
  let asking: Promise<void> | null = null

  const ask = async (last: number, queues: readonly string[], zoneOf: (queue: string) => string) => {
    const found = new Map<string, number | null>()
    for (let index = 0; index < QUARTERS; index += 1) {
      const quarter = instantOf(last - index * QUARTER_HOUR)
      const zones = new Map<string, string[]>()
      for (const queue of queues) zones.set(zoneOf(queue), [...(zones.get(zoneOf(queue)) ?? []), queue])
      for (const [zone, together] of zones) {
        const weeks = await Promise.all(WEEKS.map((week) => history.offeredAt(site, weeksBefore(quarter, zone, week), together)))
        together.forEach((queue, at) => found.set(`${quarter} ${queue}`, expectedOf(weeks.map((counts) => counts[at] ?? null))))
      }
    }
    known = found
    from = last
  }
  return {
    knows: (at: Instant, queue: string): boolean => known.has(`${Math.floor(at / QUARTER_HOUR) * QUARTER_HOUR} ${queue}`),
    /** Resolves when the quarter hours around `at` are known. */
    learn: (at: Instant, queues: readonly string[], zoneOf: (queue: string) => string): Promise<void> => {
      const last = Math.floor(at / QUARTER_HOUR) * QUARTER_HOUR
      if (last === from && queues.every((queue) => known.has(`${last} ${queue}`))) return Promise.resolve()
      asking ??= ask(last, queues, zoneOf).finally(() => (asking = null))
      return asking
    },
    expectedFrom: (queue: string, quarter: number): number | null => known.get(`${quarter} ${queue}`) ?? null,
  }
}
