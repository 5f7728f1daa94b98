import type { ContactFigures, Explanation } from '../floor.ts'
import { LEAST_SIGNED_IN_MS } from '../kpi/occupancy.ts'
import { serviceLevelDebt, serviceLevelOf, shareOf, SERVICE_LEVEL_VARIANTS, type Ratio } from '../kpi/service-level.ts'
import { countersAt, serviceCounts } from '../kpi/metric-block.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { instantOf, MINUTE, type Instant } from '../time.ts'
import { EXPLAINED, explainedFcr, explainedLevel, type ExplainedMetric, type Inside } from './explain-metrics.ts'
import type { FloorState } from './floor-state.ts'
import { LIVE, type LegView } from './leg-view.ts'
import { selectContacts } from './read-contacts.ts'
import { mergeParts, partsOf, type Parts } from './read-queues.ts'

export interface ExplainQuery {
  readonly metric: string
  readonly queue: string | null
  /** R30, R60, today (D), or now. */
  readonly window: string
}

const WINDOWS: Readonly<Record<string, 'R30' | 'R60' | 'today'>> = { R30: 'R30', R60: 'R60', D: 'today', today: 'today', now: 'R30', '': 'today' }
/** The window a metric's live figure is counted in; asking for the other rolling window means this one. */
const LIVE_60 = new Set(['ahtMs', 'talkMs', 'holdMs', 'acwMs', 'handled', 'transferred', 'csat', 'surveys', 'fcr', 'fcrDisposition'])

interface Scope {
  readonly parts: Parts
  readonly takes: (view: LegView) => boolean
}

const scopeOf = (state: FloorState, id: string | null): Scope | null => {
  if (id !== null) {
    const queue = state.queues.index(id)
    return queue <= 0 ? null : { parts: partsOf(state, queue), takes: (view) => view.queue === queue }
  }
  const queues = state.queues.ids.flatMap((_, index) => (index > 0 ? [index] : []))
  const parts = mergeParts(state, queues, (primary) => state.agents.counts[primary])
  // Clock time of shared agents counts once: it is kept for the site as a whole.
  const { handlingMs, availableMs } = countersAt(state.queues.cells.values, state.queues.windowBlock(0))
  const day = countersAt(state.queues.cells.values, state.queues.dayBlock(0))
  return { parts: { ...parts, window: { ...parts.window, handlingMs, availableMs }, day: { ...parts.day, handlingMs: day.handlingMs, availableMs: day.availableMs } }, takes: () => true }
}

/** Where a figure comes from: formula, both sides and the contacts behind them; null for a metric, queue or window that does not exist. */
export const explain = (state: FloorState, query: ExplainQuery): Explanation | null => {
  const scope = scopeOf(state, query.queue)
  const window = Object.hasOwn(WINDOWS, query.window) ? WINDOWS[query.window] : undefined
  if (scope === null || window === undefined) return null
  return ofMoment(state, query, scope) ?? ofWindow(state, query, scope, window)
}

const variantOf = (metric: string, parts: Parts): ServiceLevelVariant | null => {
  if (metric === 'serviceLevel' || metric === 'serviceLevelFloor' || metric === 'serviceLevelDebt') return parts.target.variant
  return SERVICE_LEVEL_VARIANTS.find((variant) => metric === variant) ?? null
}

const ofWindow = (state: FloorState, query: ExplainQuery, { parts, takes }: Scope, asked: 'R30' | 'R60' | 'today'): Explanation | null => {
  const sums = asked === 'today' ? parts.day : parts.window
  const variant = variantOf(query.metric, parts)
  const metric: ExplainedMetric | undefined = variant !== null ? explainedLevel(variant) : query.metric === 'fcr' ? explainedFcr(sums) : Object.hasOwn(EXPLAINED, query.metric) ? EXPLAINED[query.metric] : undefined
  if (metric === undefined) return null
  const window = asked === 'today' ? 'today' : LIVE_60.has(query.metric) ? 'R60' : 'R30'
  const from = window === 'today' ? parts.dayStartedAt : instantOf((state.contributions.minute - (window === 'R60' ? 59 : 29)) * MINUTE)
  const inside: Inside = (at) => at >= from && (window === 'today' || at <= state.asOf + 10 * MINUTE)
  const ratio = metric.ratio(sums)
  const summable = variant === null || parts.sameLevel
  const plain = Number.isNaN(ratio.denominator)
  const value = !summable ? null : plain ? ratio.numerator : query.metric === 'occupancy' && ratio.denominator < LEAST_SIGNED_IN_MS ? null : shareOf(ratio)
  const contacts = (side: ExplainedMetric['numerator']): readonly ContactFigures[] => selectContacts(state, (view) => takes(view) && side(view, inside))
  const explanation = { metric: query.metric, queue: query.queue, window, variant: variant ?? (query.metric === 'fcr' ? (metric === EXPLAINED['fcrRepeat'] ? 'repeat' : 'disposition') : null), basis: metric.basis, from, to: state.asOf, threshold: variant === null ? null : parts.target.withinMs }
  const sides = { numeratorContacts: contacts(metric.numerator), denominatorContacts: contacts(metric.denominator) }
  const result = { ...explanation, formula: metric.formula, numerator: ratio.numerator, denominator: plain ? null : ratio.denominator, value, ...sides }
  return withInstants(beyond(state, query.metric, { parts, takes }, ratio, result))
}

