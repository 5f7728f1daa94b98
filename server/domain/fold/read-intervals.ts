import type { IntervalFigures } from '../queue-figures.ts'
import { countersAt, metricBlock, type CounterSums } from '../kpi/metric-block.ts'
import { percentileOf } from '../kpi/percentile.ts'
import { noResponses, responseFigures } from '../kpi/responses.ts'
import type { Channel } from '../platform-events.ts'
import { instantOf, QUARTER_HOUR, type Instant } from '../time.ts'
import { hasGap } from './apply-sources.ts'
import { BLOCK, COUNT } from './counters.ts'
import { CHANNELS, VOICE } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { ResponseSums } from './response-sums.ts'
import { BASIS } from './interval-rows.ts'


export interface IntervalQuery {
  readonly from: Instant
  readonly to: Instant
  readonly basis: 'outcome' | 'arrival'
  readonly queue?: string
  readonly channel?: Channel
}

/** Rows of quarter hours that have anything, by queue, channel and time. */
export const readIntervals = (state: FloorState, query: IntervalQuery): readonly IntervalFigures[] => {
  const rows: IntervalFigures[] = []
  const { queues } = state
  if (!state.started) return rows
  const oldest = Math.floor(state.asOf / QUARTER_HOUR) - 255
  const first = Math.max(oldest, Math.floor(query.from / QUARTER_HOUR))
  const last = Math.min(Math.floor(state.asOf / QUARTER_HOUR) + 1, Math.ceil(query.to / QUARTER_HOUR) - 1)
  for (let lane = 0; lane < queues.laneQueue.length; lane++) {
    if (query.queue !== undefined && queues.ids[queues.laneQueue[lane]] !== query.queue) continue
    if (query.channel !== undefined && CHANNELS[queues.laneChannel[lane]] !== query.channel) continue
    rows.push(...laneRows(state, lane, query.basis, first, last))
  }
  return rows
}

/** On outcomes walks back from now, so that what was pending at the end of each interval is known from what is pending now. Most quarter hours of a lane have no row: they cost a look each. */
const laneRows = (state: FloorState, lane: number, basis: 'outcome' | 'arrival', first: number, last: number): IntervalFigures[] => {
  const { rows: table, cells: { values }, lanePending } = state.queues
  const rows: IntervalFigures[] = []
  let pending = lanePending[lane]
  const newest = basis === 'outcome' ? Math.floor(state.asOf / QUARTER_HOUR) + 1 : last
  for (let interval = newest; interval >= first; interval--) {
    const row = table.find(lane, BASIS[basis], interval)
    if (interval <= last) {
      const something = row !== 0 && (hasAny(values, table.block(row)) || table.responses(row)?.isEmpty === false)
      const left = basis === 'outcome' ? pending : row === 0 ? 0 : openAt(values, table.block(row))
      if (something || (basis === 'outcome' && pending > 0 && interval * QUARTER_HOUR <= state.asOf)) rows.push(rowOf(state, lane, basis, interval, row, row === 0 ? NO_SUMS : countersAt(values, table.block(row)), left))
    }
    if (basis === 'outcome' && row !== 0) pending -= openAt(values, table.block(row))
  }
  return rows.reverse()
}

const hasAny = (values: Float64Array, block: number): boolean => {
  for (let cell = block; cell < block + BLOCK; cell++) if (values[cell] !== 0) return true
  return false
}

const ENDED = [COUNT.answered, COUNT.abandoned, COUNT.callbacks, COUNT.flowedOut, COUNT.systemEnded]
/** Offered less ended. */
const openAt = (values: Float64Array, block: number): number => {
  let open = values[block + COUNT.offered]
  for (const ended of ENDED) open -= values[block + ended]
  return open
}

const NO_SUMS = countersAt(new Proxy([], { get: () => 0 }), 0)

export const rowOf = (state: FloorState, lane: number, basis: 'outcome' | 'arrival', interval: number, row: number, sums: CounterSums, pending: number): IntervalFigures => {
  const { queues } = state
  const queue = queues.laneQueue[lane]
  const from = interval * QUARTER_HOUR
  const to = from + QUARTER_HOUR
  const sketches = { wait: queues.rows.waits(row), handle: queues.rows.handles(row) }
  const { target, shortAbandonMs } = state.settings.queue(state.settings.versionBefore(to), queue)
  const block = metricBlock(sums, pending, basis, target.variant, {
    waitMsP50: percentileOf(sketches.wait, 0.5),
    waitMsP90: percentileOf(sketches.wait, 0.9),
    handleMsP50: percentileOf(sketches.handle, 0.5),
    handleMsP90: percentileOf(sketches.handle, 0.9),
  })
  const responses = queues.laneChannel[lane] === VOICE ? null : (queues.rows.responses(row) ?? new ResponseSums()).totals()
  // Put into the block, not spread: see `nowBlock`.
  return Object.assign(block, responses === null ? noResponses : responseFigures(responses), {
    queue: queues.ids[queue],
    channel: CHANNELS[queues.laneChannel[lane]],
    from: instantOf(from),
    to: instantOf(to),
    basis,
    complete: to <= state.asOf && !hasGap(state, queue, from, to),
    revised: row !== 0 && queues.rows.isRevised(row),
    rules: { target, shortAbandonMs, day: queues.days[queue].holding(instantOf(from)) },
    sketches: responses === null ? sketches : { ...sketches, ...responses.sketches },
  })
}
