import type { Rejection } from '../server/contract/events.ts'
import type { ImportRow } from '../server/redis/import-rows.ts'

export type Counts = Pick<ImportRow, 'lines' | 'accepted' | 'ignored' | 'rejectedCount' | 'rejected'>

/** An item and the line of the file it stands on. */
export interface Numbered {
  readonly line: number
  readonly item: unknown
}

export interface ImportCounts {
  readonly now: () => Counts
  /** Number of the line that is read next. */
  readonly nextLine: () => number
  readonly add: (more: { readonly accepted?: number; readonly ignored?: number; readonly rejected?: ImportRow['rejected'] }) => void
  /** Rejected lines that are not in the report yet. */
  readonly takeRejected: () => ImportRow['rejected']
}

/** The row names so many; the report of the import has all. */
const REJECTED_KEPT = 100

export const importCounts = (from: Partial<Counts> | null): ImportCounts => {
  let counts: Counts = { lines: from?.lines ?? 0, accepted: from?.accepted ?? 0, ignored: from?.ignored ?? 0, rejectedCount: from?.rejectedCount ?? 0, rejected: from?.rejected ?? [] }
  let lines = counts.lines
  let waiting: ImportRow['rejected'][number][] = []
  return {
    now: () => ({ ...counts, lines }),
    nextLine: () => (lines += 1),
    add: ({ accepted = 0, ignored = 0, rejected = [] }) => {
      for (const one of rejected) waiting.push(one)
      counts = {
        ...counts,
        accepted: counts.accepted + accepted,
        ignored: counts.ignored + ignored,
        rejectedCount: counts.rejectedCount + rejected.length,
        rejected: counts.rejected.length < REJECTED_KEPT ? [...counts.rejected, ...rejected].slice(0, REJECTED_KEPT) : counts.rejected,
      }
    },
    takeRejected: () => {
      const taken = waiting
      waiting = []
      return taken
    },
  }
}

/** Refusals of a batch by the lines they stand on. */
export const byLine = (rejected: readonly Rejection[], batch: readonly Numbered[]): ImportRow['rejected'] => rejected.map(({ index, id, code, detail }) => ({ line: batch[index]?.line ?? 0, id, code, detail }))
