import type { ContactFigures, Explanation } from '../floor.ts'
import { formulaOf } from '../kpi/dictionary.ts'
import { shareOf } from '../kpi/service-level.ts'
import { instantOf, type Instant } from '../time.ts'
import { limitOf } from './explain-limits.ts'
import type { Scope } from './explain-scope.ts'
import type { FloorState } from './floor-state.ts'
import { LIVE, type LegView } from './leg-view.ts'
import { selectContacts } from './read-contacts.ts'
import type { Parts } from './read-queues.ts'

const MOMENTS: Readonly<Record<string, { readonly formula: string; readonly takes: (view: LegView) => boolean; readonly of: (parts: Parts) => number }>> = {
  waiting: { formula: formulaOf('waiting'), takes: (view) => view.live === LIVE.waiting || view.live === LIVE.alerting, of: (parts) => parts.waiting },
  alerting: { formula: formulaOf('alerting'), takes: (view) => view.live === LIVE.alerting, of: (parts) => parts.alerting },
  inProgress: { formula: formulaOf('inProgress'), takes: (view) => view.live === LIVE.inProgress, of: (parts) => parts.inProgress },
  inAcw: { formula: formulaOf('inAcw'), takes: (view) => view.live === LIVE.inAcw, of: (parts) => parts.inAcw },
}

/** Metrics of the moment have no window. */
export const ofMoment = (state: FloorState, query: { readonly metric: string; readonly queue: string | null }, { parts, takes }: Scope): Explanation | null => {
  const base = { metric: query.metric, queue: query.queue, window: 'now', variant: null, basis: 'now' as const, from: null, to: instantOf(state.asOf), limit: null, since: null, clears: null, range: null }
  const select = (of: (view: LegView) => boolean): readonly ContactFigures[] => selectContacts(state, (view) => takes(view) && of(view))
  if (Object.hasOwn(MOMENTS, query.metric)) {
    const moment = MOMENTS[query.metric]
    return { ...base, formula: moment.formula, numerator: moment.of(parts), denominator: null, value: moment.of(parts), threshold: null, numeratorContacts: select(moment.takes), denominatorContacts: [] }
  }
  if (query.metric === 'queueHealth') {
    const ratio = { numerator: parts.waiting - parts.overTarget, denominator: parts.waiting }
    return { ...base, formula: formulaOf('queueHealth'), ...ratio, value: parts.sameThreshold ? shareOf(ratio) : null, threshold: parts.target.withinMs, numeratorContacts: select((view) => MOMENTS['waiting'].takes(view) && !view.overTarget), denominatorContacts: select(MOMENTS['waiting'].takes) }
  }
  if (query.metric === 'oldestWaitMs' || query.metric === 'oldestWaitingSince') {
    const since: Instant | null = parts.oldestWaitingSince
    const waited = since === null ? null : Math.max(0, state.asOf - since)
    const limit = parts.sameThreshold ? limitOf(query.metric, parts, undefined) : null
    const late = waited !== null && limit !== null && waited > limit.value
    // Whoever waits past the limit has to be taken before the oldest is within it.
    const told = { limit, since: late && since !== null ? instantOf(since + limit.value) : null, clears: late ? { by: 'contacts-taken' as const, count: parts.overTarget } : null }
    return { ...base, ...told, formula: formulaOf('oldestWaitMs'), numerator: waited, denominator: null, value: waited, threshold: parts.target.withinMs, numeratorContacts: select((view) => MOMENTS['waiting'].takes(view) && view.queuedAt === since), denominatorContacts: [] }
  }
  return null
}
