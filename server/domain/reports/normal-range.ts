import { edgeBefore, weeksBefore } from '../business-day.ts'
import type { Instant } from '../time.ts'

/** What is usual for one interval: the middle and the spread of the same local time of earlier weeks. */
export interface NormalRange {
  readonly low: number
  readonly middle: number
  readonly high: number
  /** Weeks that had a figure. */
  readonly weeks: number
}

const WEEKS = 4
const FEWEST = 2

const medianOf = (sorted: readonly number[]): number => {
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
}

/** The begins of the same interval of the weeks before, by local wall time: a clock change between them does not shift the comparison. */
export const sameIntervalBefore = (at: Instant, timeZone: string, weeks = WEEKS): readonly Instant[] => Array.from({ length: weeks }, (_, index) => weeksBefore(at, timeZone, index + 1))

/** The same for the edges of a window: of a time that a clock change left out nothing is beside it. */
export const sameEdgeBefore = (at: Instant, timeZone: string, weeks = WEEKS): readonly Instant[] => Array.from({ length: weeks }, (_, index) => edgeBefore(at, timeZone, index + 1))

/** Null with fewer than two weeks: one week is a comparison, not a range. */
export const normalRange = (values: readonly (number | null)[]): NormalRange | null => {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  if (known.length < FEWEST) return null
  return { low: known[0] ?? 0, middle: medianOf(known), high: known.at(-1) ?? 0, weeks: known.length }
}
