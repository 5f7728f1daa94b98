import type { ContactFigures } from '../contact-figures.ts'
import type { Explanation, Limit } from '../explanation.ts'
import { AHEAD_MS } from '../hot-hours.ts'
import { firstContactResolution } from '../kpi/first-contact-resolution.ts'
import { LEAST_SIGNED_IN_MS } from '../kpi/occupancy.ts'
import { serviceLevelDebt, serviceLevelOf, shareOf, SERVICE_LEVEL_VARIANTS, type Ratio } from '../kpi/service-level.ts'
import { serviceCounts, type CounterSums } from '../kpi/metric-block.ts'
import { thresholdsBehind } from '../kpi/thresholds.ts'
import { windowOf, type NamedWindow } from '../kpi/windows.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { instantOf, type Instant } from '../time.ts'
import { beyond, beyondSince, clearsBy, limitOf, rangeOf } from './explain-limits.ts'
import { EXPLAINED, explainedFcr, explainedLevel } from './explain-metrics.ts'
import { percentileExplained } from './explain-percentiles.ts'
import { insideOf, type ExplainedMetric } from './explain-sides.ts'
import { EXPLAINED_SUMS, isPercentile } from './explain-sums.ts'
import { ofMoment } from './explain-moments.ts'
import { explainOpen, explainResponses, isResponseMetric } from './explain-responses.ts'
import { scopeOf, type Scope } from './explain-scope.ts'
import { COUNTERS } from './counters.ts'
import type { FloorState } from './floor-state.ts'
import { levelOverDays } from './level-over-days.ts'
import { selectContacts } from './read-contacts.ts'
import type { Parts } from './read-queues.ts'
import { windowSums } from './window-sums.ts'

export interface ExplainQuery {
  readonly metric: string
  /** null or '*': the whole site. */
  readonly queue: string | null
  /** With the whole site: only these queues of it. */
  readonly queues?: readonly string[] | undefined
  /** R15, R30, R60, today (D), an instant as epoch ms, or now: the window the live figure is counted in. */
  readonly window: string
}

/** Live figures of handling and of answers are counted over an hour, all others over half of one (METRICS section 8). */
const LIVE_60 = new Set([...COUNTERS.flatMap(({ name, windowMin }) => (windowMin === 60 ? [name] : [])), 'handleMsP50', 'handleMsP90', 'csatMean', 'csatLow', 'csatHigh', 'ahtMs', 'activeMs', 'talkMs', 'holdMs', 'acwMs', 'holdOfHeldMs', 'acwOfWrappedMs', 'transferRate', 'csat', 'nps', 'surveyResponseRate', 'fcr', 'fcrDisposition'])
const liveWindow = (metric: string, { window }: Parts): string => (isResponseMetric(metric) || (LIVE_60.has(metric) && !(metric === 'fcr' && firstContactResolution(window).fcrMethod === 'repeat')) ? 'R60' : 'R30')
/** Clock time has no value under five minutes of it. */
const OF_TIME = new Set(['occupancy', 'utilisation'])

/** Where a figure comes from: formula, both sides and the contacts behind them, since when it is beyond its limit and what would clear it; null for a metric, queue or window that does not exist. */
export const explain = (state: FloorState, query: ExplainQuery): Explanation | null => {
  const scope = scopeOf(state, query.queue, query.queues)
  if (scope === null) return null
  const asked = query.window === 'now' ? liveWindow(query.metric, scope.parts) : query.window === '' ? 'today' : query.window
  const window = windowOf(asked, state.asOf, scope.parts.dayStartedAt)
  if (window === null) return null
  if (isPercentile(query.metric)) return percentileExplained(state, query, query.metric, scope, window, window.name === liveWindow(query.metric, scope.parts))
  return ofMoment(state, query, scope) ?? explainOpen(state, query, scope) ?? explainResponses(state, query, scope, window) ?? ofWindow(state, query, scope, window)
}

const variantOf = (metric: string, parts: Parts): ServiceLevelVariant | null => {
  if (metric === 'serviceLevel' || metric === 'serviceLevelFloor' || metric === 'serviceLevelDebt') return parts.target.variant
  return SERVICE_LEVEL_VARIANTS.find((variant) => metric === variant) ?? null
}

/** Time of the people of several queues, each of whom counts once, is of the site's own day; contacts are of their queues' days. */
const clockFrom = (state: FloorState, queue: string | null, { from }: NamedWindow): Instant => (queue === null || queue === '*' ? instantOf(state.queues.dayFrom[0]) : from)

/** What the screen shows is explained by the very sums it shows; any other window by the legs. */
const sumsOf = (state: FloorState, metric: string, { parts, queues }: Scope, window: NamedWindow): CounterSums => {
  if (window.name === 'today') return parts.day
  return window.name === liveWindow(metric, parts) ? parts.window : windowSums(state, { from: window.from, to: state.asOf + AHEAD_MS, queues }).sums
}

