import type { Delivery } from '../domain/escalation/delivery.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { DeliveryState } from './incident-log.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** One step of a delivery's life. */
export interface NotedStep {
  readonly at: Instant
  readonly state: DeliveryState
  readonly detail: string
}

/** A delivery as it was planned, with all that became of it: the receipt, or the proof that there is none. */
export interface Notification {
  readonly delivery: Delivery
  readonly steps: readonly NotedStep[]
}

export interface NotificationLog {
  /** Newest first; those planned before `below`. */
  newest(site: string, options: { readonly below: NotificationPlace | null; readonly count: number }): Promise<readonly Notification[]>
  get(site: string, id: string): Promise<Notification | null>
}

/** Where a page ended. */
export interface NotificationPlace {
  readonly at: Instant
  readonly id: string
}

const stepsOf = (text: string | null | undefined): readonly NotedStep[] =>
  (text ?? '').split('\n').flatMap((line) => {
    const [at = '', state = '', detail = ''] = line.split('|')
    return at === '' ? [] : [{ at: instantOf(Number(at)), state: state as DeliveryState, detail }]
  })

export const openNotificationLog = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): NotificationLog => {
  const read = async (site: string, ids: readonly string[]): Promise<readonly Notification[]> => {
    if (ids.length === 0) return []
    const at = keys.site(site)
    const [rows, steps] = await Promise.all([redis.hmGet(at.notifications, [...ids]), redis.hmGet(at.notificationSteps, [...ids])])
    return rows.flatMap((row, index) => (row ? [{ delivery: JSON.parse(row) as Delivery, steps: stepsOf(steps[index]) }] : []))
  }
  return {
    get: async (site, id) => (await read(site, [id]))[0] ?? null,
    newest: async (site, { below, count }) => {
      const from = below === null ? '+inf' : String(below.at)
      const order = keys.site(site).notificationOrder
      // Several may share the instant at which the page before ended: they are asked for again and skipped by their id.
      const ids = await redis.zRange(order, from, '-inf', { BY: 'SCORE', REV: true, LIMIT: { offset: 0, count: count + (below === null ? 0 : (await redis.zCount(order, below.at, below.at))) } })
      const start = below === null ? 0 : ids.indexOf(below.id) + 1
      return read(site, ids.slice(start, start + count))
    },
  }
}
