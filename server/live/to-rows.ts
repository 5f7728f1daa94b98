import { rowId, type Row } from '../contract/messages.ts'
import type { AgentRow, ContactRow, ExplanationRow, IntervalRow, RuleFields, QueueRow, SourceRow } from '../contract/rows.ts'
import type { AgentFigures } from '../domain/agent-figures.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import type { Explanation } from '../domain/explanation.ts'
import type { MetricBlock, ResponseFigures } from '../domain/metric-figures.ts'
import type { DigitalFigures, IntervalFigures, NowBlock, QueueFigures, TodayBlock } from '../domain/queue-figures.ts'
import type { QualityGoals } from '../domain/settings.ts'
import { transferCounts } from '../domain/reports/transfers.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { asTold, isDuration, wholeMs } from '../domain/kpi/whole-ms.ts'
import type { AgentIdentity } from '../redis/sealed-agents.ts'

/**
 * Figures as rows of the wire. Every field is named here: what is not in a list does not leave the server, whatever is added
 * to a figure later (RELIABILITY S37).
 */
type Listed<T> = { readonly [K in keyof T]-?: true }
const fieldsOf = <T extends object>(listed: Listed<T>): readonly (keyof T & string)[] => Object.keys(listed) as (keyof T & string)[]
const pick = <T extends object, K extends keyof T>(from: T, fields: readonly K[]): Pick<T, K> => {
  const picked: Partial<T> = {}
  for (const field of fields) picked[field] = from[field]
  return picked as Pick<T, K>
}
const iso = (at: Instant | null): string | null => (at === null ? null : isoOf(at))

const metricFields = fieldsOf<MetricBlock>({
  offered: true, answered: true, abandoned: true, shortAbandoned: true, callbacks: true, flowedOut: true, systemEnded: true, pending: true, refused: true, handled: true,
  answeredInTarget: true, abandonedInTarget: true, flowedOutInTarget: true, callbacksInTarget: true, identified: true, repeats: true, acwCapped: true, holdKnown: true, acwKnown: true, transferred: true, ringNoAnswer: true, surveys: true, surveysSatisfied: true, resolutionsAsked: true, resolved: true,
  waitMsTotal: true, talkMsTotal: true, holdMsTotal: true, acwMsTotal: true, abandonWaitMsTotal: true, shortAbandonWaitMsTotal: true, surveyScoreTotal: true, handlingMsTotal: true, availableMsTotal: true,
  serviceLevel: true, asaMs: true, ahtMs: true, talkMs: true, holdMs: true, acwMs: true, abandonRate: true, occupancy: true, fcr: true, fcrMethod: true, csat: true,
  waitMsP50: true, waitMsP90: true, handleMsP50: true, handleMsP90: true,
  holdAbandoned: true, npsAnswers: true, npsPromoters: true, npsDetractors: true, signedInMsTotal: true, utilisation: true, nps: true,
  held: true, wrapped: true, endedByAgent: true, endedByCustomer: true, ringKnown: true, ringMsTotal: true, holdOfHeldMs: true, acwOfWrappedMs: true, ringMs: true, surveysSent: true, surveysAnswered: true, surveyResponseRate: true, identifiedAnswered: true, repeatsAnswered: true,
  activeMsTotal: true, activeMs: true,
})

/** The figures of any window. */
export const toMetrics = (figures: MetricBlock): MetricBlock => {
  const { asaMs, ahtMs, activeMs, talkMs, holdMs, acwMs, waitMsP50, waitMsP90, handleMsP50, handleMsP90, holdOfHeldMs, acwOfWrappedMs, ringMs } = figures
  return {
    ...pick<MetricBlock, keyof MetricBlock>(figures, metricFields),
    asaMs: wholeMs(asaMs), ahtMs: wholeMs(ahtMs), activeMs: wholeMs(activeMs), talkMs: wholeMs(talkMs), holdMs: wholeMs(holdMs), acwMs: wholeMs(acwMs),
    waitMsP50: wholeMs(waitMsP50), waitMsP90: wholeMs(waitMsP90), handleMsP50: wholeMs(handleMsP50), handleMsP90: wholeMs(handleMsP90),
    holdOfHeldMs: wholeMs(holdOfHeldMs), acwOfWrappedMs: wholeMs(acwOfWrappedMs), ringMs: wholeMs(ringMs),
  }
}

