import type { IntervalFigures } from '../queue-figures.ts'
import { HOT_MS } from '../hot-hours.ts'
import { type Instant } from '../time.ts'

/** Why a closed row came to something else. */
export type CorrectionReason =
  /** Events of a source that came after the interval had closed. */
  | 'late'
  /** What a source missed was told by another, or by itself later. */
  | 'gap-repaired'
  /** Time alone: a contact that never ended, work after a call that was capped. */
  | 'expired'
  | 'import'
  /** Nobody kept rows for some time; the day was folded again. */
  | 'missed'
  /** The day was folded again once nothing late could come. */
  | 'folded-again'

export type Changes = Readonly<Record<string, readonly [before: number | string | boolean | null, after: number | string | boolean | null]>>

/** One change of one closed row. */
export interface Correction {
  readonly queue: string
  readonly channel: string
  readonly basis: IntervalFigures['basis']
  /** Begin of the interval. */
  readonly from: Instant
  readonly at: Instant
  readonly reason: CorrectionReason
  /** Ids of sources or of the import; empty where time alone did it. */
  readonly sources: readonly string[]
  readonly changes: Changes
}

/** What is no figure of a row; `rules` are what its figures were counted by. */
const apart = new Set(['queue', 'channel', 'basis', 'from', 'to', 'revised', 'sketches', 'rules'])
/** Figures that rows of older versions lack together: that such a row has them now corrects nothing. */
const uncounted: ReadonlySet<string> = new Set(['activeMsTotal', 'activeMs'])
type Cell = number | string | boolean | null
const cellsOf = (row: IntervalFigures | null): Readonly<Record<string, Cell>> => Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !apart.has(name))) as Readonly<Record<string, Cell>>

/** What differs between two states of a row; one that is not there has no figures. */
export const changesBetween = (before: IntervalFigures | null, after: IntervalFigures | null): Changes => {
  const [old, fresh] = [cellsOf(before), cellsOf(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((name) => old['activeMsTotal'] !== null || !uncounted.has(name))
  const none = (cell: Cell | undefined): boolean => cell === undefined || cell === null || cell === 0
  return Object.fromEntries(names.filter((name) => (old[name] ?? null) !== (fresh[name] ?? null) && !((before === null || after === null) && none(old[name]) && none(fresh[name]))).map((name) => [name, [old[name] ?? null, fresh[name] ?? null]]))
}

/** How far the value shown when an interval closed was from the one that it has now, and why. */
export interface Reconciled extends Pick<Correction, 'queue' | 'channel' | 'basis' | 'from' | 'reason' | 'sources'> {
  /** Nothing late can change it any more. */
  readonly final: boolean
  readonly corrections: number
  /** First value and present one of each figure that is not what it was. */
  readonly changes: Changes
}

/** What weighs more when several things changed a row. */
const weight: Readonly<Record<CorrectionReason, number>> = { 'gap-repaired': 5, import: 4, late: 3, missed: 2, expired: 1, 'folded-again': 0 }

/** Corrections of a range by interval, oldest first. */
export const reconcile = (corrections: readonly Correction[], asOf: Instant): readonly Reconciled[] => {
  const byRow = new Map<string, Reconciled>()
  for (const one of [...corrections].sort((a, b) => a.at - b.at)) {
    const key = JSON.stringify([one.from, one.basis, one.channel, one.queue])
    const known = byRow.get(key)
    const merged: Record<string, Changes[string]> = { ...known?.changes }
    for (const [name, [before, after]] of Object.entries(one.changes)) merged[name] = [merged[name] ? merged[name][0] : before, after]
    const reason = known !== undefined && weight[known.reason] >= weight[one.reason] ? known.reason : one.reason
    byRow.set(key, { queue: one.queue, channel: one.channel, basis: one.basis, from: one.from, reason, sources: [...new Set([...(known?.sources ?? []), ...one.sources])], final: one.from + HOT_MS <= asOf, corrections: (known?.corrections ?? 0) + 1, changes: merged })
  }
  return [...byRow.values()]
    .map((row) => ({ ...row, changes: Object.fromEntries(Object.entries(row.changes).filter(([, [before, after]]) => before !== after)) }))
    .sort((a, b) => a.from - b.from || (a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0))
}
