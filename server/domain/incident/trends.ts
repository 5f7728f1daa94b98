import type { Instant } from '../time.ts'

/** What happened once: an incident in its series, at its moment. */
export interface Occurrence {
  readonly key: string
  readonly at: Instant
}

/** A point beyond the limits, or the eighth in a row on one side of the mean: not chance. */
export type Signal = 'above' | 'below' | 'shift-up' | 'shift-down' | null

/** Weekly counts of one series, with the limits within which chance explains them (a c-chart: three roots of the mean). */
export interface TrendSeries {
  readonly key: string
  readonly total: number
  /** By week, the last one is still running. */
  readonly counts: readonly number[]
  readonly mean: number
  readonly upper: number
  readonly lower: number
  readonly signals: readonly Signal[]
}

const SIGMAS = 3
const RUN = 8
/** Below it weeks without any are what chance makes, however many in a row. */
const RUN_FROM_MEAN = 1

export const limitsOf = (mean: number, weeks = 1): { readonly upper: number; readonly lower: number } => {
  const reach = SIGMAS * Math.sqrt(mean / weeks)
  return { upper: mean + reach, lower: Math.max(0, mean - reach) }
}

const meanOf = (counts: readonly number[]): number => (counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length)

const signalsOf = (counts: readonly number[], mean: number): readonly Signal[] => {
  const { upper, lower } = limitsOf(mean)
  let side = 0
  let run = 0
  return counts.map((count): Signal => {
    const now = Math.sign(count - mean)
    run = now !== 0 && now === side ? run + 1 : 1
    side = now
    if (count > upper) return 'above'
    if (count < lower) return 'below'
    return mean >= RUN_FROM_MEAN && now !== 0 && run >= RUN ? (now > 0 ? 'shift-up' : 'shift-down') : null
  })
}

/** Index of the week that the instant lies in; -1 before the first. */
const weekOf = (weeks: readonly Instant[], at: Instant): number => {
  let [low, high] = [0, weeks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((weeks[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** `weeks`: starts of the weeks, oldest first; the last one is still running, and no limit is drawn from it. */
export const trendOf = (key: string, occurrences: readonly Occurrence[], weeks: readonly Instant[]): TrendSeries => {
  const counts = weeks.map(() => 0)
  for (const { at } of occurrences) {
    const week = weekOf(weeks, at)
    if (week >= 0) counts[week] = (counts[week] ?? 0) + 1
  }
  const whole = counts.slice(0, -1)
  const mean = meanOf(whole)
  return { key, total: counts.reduce((sum, count) => sum + count, 0), counts, mean, ...limitsOf(mean), signals: [...signalsOf(whole, mean), null] }
}

/** Weeks before the first occurrence that is known say nothing: nobody logged then. Some are kept in any case. What is not whole before an instant says nothing either. */
export const weeksKnown = (weeks: readonly Instant[], occurrences: readonly Occurrence[], fewest: number, wholeFrom: Instant | null = null): readonly Instant[] => {
  if (wholeFrom !== null) return weeks.filter((start, index) => start >= wholeFrom || index === weeks.length - 1)
  const first = occurrences.reduce((least, { at }) => Math.min(least, at), Infinity)
  const from = weeks.findLastIndex((start) => start <= first)
  return weeks.slice(Math.max(0, Math.min(from, weeks.length - fewest)))
}

export const byKeyOf = (occurrences: readonly Occurrence[]): ReadonlyMap<string, readonly Occurrence[]> => {
  const byKey = new Map<string, Occurrence[]>()
  for (const one of occurrences) {
    const list = byKey.get(one.key)
    if (list === undefined) byKey.set(one.key, [one])
    else list.push(one)
  }
  return byKey
}

/** The series with most in them, most first. */
export const trendsOf = (byKey: ReadonlyMap<string, readonly Occurrence[]>, weeks: readonly Instant[], most: number): readonly TrendSeries[] =>
  [...byKey].map(([key, theirs]) => trendOf(key, theirs, weeks)).filter(({ total }) => total > 0).sort((a, b) => b.total - a.total || a.key.localeCompare(b.key)).slice(0, most)

/** Whole weeks before and after something was done; null: too few to say. */
export interface BeforeAfter {
  readonly before: { readonly weeks: number; readonly mean: number }
  readonly after: { readonly weeks: number; readonly mean: number }
  /** The mean afterwards lies outside what chance would make of the mean before. */
  readonly beyondChance: boolean
}

const FEWEST = 2

export const beforeAfter = ({ counts }: Pick<TrendSeries, 'counts'>, weeks: readonly Instant[], doneAt: Instant): BeforeAfter | null => {
  const inWeek = weeks.findLastIndex((from) => from <= doneAt)
  const before = counts.slice(0, Math.max(0, inWeek))
  const after = counts.slice(inWeek + 1, -1)
  if (inWeek < 0 || before.length < FEWEST || after.length < FEWEST) return null
  const mean = meanOf(before)
  const { upper, lower } = limitsOf(mean, after.length)
  const later = meanOf(after)
  return { before: { weeks: before.length, mean }, after: { weeks: after.length, mean: later }, beyondChance: later > upper || later < lower }
}
