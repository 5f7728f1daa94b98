import { COUNTERS, type CounterName } from '../fold/counters.ts'
import type { MetricBlock } from '../metric-figures.ts'
import type { IntervalFigures, IntervalRules } from '../queue-figures.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { QUARTER_HOUR, type Instant } from '../time.ts'
import { addSums, metricBlock, type CounterSums } from './metric-block.ts'
import { mergeSketches, percentileOf } from './percentile.ts'
import { noResponses, responseFigures, responsesOfRows } from './responses.ts'

/** Counters of a row by their names in the fold; clock time has a name of its own there. */
const placeOf = (name: CounterName): keyof MetricBlock => (name === 'handlingMs' ? 'handlingMsTotal' : name === 'availableMs' ? 'availableMsTotal' : name === 'signedInMs' ? 'signedInMsTotal' : name)
/** Rows that were kept before a counter existed do not know it, and neither does their sum: unknown is not zero. */
const known = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)
const sumsOf = (row: IntervalFigures): CounterSums => {
  const sums = {} as Record<CounterName, number>
  for (const { name } of COUNTERS) sums[name] = known(row[placeOf(name)])
  // Nobody's time is nothing, also where it was not counted yet.
  if (row.handled === 0) sums.activeMsTotal = 0
  return sums
}

/** The counters of rows, added up. */
export const sumsOfRows = (rows: readonly IntervalFigures[]): CounterSums => addSums(rows.map(sumsOf))

/**
 * Outcome rows say what is pending at the interval's end, so the last quarter speaks for all; it has a row whenever anything is pending.
 * Arrival rows say what of their own cohort has not ended, so they add up.
 */
const pendingOf = (rows: readonly IntervalFigures[], { to, asOf }: Bucket): number => {
  if (rows[0]?.basis === 'arrival') return rows.reduce((sum, { pending }) => sum + pending, 0)
  const lastQuarter = Math.min(to, (Math.floor(asOf / QUARTER_HOUR) + 1) * QUARTER_HOUR) - QUARTER_HOUR
  return rows.find(({ from }) => from === lastQuarter)?.pending ?? 0
}

export interface Bucket {
  readonly from: Instant
  readonly to: Instant
  /** How far the floor has come. */
  readonly asOf: Instant
  /** Of rows that do not say by which variant they were judged. */
  readonly variant: ServiceLevelVariant | null
}

/** The rules of the newest row that says them: a day is read as it was when it ended. */
export const newestRules = (rows: readonly IntervalFigures[]): IntervalRules | undefined =>
  rows.reduce<IntervalFigures | undefined>((newest, row) => (row.rules !== undefined && (newest === undefined || row.from > newest.from) ? row : newest), undefined)?.rules

/** One row of the quarter hours of one queue, channel and basis: sums add, ratios are of the sums, percentiles of merged sketches (METRICS R6). `rows` is not empty. */
export const rollUp = (rows: readonly IntervalFigures[], bucket: Bucket): IntervalFigures => {
  const [first] = rows
  if (first === undefined) throw new Error('no rows to add up')
  const sketches = { wait: mergeSketches(rows.map((row) => row.sketches.wait)), handle: mergeSketches(rows.map((row) => row.sketches.handle)) }
  const responses = responsesOfRows(rows)
  const rules = newestRules(rows)
  return {
    ...metricBlock(addSums(rows.map(sumsOf)), pendingOf(rows, bucket), first.basis, rules?.target.variant ?? bucket.variant, {
      waitMsP50: percentileOf(sketches.wait, 0.5),
      waitMsP90: percentileOf(sketches.wait, 0.9),
      handleMsP50: percentileOf(sketches.handle, 0.5),
      handleMsP90: percentileOf(sketches.handle, 0.9),
    }),
    ...(responses === null ? noResponses : responseFigures(responses)),
    queue: first.queue,
    channel: first.channel,
    from: bucket.from,
    to: bucket.to,
    basis: first.basis,
    complete: bucket.to <= bucket.asOf && rows.every(({ complete }) => complete),
    revised: rows.some(({ revised }) => revised),
    ...(rules === undefined ? {} : { rules }),
    sketches: { ...sketches, ...responses?.sketches },
  }
}
