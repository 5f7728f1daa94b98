import type { WindowFigures } from '../floor.ts'
import { metricBlock } from '../kpi/metric-block.ts'
import { windowOf } from '../kpi/windows.ts'
import { instantOf, MINUTE } from '../time.ts'
import { scopeOf } from './explain-scope.ts'
import type { FloorState } from './floor-state.ts'
import { windowSums } from './window-sums.ts'

/** All figures of a rolling window, of the day or from a moment on; by the same code for each, on the outcome basis. */
export const readWindow = (state: FloorState, query: { readonly queue: string | null; readonly window: string }): WindowFigures | null => {
  const scope = scopeOf(state, query.queue)
  const window = scope === null ? null : windowOf(query.window, state.asOf, scope.parts.dayStartedAt)
  if (scope === null || window === null) return null
  const { parts, queues } = scope
  const { sums, percentiles } = windowSums(state, { from: window.from, to: state.asOf + 10 * MINUTE, queues })
  const kept = window.name === 'today' ? { ...sums, handlingMs: parts.day.handlingMs, availableMs: parts.day.availableMs, signedInMs: parts.day.signedInMs } : sums
  return { queue: query.queue, window: window.name, from: window.from, to: instantOf(state.asOf), target: parts.target, figures: metricBlock(kept, parts.waiting, 'outcome', parts.sameLevel ? parts.target.variant : null, percentiles) }
}
