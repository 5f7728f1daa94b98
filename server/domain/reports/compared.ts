import type { IntervalFigures } from '../queue-figures.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { instantOf, QUARTER_HOUR, type Instant } from '../time.ts'
import { normalRange, sameEdgeBefore, type NormalRange } from './normal-range.ts'
import { figureOf, reportMetrics, type Figure, type ReportMetric } from './read-figure.ts'

/** The quarter hours that a window touches: what earlier weeks are kept in. */
export interface Quarters {
  readonly from: Instant
  readonly to: Instant
}

export const quartersOf = (from: number, to: number): Quarters => ({ from: instantOf(Math.floor(from / QUARTER_HOUR) * QUARTER_HOUR), to: instantOf((Math.floor(to / QUARTER_HOUR) + 1) * QUARTER_HOUR) })

/** The same quarter hours of the four weeks before, by local wall time, the newest first. */
export const earlierQuarters = ({ from, to }: Quarters, timeZone: string): readonly Quarters[] => {
  const ends = sameEdgeBefore(to, timeZone)
  return sameEdgeBefore(from, timeZone).map((begin, week) => ({ from: begin, to: ends[week] ?? begin }))
}

export interface Compared extends Figure {
  readonly lastWeek: Figure
  readonly normal: NormalRange | null
}

/** Each figure over the quarter hours of a window beside last week's and what is usual. `weeks` are the rows of `earlierQuarters`. */
export const compared = (now: readonly IntervalFigures[], weeks: readonly (readonly IntervalFigures[])[], variant: ServiceLevelVariant): Readonly<Record<ReportMetric, Compared>> =>
  Object.fromEntries(
    reportMetrics.map((metric) => {
      const before = weeks.map((rows) => figureOf(metric, rows, variant))
      return [metric, { ...figureOf(metric, now, variant), lastWeek: before[0] ?? { value: null, n: 0 }, normal: normalRange(before.map(({ value }) => value)) }]
    }),
  ) as Record<ReportMetric, Compared>
