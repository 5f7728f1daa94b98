import { LEG, LEG_STRIDE, NONE } from '../legs.ts'
import type { FloorState } from './floor-state.ts'
import { LegView, OUTCOME } from './leg-view.ts'

/** Longest wait of the queue's day, of those still waiting too; null when nobody waited. */
export const longestWait = (state: FloorState, queue: number): number | null => {
  const { queues, live } = state
  if (queues.maxWaitStale[queue] === 1) recompute(state, queue)
  const oldest = live.oldestWaiting(queue)
  const running = oldest === NONE ? 0 : Math.max(0, state.asOf - live.sinceOf(oldest))
  const counts = queues.cells.values
  const day = queues.dayBlock(queue)
  const ended = counts[day + 1] + counts[day + 2] + counts[day + 4] + counts[day + 5] + counts[day + 6]
  return ended === 0 && oldest === NONE ? null : Math.max(queues.maxWait[queue], running)
}

/** A wait that was the longest was taken back: look at the legs again. */
const recompute = (state: FloorState, queue: number): void => {
  const { legs, queues, reader } = state
  const view = new LegView()
  let longest = 0
  for (let leg = 0; leg < legs.top; leg++) {
    const o = leg * LEG_STRIDE
    if (legs.cells[o + LEG.used] === 0 || legs.cells[o + LEG.queue] !== queue) continue
    reader.read(leg, view)
    if (view.outcome === OUTCOME.pending || view.outcome === OUTCOME.none || view.outcome === OUTCOME.refused) continue
    if (view.outcomeAt >= queues.dayFrom[queue] && view.outcomeAt < queues.dayTo[queue] && view.waitMs > longest) longest = view.waitMs
  }
  queues.maxWait[queue] = longest
  queues.maxWaitStale[queue] = 0
}
