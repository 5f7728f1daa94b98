import type { FloorState } from './floor-state.ts'
import type { LegView } from './leg-view.ts'
import { partsOf, partsOfAll, queuesOf, type Parts } from './read-queues.ts'

/** A queue, the whole site or some of its queues: its parts, its legs and its queues. */
export interface Scope {
  readonly parts: Parts
  readonly takes: (view: LegView) => boolean
  readonly queues: ReadonlySet<number> | null
}

/** Numbers of the queues of a scope. */
export const queuesIn = (state: FloorState, queues: ReadonlySet<number> | null): readonly number[] => (queues === null ? queuesOf(state) : [...queues])

/** `within`: what the whole is for whoever reaches these queues only. */
export const scopeOf = (state: FloorState, id: string | null, within?: readonly string[]): Scope | null => {
  if (id !== null && id !== '*') {
    const queue = state.queues.index(id)
    return queue <= 0 ? null : { parts: partsOf(state, queue), takes: (view) => view.queue === queue, queues: new Set([queue]) }
  }
  const queues = queuesOf(state, within)
  const inScope = within === undefined ? null : new Set(queues)
  return { parts: partsOfAll(state, queues), takes: (view) => inScope === null || inScope.has(view.queue), queues: inScope }
}
