import type { IntervalFigures } from '../queue-figures.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { leftOutBefore } from '../business-day.ts'
import type { Instant } from '../time.ts'
import { normalRange, sameIntervalBefore, type NormalRange } from './normal-range.ts'
import { figureOf, type Figure, type ReportMetric } from './read-figure.ts'

export interface TrendPoint extends Figure {
  readonly from: Instant
  readonly to: Instant
  readonly complete: boolean
  /** The same interval last week by local wall time. */
  readonly lastWeek: Figure
  /** Of the four weeks before. */
  readonly normal: NormalRange | null
}

export interface TrendQuestion {
  readonly metric: ReportMetric
  readonly variant: ServiceLevelVariant
  readonly timeZone: string
  readonly from: Instant
  readonly to: Instant
}

const NOTHING: Figure = { value: null, n: 0 }

/** A figure over the range beside last week's and what is usual. `rows` reach four weeks further back than the range. */
export const trend = (rows: readonly IntervalFigures[], { metric, variant, timeZone, from, to }: TrendQuestion): readonly TrendPoint[] => {
  const at = new Map<number, IntervalFigures[]>()
  for (const row of rows) at.set(row.from, [...(at.get(row.from) ?? []), row])
  const figure = (instant: Instant): Figure => figureOf(metric, at.get(instant) ?? [], variant)
  return [...at]
    .filter(([begin]) => begin >= from && begin < to)
    .sort(([a], [b]) => a - b)
    .flatMap(([, together]) => {
      const [first] = together
      if (first === undefined) return []
      const before = sameIntervalBefore(first.from, timeZone).map((begin, week) => (leftOutBefore(first, begin, timeZone, week + 1) ? NOTHING : figure(begin)))
      return [{ from: first.from, to: first.to, complete: together.every(({ complete }) => complete), ...figureOf(metric, together, variant), lastWeek: before[0] ?? NOTHING, normal: normalRange(before.map(({ value }) => value)) }]
    })
}
