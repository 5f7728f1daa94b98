import type { FloorChanges } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { type Instant, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Cause } from '../../server/redis/corrections.ts'

/** As the fold has it: a row is revised when it changes more than this after its end. */
const SETTLE_MS = 5_000

export interface LateCauses {
  /** Told of each batch: which sources spoke of intervals that were over. */
  readonly note: (intervals: FloorChanges['intervals'], at: Instant, entries: readonly LogEntry[]) => void
  /** Why closed rows of the queue change now. */
  readonly of: (queue: string, at: Instant) => Cause
  /** Nobody looked for some time: who spoke meanwhile is not known. */
  readonly doubt: () => void
  readonly forget: (queues: Iterable<string>) => void
}

/** Remembers until the next round who changed closed rows of a queue: rows alone do not tell. */
export const openLateCauses = (): LateCauses => {
  const sources = new Map<string, Set<string>>()
  let doubted = false
  const add = (queue: string, source: string) => sources.set(queue, (sources.get(queue) ?? new Set()).add(source))

  return {
    note: (intervals, at, entries) => {
      const late = new Set(intervals.filter(({ from }) => at - from > QUARTER_HOUR + SETTLE_MS).map(({ queue }) => queue))
      // Seldom: only then are the facts of the batch looked at.
      if (late.size === 0) return
      for (const entry of entries) {
        if (entry.kind !== 'facts') continue
        for (const fact of entry.facts) {
          if (entry.at - fact.occurredAt <= SETTLE_MS) continue
          const queue = 'queueId' in fact ? fact.queueId : null
          for (const one of queue === null ? late : late.has(queue) ? [queue] : []) add(one, fact.source ?? 'unnamed')
        }
      }
    },
    of: (queue, at) => {
      const known = [...(sources.get(queue) ?? [])].sort()
      return { reason: known.length > 0 ? 'late' : doubted ? 'missed' : 'expired', sources: known, at }
    },
    doubt: () => void (doubted = true),
    forget: (queues) => {
      doubted = false
      for (const queue of queues) sources.delete(queue)
    },
  }
}
