import { shallowRef, watchEffect, type ComputedRef, type ShallowRef } from 'vue'
import type { QueueRow } from '../../server/contract/rows.ts'
import { queueStatus, worstFirst } from '../format/queue-status.ts'

const REORDER_MS = 60_000
/** How long a page of queues stays before the next one takes its places. */
const TURN_MS = 10_000

export interface TileOrder {
  readonly shown: readonly QueueRow[]
  readonly hidden: readonly QueueRow[]
}

/** Whether a breach waits outside the slots while something calmer holds one. */
const breachOutside = (order: readonly string[], slots: number, rows: ReadonlyMap<string, QueueRow>, at: number): boolean =>
  order.slice(slots).some((id) => {
    const row = rows.get(id)
    return row !== undefined && queueStatus(row, at).status === 'breached'
  }) && order.slice(0, slots).some((id) => {
    const row = rows.get(id)
    return row !== undefined && queueStatus(row, at).status !== 'breached'
  })

interface Places {
  readonly queues: () => readonly QueueRow[]
  readonly slots: () => number
  readonly turning: () => boolean
}

/** Breached queues keep their places; the others take turns in what is left, worst first. */
const inTurns = (sorted: readonly QueueRow[], limit: number, at: number): readonly QueueRow[] => {
  const kept = sorted.filter((row) => queueStatus(row, at).status === 'breached').slice(0, limit)
  const others = sorted.filter((row) => !kept.includes(row))
  const free = limit - kept.length
  if (free <= 0) return kept
  const page = Math.floor(at / TURN_MS) % Math.ceil(others.length / free)
  const begin = Math.min(page * free, others.length - free)
  return [...kept, ...others.slice(begin, begin + free)]
}

/**
 * Fixed places by name where all queues fit: a place on the wall is learnt. Otherwise worst first, settled again at most once
 * a minute; a new breach may enter at once. Where queues take turns, each is seen within a few of them.
 */
export const useTileOrder = ({ queues, slots, turning }: Places, now: ComputedRef<number>): Readonly<ShallowRef<TileOrder>> => {
  const result = shallowRef<TileOrder>({ shown: [], hidden: [] })
  let order: readonly string[] = []
  let settledAt = Number.NEGATIVE_INFINITY

  watchEffect(() => {
    const rows = new Map(queues().map((row) => [row.queue, row]))
    const limit = slots()
    const at = now.value
    if (rows.size <= limit) {
      result.value = { shown: [...rows.values()].sort((a, b) => a.name.localeCompare(b.name)), hidden: [] }
      settledAt = Number.NEGATIVE_INFINITY
      return
    }
    const changed = order.length !== rows.size || order.some((id) => !rows.has(id))
    if (changed || at - settledAt >= REORDER_MS || breachOutside(order, limit, rows, at)) {
      order = worstFirst([...rows.values()], at).map(({ queue }) => queue)
      settledAt = at
    }
    const sorted = order.map((id) => rows.get(id)).filter((row) => row !== undefined)
    const shown = turning() && limit > 0 ? inTurns(sorted, limit, at) : sorted.slice(0, limit)
    result.value = { shown, hidden: sorted.filter((row) => !shown.includes(row)) }
  })
  return result
}
