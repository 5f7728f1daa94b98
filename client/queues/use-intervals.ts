import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { IntervalRow, QueueRow } from '../../server/contract/rows.ts'
import { reasonOf, request } from '../http/api.ts'
import { listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

export interface Intervals {
  readonly rows: readonly IntervalRow[]
  readonly fault: string | null
}

/** Quarter hours move slowly: once a minute is often enough. */
const EVERY_MS = 60_000
const isRow = (value: unknown): value is IntervalRow => typeof recordOf(value).from === 'string'

/** Quarter hours of the queue's business day, outcome basis; channels of one instant are not added here, one queue has one main channel. */
export const useIntervals = (row: () => QueueRow): Readonly<ShallowRef<Intervals>> => {
  const session = useSessionStore()
  const intervals = shallowRef<Intervals>({ rows: [], fault: null })
  const load = async () => {
    if (session.site === null) return
    const { queue, today, channels } = row()
    const query = new URLSearchParams({ from: today.dayStartedAt, to: new Date().toISOString(), step: '15m', queue })
    if (channels[0] !== undefined) query.set('channel', channels[0])
    try {
      const rows = await request(session.place(`intervals?${query.toString()}`), (body) => listOf(recordOf(body).rows).filter(isRow))
      intervals.value = { rows: [...rows].sort((a, b) => a.from.localeCompare(b.from)), fault: null }
    } catch (error) {
      intervals.value = { rows: intervals.value.rows, fault: reasonOf(error) }
    }
  }
  void load()
  const timer = setInterval(() => void load(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return intervals
}