const withInstants = (explanation: Omit<Explanation, 'to'> & { readonly to: number }): Explanation => ({ ...explanation, to: instantOf(explanation.to) })

/** The floor and the debt of a service level build on it. */
const beyond = (state: FloorState, metric: string, { parts, takes }: Scope, level: Ratio, base: Omit<Explanation, 'to'> & { readonly to: number }): typeof base => {
  if (metric === 'serviceLevelFloor') {
    const late = selectContacts(state, (view) => takes(view) && view.overTarget)
    const denominator = level.denominator + parts.overTarget
    return { ...base, formula: base.formula.endsWith(')') ? `${base.formula.slice(0, -1)} + P_T)` : base.formula.replace(/\/ (.+)$/, '/ ($1 + P_T)'), denominator, value: base.value === null && !parts.sameLevel ? null : shareOf({ numerator: level.numerator, denominator }), denominatorContacts: [...base.denominatorContacts, ...late] }
  }
  if (metric === 'serviceLevelDebt') {
    const today = serviceLevelOf(parts.target.variant, serviceCounts(parts.day, 'outcome'))
    return { ...base, formula: 'ceil((p N - G) / (1 - p))', threshold: parts.target.percent, value: parts.sameTarget ? serviceLevelDebt(today, parts.target) : null }
  }
  return base
}

const MOMENTS: Readonly<Record<string, { readonly formula: string; readonly takes: (view: LegView) => boolean; readonly of: (parts: Parts) => number }>> = {
  waiting: { formula: 'P: contacts waiting, ringing ones included', takes: (view) => view.live === LIVE.waiting || view.live === LIVE.alerting, of: (parts) => parts.waiting },
  alerting: { formula: 'contacts ringing at an agent', takes: (view) => view.live === LIVE.alerting, of: (parts) => parts.alerting },
  inProgress: { formula: 'contacts in talk or hold', takes: (view) => view.live === LIVE.inProgress, of: (parts) => parts.inProgress },
  inAcw: { formula: 'contacts in after-call work', takes: (view) => view.live === LIVE.inAcw, of: (parts) => parts.inAcw },
}

/** Metrics of the moment have no window. */
const ofMoment = (state: FloorState, query: ExplainQuery, { parts, takes }: Scope): Explanation | null => {
  const base = { metric: query.metric, queue: query.queue, window: 'now', variant: null, basis: 'now' as const, from: null, to: instantOf(state.asOf) }
  const select = (of: (view: LegView) => boolean): readonly ContactFigures[] => selectContacts(state, (view) => takes(view) && of(view))
  if (Object.hasOwn(MOMENTS, query.metric)) {
    const moment = MOMENTS[query.metric]
    return { ...base, formula: moment.formula, numerator: moment.of(parts), denominator: null, value: moment.of(parts), threshold: null, numeratorContacts: select(moment.takes), denominatorContacts: [] }
  }
  if (query.metric === 'queueHealth') {
    const ratio = { numerator: parts.waiting - parts.overTarget, denominator: parts.waiting }
    return { ...base, formula: 'waiting within the target / waiting', ...ratio, value: parts.sameThreshold ? shareOf(ratio) : null, threshold: parts.target.withinMs, numeratorContacts: select((view) => MOMENTS['waiting'].takes(view) && !view.overTarget), denominatorContacts: select(MOMENTS['waiting'].takes) }
  }
  if (query.metric === 'oldestWaitMs' || query.metric === 'oldestWaitingSince') {
    const since: Instant | null = parts.oldestWaitingSince
    const waited = since === null ? null : Math.max(0, state.asOf - since)
    return { ...base, formula: 'now - enqueued, longest of those waiting', numerator: waited, denominator: null, value: waited, threshold: parts.target.withinMs, numeratorContacts: select((view) => MOMENTS['waiting'].takes(view) && view.queuedAt === since), denominatorContacts: [] }
  }
  return null
}
