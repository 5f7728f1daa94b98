import type { EntryId } from '../domain/log-entry.ts'
import { compareEntries } from '../redis/epoch.ts'

/** Ids of rows that changed, by stored table. */
export type ChangeSet = ReadonlyMap<string, ReadonlySet<string>>

/** A revision is `epoch.entryId`; null for anything else. */
export const parseRevision = (revision: string): { readonly epoch: string; readonly entry: EntryId } | null => {
  const match = /^([^.]{1,100})\.(\d{1,16}-\d{1,10})$/.exec(revision)
  return match?.[1] !== undefined && match[2] !== undefined ? { epoch: match[1], entry: match[2] } : null
}

interface Flushed {
  readonly entry: EntryId
  /** Flushed without a new entry: a name or the state of a source changed. */
  readonly sameEntry: boolean
  readonly at: number
  readonly changes: ChangeSet
}

/**
 * The last flushes, so that a viewer who was away for a moment gets what changed instead of everything. Holds ids, not rows:
 * the rows are read when asked for, so a resumed viewer gets the latest state and never a backlog.
 */
export interface ChangeRing {
  readonly push: (entry: EntryId, changes: ChangeSet, at: number) => void
  /** What changed after that entry, or null when the ring does not reach back so far. May name more than changed, never less. */
  readonly since: (entry: EntryId) => ChangeSet | null
  readonly reset: (entry: EntryId) => void
}

export const mergeChanges = (sets: Iterable<ChangeSet>): ChangeSet => {
  const merged = new Map<string, Set<string>>()
  for (const set of sets) {
    for (const [table, ids] of set) {
      const into = merged.get(table) ?? new Set<string>()
      for (const id of ids) into.add(id)
      merged.set(table, into)
    }
  }
  return merged
}

export const changeRing = ({ forMs = 30_000, most = 10_000 } = {}): ChangeRing => {
  let ring: Flushed[] = []
  /** The entry from which the ring knows everything; `after`: only what comes after it. */
  let floor: EntryId = '0-0'
  let after = false
  let last: EntryId = '0-0'

  const prune = (at: number): void => {
    let old = 0
    while (old < ring.length && (ring.length - old > most || (ring[old]?.at ?? at) < at - forMs)) old += 1
    if (old === 0) return
    floor = ring[old - 1]?.entry ?? floor
    after = ring[old - 1]?.sameEntry ?? after
    ring = ring.slice(old)
  }
  return {
    push: (entry, changes, at) => {
      ring.push({ entry, sameEntry: entry === last, at, changes })
      last = entry
      prune(at)
    },
    since: (entry) => {
      if (compareEntries(entry, floor) < (after ? 1 : 0)) return null
      return mergeChanges(ring.filter((flushed) => compareEntries(flushed.entry, entry) > 0 || (flushed.sameEntry && flushed.entry === entry)).map(({ changes }) => changes))
    },
    reset: (entry) => {
      ring = []
      floor = entry
      after = false
      last = entry
    },
  }
}
