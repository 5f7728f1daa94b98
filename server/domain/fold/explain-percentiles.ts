import type { Explanation } from '../explanation.ts'
import { AHEAD_MS } from '../hot-hours.ts'
import type { NamedWindow } from '../kpi/windows.ts'
import { instantOf } from '../time.ts'
import type { Scope } from './explain-scope.ts'
import { insideOf } from './explain-sides.ts'
import { PERCENTILES, type PercentileName } from './explain-sums.ts'
import type { FloorState } from './floor-state.ts'
import { selectContacts } from './read-contacts.ts'
import { windowSums } from './window-sums.ts'

/** A percentile has no two sides: its contacts are those it was read from. `live`: of the very window that the screen shows. */
export const percentileExplained = (state: FloorState, query: { readonly metric: string; readonly queue: string | null }, name: PercentileName, { parts, queues, takes }: Scope, window: NamedWindow, live: boolean): Explanation => {
  const { formula, basis, counter, takes: counted } = PERCENTILES[name]
  const kept = window.name === 'today' ? { sums: parts.day, percentiles: parts.dayPercentiles } : live ? { sums: parts.window, percentiles: parts.windowPercentiles } : windowSums(state, { from: window.from, to: state.asOf + AHEAD_MS, queues })
  const inside = insideOf(state, window)
  return {
    metric: query.metric, queue: query.queue, window: window.name, variant: null, formula, basis, from: window.from, to: instantOf(state.asOf),
    numerator: null, denominator: kept.sums[counter], value: kept.percentiles[name], threshold: null, limit: null, since: null, clears: null, range: null,
    numeratorContacts: [], denominatorContacts: selectContacts(state, (view) => takes(view) && counted(view, inside(view))),
  }
}
