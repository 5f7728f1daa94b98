import type { ContactFigures } from '../contact-figures.ts'
import type { Explanation } from '../explanation.ts'
import { AHEAD_MS } from '../hot-hours.ts'
import { definitions } from '../kpi/definitions.ts'
import { dictionary, formulaOf, type MetricName } from '../kpi/dictionary.ts'
import { percentileOf } from '../kpi/percentile.ts'
import { shareOf } from '../kpi/service-level.ts'
import type { NamedWindow } from '../kpi/windows.ts'
import { instantOf } from '../time.ts'
import { queuesIn, type Scope } from './explain-scope.ts'
import { insideOf } from './explain-sides.ts'
import type { FloorState } from './floor-state.ts'
import type { LegView } from './leg-view.ts'
import { selectContacts } from './read-contacts.ts'
import { isWritten, openConversations, responsesOfDay, responsesOfWindow } from './read-digital.ts'
import type { ResponseCounter, ResponseKind, ResponseSketch, ResponseTotals } from './response-sums.ts'
import { windowSums } from './window-sums.ts'

type Asked =
  | { readonly kind: 'mean'; readonly of: ResponseKind; readonly total: ResponseCounter; readonly n: ResponseCounter }
  | { readonly kind: 'sum'; readonly of: ResponseKind; readonly total: ResponseCounter }
  | { readonly kind: 'percentile'; readonly of: ResponseKind; readonly sketch: ResponseSketch; readonly part: number; readonly n: ResponseCounter }

const asked = (of: ResponseKind): readonly (readonly [string, Asked])[] => {
  const n = `${of}s` as const
  const sums: readonly ResponseCounter[] = [n, ...(of === 'resolution' ? ['resolutionsJudged' as const] : []), `${of}sInTarget`, `${of}MsTotal`, `${of}BusinessMsTotal`]
  const times = [[`${of}Ms`, `${of}MsTotal`, of], [`${of}BusinessMs`, `${of}BusinessMsTotal`, `${of}Business`]] as const
  return [
    ...sums.map((total) => [total, { kind: 'sum', of, total }] as const),
    ...times.map(([name, total]) => [name, { kind: 'mean', of, total, n }] as const),
    ...times.flatMap(([name, , sketch]) => ([['P50', 0.5], ['P90', 0.9]] as const).map(([suffix, part]) => [`${name}${suffix}`, { kind: 'percentile', of, sketch, part, n }] as const)),
  ]
}
/** Every figure of answers that rows show, by name. */
const METRICS: ReadonlyMap<string, Asked> = new Map([...asked('firstResponse'), ...asked('nextResponse'), ...asked('resolution')])
export const isResponseMetric = (metric: string): boolean => METRICS.has(metric)
/** Whether the metric is of first answers, of later ones or of resolutions. */
export const kindOfResponse = (metric: string): ResponseKind => METRICS.get(metric)?.of ?? 'firstResponse'

const known = (count: number | undefined): number | null => (count === undefined || Number.isNaN(count) ? null : count)
const valueOf = (of: Asked, { counts, sketches }: ResponseTotals): number | null => {
  if (of.kind === 'sum') return known(counts[of.total])
  if (of.kind === 'mean') return shareOf({ numerator: counts[of.total], denominator: counts[of.n] })
  return Number.isNaN(counts[of.n]) ? null : percentileOf(sketches[of.sketch], of.part)
}

/** What every explanation of answers says, of whatever window; totals are null where nobody can write. A percentile has no two sides: its contacts are those it was read from. */
export const explainedResponses = (metric: string, totals: ResponseTotals | null, where: Pick<Explanation, 'queue' | 'window' | 'from' | 'to' | 'threshold'>, contacts: readonly ContactFigures[]): Explanation => {
  const of = METRICS.get(metric)
  const base = { ...where, metric, variant: null, formula: Object.hasOwn(dictionary, metric) ? formulaOf(metric as MetricName) : (definitions[metric]?.text ?? metric), basis: 'outcome' as const, limit: null, since: null, clears: null, range: null }
  if (of === undefined || totals === null) return { ...base, numerator: null, denominator: null, value: null, numeratorContacts: [], denominatorContacts: [] }
  return {
    ...base,
    numerator: of.kind === 'percentile' ? null : known(totals.counts[of.total]),
    denominator: of.kind === 'sum' ? null : known(totals.counts[of.n]),
    value: valueOf(of, totals),
    numeratorContacts: of.kind === 'percentile' ? [] : contacts,
    denominatorContacts: of.kind === 'sum' ? [] : contacts,
  }
}

