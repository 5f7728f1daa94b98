import { countersAt, type CounterSums } from '../kpi/metric-block.ts'
import type { FloorState } from './floor-state.ts'
import type { LegView } from './leg-view.ts'
import { mergeParts, partsOf, type Parts } from './read-queues.ts'

/** A queue, or the whole site: its parts, its legs and its queues. */
export interface Scope {
  readonly parts: Parts
  readonly takes: (view: LegView) => boolean
  readonly queues: ReadonlySet<number> | null
}

const clockTime = (state: FloorState, block: number): Pick<CounterSums, 'handlingMs' | 'availableMs' | 'signedInMs'> => {
  const { handlingMs, availableMs, signedInMs } = countersAt(state.queues.cells.values, block)
  return { handlingMs, availableMs, signedInMs }
}

export const scopeOf = (state: FloorState, id: string | null): Scope | null => {
  if (id !== null && id !== '*') {
    const queue = state.queues.index(id)
    return queue <= 0 ? null : { parts: partsOf(state, queue), takes: (view) => view.queue === queue, queues: new Set([queue]) }
  }
  const queues = state.queues.ids.flatMap((_, index) => (index > 0 ? [index] : []))
  const parts = mergeParts(state, queues, (primary) => state.agents.counts[primary])
  // Clock time of shared agents counts once: it is kept for the site as a whole.
  return { parts: { ...parts, window: { ...parts.window, ...clockTime(state, state.queues.windowBlock(0)) }, day: { ...parts.day, ...clockTime(state, state.queues.dayBlock(0)) } }, takes: () => true, queues: null }
}