/** Rows of a queue are written out: they are made with every flush, and a field added to a spread or under a computed name costs more than all of these. */
const nowRow = (n: NowBlock): QueueRow['now'] => ({
  offered: n.offered, answered: n.answered, abandoned: n.abandoned, shortAbandoned: n.shortAbandoned, callbacks: n.callbacks, flowedOut: n.flowedOut, systemEnded: n.systemEnded, pending: n.pending,
  refused: n.refused, handled: n.handled, answeredInTarget: n.answeredInTarget, abandonedInTarget: n.abandonedInTarget, flowedOutInTarget: n.flowedOutInTarget, callbacksInTarget: n.callbacksInTarget,
  identified: n.identified, repeats: n.repeats, acwCapped: n.acwCapped, holdKnown: n.holdKnown, acwKnown: n.acwKnown, transferred: n.transferred, ringNoAnswer: n.ringNoAnswer, surveys: n.surveys,
  surveysSatisfied: n.surveysSatisfied, resolutionsAsked: n.resolutionsAsked, resolved: n.resolved, waitMsTotal: n.waitMsTotal, talkMsTotal: n.talkMsTotal, holdMsTotal: n.holdMsTotal,
  acwMsTotal: n.acwMsTotal, activeMsTotal: n.activeMsTotal, abandonWaitMsTotal: n.abandonWaitMsTotal, shortAbandonWaitMsTotal: n.shortAbandonWaitMsTotal, surveyScoreTotal: n.surveyScoreTotal, handlingMsTotal: n.handlingMsTotal,
  availableMsTotal: n.availableMsTotal, serviceLevel: n.serviceLevel, asaMs: wholeMs(n.asaMs), ahtMs: wholeMs(n.ahtMs), activeMs: wholeMs(n.activeMs), talkMs: wholeMs(n.talkMs), holdMs: wholeMs(n.holdMs), acwMs: wholeMs(n.acwMs), abandonRate: n.abandonRate,
  occupancy: n.occupancy, fcr: n.fcr, fcrMethod: n.fcrMethod, csat: n.csat, waitMsP50: wholeMs(n.waitMsP50), waitMsP90: wholeMs(n.waitMsP90), handleMsP50: wholeMs(n.handleMsP50), handleMsP90: wholeMs(n.handleMsP90),
  holdAbandoned: n.holdAbandoned, npsAnswers: n.npsAnswers, npsPromoters: n.npsPromoters, npsDetractors: n.npsDetractors, signedInMsTotal: n.signedInMsTotal, utilisation: n.utilisation, nps: n.nps,
  held: n.held, wrapped: n.wrapped, endedByAgent: n.endedByAgent, endedByCustomer: n.endedByCustomer, ringKnown: n.ringKnown, ringMsTotal: n.ringMsTotal,
  holdOfHeldMs: wholeMs(n.holdOfHeldMs), acwOfWrappedMs: wholeMs(n.acwOfWrappedMs), ringMs: wholeMs(n.ringMs), surveysSent: n.surveysSent, surveysAnswered: n.surveysAnswered, surveyResponseRate: n.surveyResponseRate, identifiedAnswered: n.identifiedAnswered, repeatsAnswered: n.repeatsAnswered,
  ahtSoFarMs: wholeMs(n.ahtSoFarMs), longestRunningSince: iso(n.longestRunningSince),
})

