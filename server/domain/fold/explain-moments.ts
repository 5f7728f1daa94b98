import type { ContactFigures } from '../contact-figures.ts'
import type { Explanation } from '../explanation.ts'
import { definitions } from '../kpi/definitions.ts'
import { formulaOf } from '../kpi/dictionary.ts'
import { handleTimeSoFar } from '../kpi/handle-time.ts'
import { shareOf } from '../kpi/service-level.ts'
import { thresholdsBehind } from '../kpi/thresholds.ts'
import { instantOf, MINUTE, type Instant } from '../time.ts'
import { PRIMARY } from './standing.ts'
import { signedIn } from './clock.ts'
import { limitOf } from './explain-limits.ts'
import { firstEnqueuedOf } from './customer-wait.ts'
import { queuesIn, type Scope } from './explain-scope.ts'
import type { FloorState } from './floor-state.ts'
import { LIVE, OUTCOME, type LegView } from './leg-view.ts'
import { selectContacts } from './read-contacts.ts'
import type { Parts } from './read-queues.ts'

const MOMENTS: Readonly<Record<string, { readonly formula: string; readonly takes: (view: LegView) => boolean; readonly of: (parts: Parts) => number }>> = {
  waiting: { formula: formulaOf('waiting'), takes: (view) => view.live === LIVE.waiting || view.live === LIVE.alerting, of: (parts) => parts.waiting },
  alerting: { formula: formulaOf('alerting'), takes: (view) => view.live === LIVE.alerting, of: (parts) => parts.alerting },
  inProgress: { formula: formulaOf('inProgress'), takes: (view) => view.live === LIVE.inProgress, of: (parts) => parts.inProgress },
  inAcw: { formula: formulaOf('inAcw'), takes: (view) => view.live === LIVE.inAcw, of: (parts) => parts.inAcw },
  pending: { formula: definitions['pending']?.text ?? 'pending', takes: (view) => view.live === LIVE.waiting || view.live === LIVE.alerting, of: (parts) => parts.waiting },
  // No contact stands behind people.
  available: { formula: 'agents who can take a contact now', takes: () => false, of: (parts) => parts.staff(PRIMARY.available) },
  staffed: { formula: 'agents signed in and not in AUX', takes: () => false, of: (parts) => signedIn(parts.staff) - parts.staff(PRIMARY.aux) },
  signedIn: { formula: 'agents signed in: staffed + AUX', takes: () => false, of: (parts) => signedIn(parts.staff) },
}

/** Metrics of the moment have no window. */
export const ofMoment = (state: FloorState, query: { readonly metric: string; readonly queue: string | null }, { parts, takes, queues }: Scope): Explanation | null => {
  const base = { metric: query.metric, queue: query.queue, window: 'now', variant: null, basis: 'now' as const, from: null, to: instantOf(state.asOf), limit: null, since: null, clears: null, range: null }
  const select = (of: (view: LegView) => boolean): readonly ContactFigures[] => selectContacts(state, (view) => takes(view) && of(view))
  if (Object.hasOwn(MOMENTS, query.metric)) {
    const moment = MOMENTS[query.metric]
    return { ...base, formula: moment.formula, numerator: moment.of(parts), denominator: null, value: moment.of(parts), threshold: null, numeratorContacts: select(moment.takes), denominatorContacts: [] }
  }
  if (query.metric === 'queueHealth') {
    const ratio = { numerator: parts.waiting - parts.overTarget, denominator: parts.waiting }
    const behind = select(MOMENTS['waiting'].takes)
    return { ...base, formula: formulaOf('queueHealth'), ...ratio, value: parts.sameThreshold ? shareOf(ratio) : null, threshold: parts.target.withinMs, ...thresholdsBehind(behind), numeratorContacts: select((view) => MOMENTS['waiting'].takes(view) && !view.overTarget), denominatorContacts: behind }
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
  if (query.metric === 'oldestCustomerWaitMs' || query.metric === 'oldestCustomerSince') {
    const since = parts.oldestCustomerSince
    const waited = since === null ? null : Math.max(0, state.asOf - since)
    const oldest = new Set(queuesIn(state, queues).flatMap((queue) => state.live.waiting(queue)).filter((leg) => firstEnqueuedOf(state, leg) === since).map((leg) => state.legs.contactIdOf(leg)))
    const contacts = select(MOMENTS['waiting'].takes).filter(({ contactId }) => oldest.has(contactId))
    return { ...base, formula: formulaOf('oldestCustomerWaitMs'), numerator: waited, denominator: null, value: waited, threshold: parts.target.withinMs, numeratorContacts: contacts, denominatorContacts: [] }
  }
  if (query.metric === 'longestRunningSince') {
    const since = parts.longestRunningSince
    const runs = since === null ? null : Math.max(0, state.asOf - since)
    return { ...base, formula: 'now - connected, longest of those in progress', numerator: runs, denominator: null, value: runs, threshold: null, numeratorContacts: select((view) => view.live === LIVE.inProgress && view.answeredAt[view.handlings - 1] === since), denominatorContacts: [] }
  }
  if (query.metric === 'ahtSoFarMs') {
    const { talkMsTotal, holdMsTotal, acwMsTotal, handled: ended } = parts.window
    const since = (Math.floor(state.asOf / MINUTE) - 59) * MINUTE
    const finished = select((view) => view.countedAt.subarray(0, view.handlings).some((at) => at !== 0 && at >= since))
    const running = select((view) => view.live === LIVE.inProgress || view.live === LIVE.inAcw)
    return { ...base, window: 'R60', formula: formulaOf('ahtSoFarMs'), from: instantOf(since), numerator: talkMsTotal + holdMsTotal + acwMsTotal + Math.max(0, parts.running * state.asOf - parts.runningStart), denominator: ended + parts.running, value: handleTimeSoFar(parts.window, parts.running, parts.runningStart, state.asOf), threshold: null, numeratorContacts: [...finished, ...running], denominatorContacts: [...finished, ...running] }
  }
  if (query.metric === 'maxWaitMs') {
    const longest = parts.maxWaitMs
    const isLongest = (view: LegView): boolean => longest !== null && (view.outcome === OUTCOME.pending ? MOMENTS['waiting'].takes(view) && state.asOf - view.queuedAt === longest : view.outcome !== OUTCOME.none && view.outcome !== OUTCOME.refused && view.outcomeAt >= state.queues.dayFrom[view.queue] && view.waitMs === longest)
    return { ...base, window: 'today', basis: 'outcome', formula: formulaOf('maxWaitMs'), from: parts.dayStartedAt, numerator: longest, denominator: null, value: longest, threshold: parts.target.withinMs, numeratorContacts: select(isLongest), denominatorContacts: [] }
  }
  return null
}