/** By the very sums that the screen shows, where it shows that window. */
const totalsOf = (state: FloorState, { queues }: Scope, window: NamedWindow): ResponseTotals => {
  if (window.name === 'today') return responsesOfDay(state, queuesIn(state, queues))
  return window.name === 'R60' ? responsesOfWindow(state, queuesIn(state, queues)) : windowSums(state, { from: window.from, to: state.asOf + AHEAD_MS, queues }).responses
}

/** A figure of answers; null for any other metric. */
export const explainResponses = (state: FloorState, query: { readonly metric: string; readonly queue: string | null }, scope: Scope, window: NamedWindow): Explanation | null => {
  const { metric, queue } = query
  if (!isResponseMetric(metric)) return null
  const inside = insideOf(state, window)
  const kind = kindOfResponse(metric)
  const within = (view: LegView, at: number): boolean => at !== 0 && inside(view)(at)
  const resolvedIn = (view: LegView): boolean => within(view, view.resolvedConversationAt) && (!metric.endsWith('Judged') || view.resolutionJudged) && (!metric.endsWith('InTarget') || view.resolutionInTarget)
  const answeredIn = (view: LegView): boolean => {
    const later = view.firstResponded ? 1 : 0
    for (let i = kind === 'firstResponse' ? 0 : later; i < (kind === 'firstResponse' ? later : view.responses); i++) if (within(view, view.respondedAt[i]) && (!metric.endsWith('InTarget') || view.responseInTarget[i] === 1)) return true
    return false
  }
  const written = isWritten(state, queuesIn(state, scope.queues))
  const contacts = written ? selectContacts(state, (view) => scope.takes(view) && (kind === 'resolution' ? resolvedIn(view) : answeredIn(view))) : []
  return explainedResponses(metric, written ? totalsOf(state, scope, window) : null, { queue, window: window.name, from: window.from, to: instantOf(state.asOf), threshold: scope.parts.sameThreshold ? scope.parts.target.withinMs : null }, contacts)
}

const OPEN: Readonly<Record<string, (view: LegView, before: number) => boolean>> = {
  backlog: (view) => view.isOpen,
  unanswered: (view) => view.unansweredSince !== 0,
  dueToday: (view, before) => view.unansweredSince !== 0 && view.dueAt < before,
  oldestUnansweredMs: (view) => view.unansweredSince !== 0,
}

/** What stands open in writing now; null for any other metric. */
export const explainOpen = (state: FloorState, { metric, queue }: { readonly metric: string; readonly queue: string | null }, { takes, queues, parts }: Scope): Explanation | null => {
  if (!Object.hasOwn(OPEN, metric)) return null
  const inside = OPEN[metric]
  const of = queuesIn(state, queues)
  const open = openConversations(state, of)
  const oldest = open.oldestUnansweredSince
  const value = !isWritten(state, of) ? null : metric === 'oldestUnansweredMs' ? (oldest === null ? null : Math.max(0, state.asOf - oldest)) : metric === 'backlog' ? open.backlog : metric === 'unanswered' ? open.unanswered : open.dueToday
  const contacts = selectContacts(state, (view) => takes(view) && inside(view, state.queues.dayTo[view.queue]) && (metric !== 'oldestUnansweredMs' || view.unansweredSince === oldest))
  return { metric, queue, window: 'now', variant: null, formula: formulaOf(metric as 'backlog'), basis: 'now', from: null, to: instantOf(state.asOf), numerator: value, denominator: null, value, threshold: parts.sameThreshold ? parts.target.withinMs : null, limit: null, since: null, clears: null, range: null, numeratorContacts: contacts, denominatorContacts: [] }
}