const todayRow = (t: TodayBlock): QueueRow['today'] => ({
  offered: t.offered, answered: t.answered, abandoned: t.abandoned, shortAbandoned: t.shortAbandoned, callbacks: t.callbacks, flowedOut: t.flowedOut, systemEnded: t.systemEnded, pending: t.pending,
  refused: t.refused, handled: t.handled, answeredInTarget: t.answeredInTarget, abandonedInTarget: t.abandonedInTarget, flowedOutInTarget: t.flowedOutInTarget, callbacksInTarget: t.callbacksInTarget,
  identified: t.identified, repeats: t.repeats, acwCapped: t.acwCapped, holdKnown: t.holdKnown, acwKnown: t.acwKnown, transferred: t.transferred, ringNoAnswer: t.ringNoAnswer, surveys: t.surveys,
  surveysSatisfied: t.surveysSatisfied, resolutionsAsked: t.resolutionsAsked, resolved: t.resolved, waitMsTotal: t.waitMsTotal, talkMsTotal: t.talkMsTotal, holdMsTotal: t.holdMsTotal,
  acwMsTotal: t.acwMsTotal, activeMsTotal: t.activeMsTotal, abandonWaitMsTotal: t.abandonWaitMsTotal, shortAbandonWaitMsTotal: t.shortAbandonWaitMsTotal, surveyScoreTotal: t.surveyScoreTotal, handlingMsTotal: t.handlingMsTotal,
  availableMsTotal: t.availableMsTotal, serviceLevel: t.serviceLevel, asaMs: wholeMs(t.asaMs), ahtMs: wholeMs(t.ahtMs), activeMs: wholeMs(t.activeMs), talkMs: wholeMs(t.talkMs), holdMs: wholeMs(t.holdMs), acwMs: wholeMs(t.acwMs), abandonRate: t.abandonRate,
  occupancy: t.occupancy, fcr: t.fcr, fcrMethod: t.fcrMethod, csat: t.csat, waitMsP50: wholeMs(t.waitMsP50), waitMsP90: wholeMs(t.waitMsP90), handleMsP50: wholeMs(t.handleMsP50), handleMsP90: wholeMs(t.handleMsP90),
  holdAbandoned: t.holdAbandoned, npsAnswers: t.npsAnswers, npsPromoters: t.npsPromoters, npsDetractors: t.npsDetractors, signedInMsTotal: t.signedInMsTotal, utilisation: t.utilisation, nps: t.nps,
  held: t.held, wrapped: t.wrapped, endedByAgent: t.endedByAgent, endedByCustomer: t.endedByCustomer, ringKnown: t.ringKnown, ringMsTotal: t.ringMsTotal,
  holdOfHeldMs: wholeMs(t.holdOfHeldMs), acwOfWrappedMs: wholeMs(t.acwOfWrappedMs), ringMs: wholeMs(t.ringMs), surveysSent: t.surveysSent, surveysAnswered: t.surveysAnswered, surveyResponseRate: t.surveyResponseRate, identifiedAnswered: t.identifiedAnswered, repeatsAnswered: t.repeatsAnswered,
  fcrDisposition: t.fcrDisposition, fcrRepeat: t.fcrRepeat, repeatRate: t.repeatRate, transferRate: t.transferRate, csatMean: t.csatMean, csatLow: t.csatLow, csatHigh: t.csatHigh,
  maxWaitMs: t.maxWaitMs, dayStartedAt: isoOf(t.dayStartedAt),
})

/** Counts and times of a queue: no personal data. */
export const toQueueRow = (q: QueueFigures): QueueRow => {
  const row = queueRowOf(q)
  return q.digital === undefined ? row : Object.assign(row, { digital: digitalRow(q.digital) })
}
const queueRowOf = (q: QueueFigures): QueueRow => ({
  queue: q.queue, name: q.name, wallName: q.wallName, channels: q.channels, waiting: q.waiting, alerting: q.alerting, inProgress: q.inProgress, inAcw: q.inAcw, available: q.available,
  staffed: q.staffed, signedIn: q.signedIn, target: q.target, serviceLevels: q.serviceLevels, serviceLevelFloor: q.serviceLevelFloor, serviceLevelDebt: q.serviceLevelDebt, queueHealth: q.queueHealth,
  trend: q.trend,
  oldestWaitingSince: iso(q.oldestWaitingSince),
  oldestCustomerSince: iso(q.oldestCustomerSince),
  now: nowRow(q.now),
  today: todayRow(q.today),
})

/** Id of the totals row of a site or an area. */
export const TOTALS_ID = '*'
export const toTotalsRow = (figures: QueueFigures, goals: QualityGoals | undefined): QueueRow => {
  const row = { ...toQueueRow(figures), queue: TOTALS_ID }
  return goals === undefined ? row : Object.assign(row, { goals: { ahtMs: goals.ahtMs, fcr: goals.fcr, csat: goals.csat } })
}

