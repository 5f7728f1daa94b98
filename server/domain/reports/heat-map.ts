import type { IntervalFigures } from '../queue-figures.ts'
import type { BusinessDay, ServiceLevelVariant } from '../settings.ts'
import { instantOf, type Instant } from '../time.ts'
import { figureOf, type Figure, type ReportMetric } from './read-figure.ts'
import { wallLabel, type WallLabel } from './wall-labels.ts'

export interface HeatCell extends Figure, WallLabel {
  readonly from: Instant
  readonly to: Instant
  /** Too few contacts to judge: shown hatched, without colour. */
  readonly thin: boolean
  /** False while the half-hour is open or its feed had a gap. */
  readonly complete: boolean
}

/** Below this many contacts an interval's level says little (METRICS section 2). */
export const THIN = 10
const HALF_HOUR = 1_800_000

/** One cell a half-hour that has anything, in order of time; rows of several queues add up to one. */
export const heatMap = (rows: readonly IntervalFigures[], { metric, variant, day }: { readonly metric: ReportMetric; readonly variant: ServiceLevelVariant; readonly day: BusinessDay }): readonly HeatCell[] => {
  const halves = new Map<number, IntervalFigures[]>()
  for (const row of rows) {
    const from = Math.floor(row.from / HALF_HOUR) * HALF_HOUR
    halves.set(from, [...(halves.get(from) ?? []), row])
  }
  return [...halves]
    .sort(([a], [b]) => a - b)
    .map(([at, quarters]) => {
      const from = instantOf(at)
      const figure = figureOf(metric, quarters, variant)
      return { ...wallLabel(day, from), from, to: instantOf(at + HALF_HOUR), ...figure, thin: figure.n < THIN, complete: quarters.every(({ complete }) => complete) }
    })
}
