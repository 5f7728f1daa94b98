import type { RollingFigures, WindowFigures } from '../queue-figures.ts'
import { AHEAD_MS } from '../hot-hours.ts'
import { addSums, countersAt, metricBlock } from '../kpi/metric-block.ts'
import { responseFigures } from '../kpi/responses.ts'
import { shareOf } from '../kpi/service-level.ts'
import { windowOf } from '../kpi/windows.ts'
import { instantOf } from '../time.ts'
import { queuesIn, scopeOf } from './explain-scope.ts'
import type { FloorState } from './floor-state.ts'
import { levelOverDays } from './level-over-days.ts'
import { RING } from './queue-table.ts'
import { isWritten, responsesOfDay, responsesOfWindow } from './read-digital.ts'
import { windowSums } from './window-sums.ts'

/** All figures of a rolling window, of the day or from a moment on; by the same code for each, on the outcome basis. */
export const readWindow = (state: FloorState, query: { readonly queue: string | null; readonly queues?: readonly string[] | undefined; readonly window: string }): WindowFigures | null => {
  const scope = scopeOf(state, query.queue, query.queues)
  const window = scope === null ? null : windowOf(query.window, state.asOf, scope.parts.dayStartedAt)
  if (scope === null || window === null) return null
  const { parts, queues } = scope
  // The day is what the rows of the floor show: the sum of each queue's own.
  const { sums, percentiles, responses } = window.name === 'today' ? { sums: parts.day, percentiles: parts.dayPercentiles, responses: responsesOfDay(state, queuesIn(state, queues)) } : windowSums(state, { from: window.from, to: state.asOf + AHEAD_MS, queues })
  const level = parts.sameLevel ? levelOverDays(state, scope, window) : null
  const figures = metricBlock(sums, parts.waiting, 'outcome', parts.sameLevel ? parts.target.variant : null, percentiles)
  return { queue: query.queue, window: window.name, from: window.from, to: instantOf(state.asOf), target: parts.target, figures: level === null ? figures : { ...figures, serviceLevel: shareOf(level.ratio) }, ...(isWritten(state, queuesIn(state, queues)) ? { responses: responseFigures(responses) } : {}) }
}

/** A rolling window of up to an hour from the minutes of the queue: cheap enough to ask at every change. It has no percentiles. */
export const readRolling = (state: FloorState, id: string, minutes: 15 | 30 | 60): RollingFigures | null => {
  const { queues, book } = state
  const queue = queues.index(id)
  if (queue <= 0) return null
  const used = Array.from({ length: minutes }, (_, back) => book.minute - back).filter((minute) => minute >= 0 && queues.ringUsed[queue * RING + (minute % RING)] === 1)
  const sums = addSums(used.map((minute) => countersAt(queues.cells.values, queues.ringBlock(queue, minute))))
  const { target } = state.settings.queue(state.settings.latest, queue)
  const block = metricBlock(sums, 0, 'outcome', target.variant, { waitMsP50: null, waitMsP90: null, handleMsP50: null, handleMsP90: null })
  return isWritten(state, [queue]) ? Object.assign(block, { responses: responseFigures(responsesOfWindow(state, [queue], minutes)) }) : block
}