/** An agent whose row in the register was erased is told apart by number. */
export const agentId = (number: number, identity: AgentIdentity | null): string => identity?.id ?? `agent-${number}`
export const toAgentRow = (figures: AgentFigures, identity: AgentIdentity | null): AgentRow => ({
  agent: agentId(figures.agent, identity),
  name: identity?.name ?? null,
  team: figures.team ?? identity?.team ?? null,
  state: figures.state, reason: figures.reason, queues: figures.queues, contacts: figures.contacts, today: { ...figures.today, ahtMs: wholeMs(figures.today.ahtMs), activeMs: wholeMs(figures.today.activeMs), ringMs: wholeMs(figures.today.ringMs), ...(figures.today.responses === undefined ? {} : { responses: toResponses(figures.today.responses) }) },
  since: isoOf(figures.since),
  plannedEndAt: iso(figures.plannedEndAt),
  reasonSince: iso(figures.reasonSince),
})

const responseFields = fieldsOf<ResponseFigures>({
  firstResponses: true, firstResponsesInTarget: true, firstResponseMsTotal: true, firstResponseBusinessMsTotal: true, firstResponseMs: true, firstResponseMsP50: true, firstResponseMsP90: true, firstResponseBusinessMs: true, firstResponseBusinessMsP50: true, firstResponseBusinessMsP90: true,
  nextResponses: true, nextResponsesInTarget: true, nextResponseMsTotal: true, nextResponseBusinessMsTotal: true, nextResponseMs: true, nextResponseMsP50: true, nextResponseMsP90: true, nextResponseBusinessMs: true, nextResponseBusinessMsP50: true, nextResponseBusinessMsP90: true,
  resolutions: true, resolutionsJudged: true, resolutionsInTarget: true, resolutionMsTotal: true, resolutionBusinessMsTotal: true, resolutionMs: true, resolutionMsP50: true, resolutionMsP90: true, resolutionBusinessMs: true, resolutionBusinessMsP50: true, resolutionBusinessMsP90: true,
})
const wholeIn = new Set<string>(responseFields.filter(isDuration))
export const toResponses = (figures: ResponseFigures): ResponseFigures => {
  const row: Record<string, number | null> = {}
  for (const field of responseFields) row[field] = wholeIn.has(field) ? wholeMs(figures[field]) : figures[field]
  return row as unknown as ResponseFigures
}
const digitalRow = (d: DigitalFigures): NonNullable<QueueRow['digital']> => ({ backlog: d.backlog, unanswered: d.unanswered, oldestUnansweredSince: iso(d.oldestUnansweredSince), nextDueAt: iso(d.nextDueAt), dueToday: d.dueToday, now: toResponses(d.now), today: toResponses(d.today) })

const intervalFields = fieldsOf<Omit<IntervalFigures, keyof MetricBlock | keyof ResponseFigures | 'from' | 'to' | 'sketches' | 'rules'>>({ queue: true, channel: true, basis: true, complete: true, revised: true })
const ruleFields = fieldsOf<RuleFields>({ targetVariant: true, targetPercent: true, targetWithinMs: true, dayStartedAt: true })
export const toIntervalRow = (figures: IntervalFigures): IntervalRow => ({
  ...pick(figures, intervalFields),
  from: isoOf(figures.from),
  to: isoOf(figures.to),
  targetVariant: figures.rules?.target.variant ?? null,
  targetPercent: figures.rules?.target.percent ?? null,
  targetWithinMs: figures.rules?.target.withinMs ?? null,
  dayStartedAt: iso(figures.rules?.day.from ?? null),
  ...toMetrics(figures),
  ...toResponses(figures),
})