const metricOf = (name: string, variant: ServiceLevelVariant | null, sums: CounterSums): ExplainedMetric | undefined =>
  variant !== null ? explainedLevel(variant) : name === 'fcr' ? explainedFcr(sums) : Object.hasOwn(EXPLAINED, name) ? EXPLAINED[name] : Object.hasOwn(EXPLAINED_SUMS, name) ? EXPLAINED_SUMS[name] : undefined

const ofWindow = (state: FloorState, query: ExplainQuery, scope: Scope, window: NamedWindow): Explanation | null => {
  const { parts, takes, queues } = scope
  const sums = sumsOf(state, query.metric, scope, window)
  const variant = variantOf(query.metric, parts)
  const overDays = query.metric === 'serviceLevel' && parts.sameLevel ? levelOverDays(state, scope, window) : null
  const plainly = metricOf(query.metric, variant, sums)
  if (plainly === undefined) return null
  const metric: ExplainedMetric = overDays === null ? plainly : { ...plainly, ...overDays, ratio: () => overDays.ratio }
  const inside = insideOf(state, window)
  const ratio = metric.ratio(sums)
  const summable = variant === null || parts.sameLevel
  const plain = Number.isNaN(ratio.denominator)
  const share = OF_TIME.has(query.metric) && sums.signedInMs < LEAST_SIGNED_IN_MS ? null : shareOf(ratio)
  const value = !summable ? null : metric.value !== undefined ? metric.value(sums) : plain ? ratio.numerator : share === null ? null : share * (metric.scale ?? 1)
  const limit = summable && (variant === null || parts.sameTarget) ? limitOf(query.metric, parts, state.settings.current.goals) : null
  const contacts = (side: ExplainedMetric['numerator']): readonly ContactFigures[] => selectContacts(state, (view) => takes(view) && side(view, inside(view)))
  const behind = contacts(metric.denominator)
  return withFloor(state, query.metric, scope, ratio, {
    metric: query.metric,
    queue: query.queue,
    window: window.name,
    variant: overDays?.variants.join(', ') ?? variant ?? (query.metric === 'fcr' ? (metric === EXPLAINED['fcrRepeat'] ? 'repeat' : 'disposition') : null),
    formula: metric.formula,
    basis: metric.basis,
    from: metric.basis === 'clock' && window.name === 'today' ? clockFrom(state, query.queue, window) : window.from,
    to: instantOf(state.asOf),
    numerator: ratio.numerator,
    denominator: plain ? null : ratio.denominator,
    value,
    threshold: variant === null ? null : parts.target.withinMs,
    ...(variant === null ? {} : thresholdsBehind(behind)),
    limit,
    ...(beyond(value, limit) && !OF_TIME.has(query.metric) && overDays === null ? beyondSince(state, { window, queues, ratioOf: metric.ratio, limit }) : { since: null }),
    clears: clearsBy(query.metric, ratio, limit),
    range: rangeOf(query.metric, ratio),
    numeratorContacts: contacts(metric.numerator),
    denominatorContacts: behind,
  })
}

/** The floor and the debt of a service level build on it. */
const withFloor = (state: FloorState, metric: string, { parts, takes }: Scope, level: Ratio, base: Explanation): Explanation => {
  if (metric === 'serviceLevelFloor') {
    const late = selectContacts(state, (view) => takes(view) && view.overTarget)
    const ratio = { numerator: level.numerator, denominator: level.denominator + parts.overTarget }
    const formula = base.formula.endsWith(')') ? `${base.formula.slice(0, -1)} + P_T)` : base.formula.replace(/\/ (.+)$/, '/ ($1 + P_T)')
    const value = base.value === null && !parts.sameLevel ? null : shareOf(ratio)
    const { since, sinceAtLeast = false } = beyond(value, base.limit) ? base : { since: null }
    const behind = [...base.denominatorContacts, ...late]
    return { ...base, formula, denominator: ratio.denominator, value, ...thresholdsBehind(behind), clears: clearsBy(metric, ratio, base.limit), since, sinceAtLeast, denominatorContacts: behind }
  }
  if (metric === 'serviceLevelDebt') {
    const today = serviceLevelOf(parts.target.variant, serviceCounts(parts.day, 'outcome'))
    const limit: Limit | null = parts.sameTarget ? { side: 'below', value: parts.target.percent } : null
    return { ...base, formula: 'ceil((p N - G) / (1 - p))', threshold: parts.target.percent, limit, clears: clearsBy('serviceLevel', today, limit), value: parts.sameTarget ? serviceLevelDebt(today, parts.target) : null }
  }
  return base
}