const contactColumns = fieldsOf<ContactRow>({
  queuedAt: true, contactId: true, legId: true, rootContactId: true, queue: true, channel: true, direction: true, outcome: true, outcomeAt: true, reason: true, waitMs: true, answeredAt: true, agent: true, agentName: true,
  talkMs: true, holdMs: true, acwMs: true, endedAt: true, wrappedAt: true, ringNoAnswer: true, transferred: true, resolved: true, repeat: true, surveyScore: true, uncertain: true,
  firstResponseAt: true, firstResponseMs: true, firstResponseBusinessMs: true, nextResponses: true, nextResponseMsTotal: true, unansweredSince: true, conversationResolvedAt: true, resolutionMs: true, resolutionBusinessMs: true, reopened: true,
  transfersBlind: true, transfersAttended: true, transfersInternal: true, transfersExternal: true, transferredToQueue: true,
  activeMs: true,
})
/** Columns of exported tables, in order. */
export const columnsOf = { intervals: ['from', 'to', ...intervalFields, ...metricFields, ...responseFields, ...ruleFields], contacts: contactColumns } as const

const contactFields = fieldsOf<Omit<ContactFigures, 'agent' | 'agents' | 'subject' | 'queuedAt' | 'answeredAt' | 'endedAt' | 'wrappedAt' | 'outcomeAt' | 'surveyAt' | 'surveyComment' | 'holdLeftAt' | 'counted' | 'callback' | 'responses' | 'resolution' | 'transfers' | 'handled' | 'handledAt' | 'activeMs'>>({
  contactId: true, legId: true, rootContactId: true, queue: true, channel: true, direction: true, outcome: true, reason: true, waitMs: true, talkMs: true, holdMs: true, acwMs: true,
  ringNoAnswer: true, transferred: true, resolved: true, repeat: true, surveyScore: true, uncertain: true,
})
export const toContactRow = (figures: ContactFigures, identity: AgentIdentity | null): ContactRow => ({
  ...pick(figures, contactFields),
  agent: figures.agent === null ? null : agentId(figures.agent, identity),
  agentName: identity?.name ?? null,
  activeMs: figures.activeMs ?? null,
  queuedAt: isoOf(figures.queuedAt),
  answeredAt: iso(figures.answeredAt),
  endedAt: iso(figures.endedAt),
  wrappedAt: iso(figures.wrappedAt),
  outcomeAt: iso(figures.outcomeAt),
  firstResponseAt: iso(figures.responses?.first?.at ?? null),
  firstResponseMs: figures.responses?.first?.ms ?? null,
  firstResponseBusinessMs: figures.responses?.first?.businessMs ?? null,
  nextResponses: figures.responses?.next?.n ?? null,
  nextResponseMsTotal: figures.responses?.next?.ms ?? null,
  unansweredSince: iso(figures.responses?.unansweredSince ?? null),
  conversationResolvedAt: iso(figures.resolution?.at ?? null),
  resolutionMs: figures.resolution?.ms ?? null,
  resolutionBusinessMs: figures.resolution?.businessMs ?? null,
  reopened: figures.resolution?.reopened ?? null,
  ...transferCounts(figures),
})

const explanationFields = fieldsOf<Omit<Explanation, 'from' | 'to' | 'since' | 'sinceAtLeast' | 'thresholds' | 'numeratorContacts' | 'denominatorContacts'>>({
  metric: true, queue: true, window: true, variant: true, formula: true, basis: true, numerator: true, denominator: true, value: true, threshold: true, limit: true, clears: true, range: true,
})
export const toExplanationRow = (explanation: Explanation, numeratorContacts: readonly ContactRow[], denominatorContacts: readonly ContactRow[]): ExplanationRow => ({
  ...pick(explanation, explanationFields),
  value: asTold(explanation.metric, explanation.value),
  from: iso(explanation.from),
  since: iso(explanation.since),
  sinceAtLeast: explanation.sinceAtLeast ?? false,
  thresholds: explanation.thresholds ?? (explanation.threshold === null ? [] : [explanation.threshold]),
  to: isoOf(explanation.to),
  numeratorContacts,
  denominatorContacts,
})

/** Screens without personal data see how a source is, not where it stands nor what its errors say. */
export const publicSourceRow = (row: SourceRow): SourceRow => ({ id: row.id, platform: row.platform, state: row.state, since: row.since, lastEventAt: row.lastEventAt, lastAliveAt: row.lastAliveAt, beatMs: row.beatMs, detail: null })

export const wireId = (table: string, row: Row): string => String(Reflect.get(row, rowId[table] ?? 'id'))
