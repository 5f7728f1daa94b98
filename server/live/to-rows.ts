import { rowId, type Row } from '../contract/messages.ts'
import type { AgentRow, ContactRow, ExplanationRow, IntervalRow, QueueRow, SourceRow } from '../contract/rows.ts'
import type { AgentFigures, ContactFigures, Explanation, IntervalFigures, MetricBlock, NowBlock, QueueFigures, TodayBlock } from '../domain/floor.ts'
import type { QualityGoals } from '../domain/settings.ts'
import { isoOf, type Instant } from '../domain/time.ts'
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
})

/** The figures of any window. */
export const toMetrics = (figures: MetricBlock): MetricBlock => pick<MetricBlock, keyof MetricBlock>(figures, metricFields)

const nowRow = (now: NowBlock): QueueRow['now'] => ({ ...pick<MetricBlock, keyof MetricBlock>(now, metricFields), ahtSoFarMs: now.ahtSoFarMs, longestRunningSince: iso(now.longestRunningSince) })

const todayFields = fieldsOf<Omit<TodayBlock, keyof MetricBlock | 'dayStartedAt'>>({ fcrDisposition: true, fcrRepeat: true, repeatRate: true, transferRate: true, csatMean: true, csatLow: true, csatHigh: true, maxWaitMs: true })
const todayRow = (today: TodayBlock): QueueRow['today'] => ({ ...pick<MetricBlock, keyof MetricBlock>(today, metricFields), ...pick(today, todayFields), dayStartedAt: isoOf(today.dayStartedAt) })

const queueFields = fieldsOf<Omit<QueueFigures, 'oldestWaitingSince' | 'now' | 'today'>>({
  queue: true, name: true, wallName: true, channels: true, waiting: true, alerting: true, inProgress: true, inAcw: true, available: true, staffed: true, signedIn: true,
  target: true, serviceLevels: true, serviceLevelFloor: true, serviceLevelDebt: true, queueHealth: true, trend: true,
})
/** Counts and times of a queue: no personal data. */
export const toQueueRow = (figures: QueueFigures): QueueRow => ({
  ...pick(figures, queueFields),
  oldestWaitingSince: iso(figures.oldestWaitingSince),
  now: nowRow(figures.now),
  today: todayRow(figures.today),
})

/** Id of the totals row of a site or an area. */
export const TOTALS_ID = '*'
export const toTotalsRow = (figures: QueueFigures, goals: QualityGoals | undefined): QueueRow => ({ ...toQueueRow(figures), queue: TOTALS_ID, ...(goals === undefined ? {} : { goals: { ahtMs: goals.ahtMs, fcr: goals.fcr, csat: goals.csat } }) })

const agentFields = fieldsOf<Omit<AgentFigures, 'agent' | 'team' | 'since' | 'reasonSince' | 'plannedEndAt'>>({ state: true, reason: true, queues: true, contacts: true, today: true })
/** An agent whose row in the register was erased is told apart by number. */
export const agentId = (number: number, identity: AgentIdentity | null): string => identity?.id ?? `agent-${number}`
export const toAgentRow = (figures: AgentFigures, identity: AgentIdentity | null): AgentRow => ({
  agent: agentId(figures.agent, identity),
  name: identity?.name ?? null,
  team: figures.team ?? identity?.team ?? null,
  ...pick(figures, agentFields),
  since: isoOf(figures.since),
  plannedEndAt: iso(figures.plannedEndAt),
  reasonSince: iso(figures.reasonSince),
})

const intervalFields = fieldsOf<Omit<IntervalFigures, keyof MetricBlock | 'from' | 'to' | 'sketches'>>({ queue: true, channel: true, basis: true, complete: true, revised: true })
export const toIntervalRow = (figures: IntervalFigures): IntervalRow => ({
  ...pick(figures, intervalFields),
  from: isoOf(figures.from),
  to: isoOf(figures.to),
  ...pick<MetricBlock, keyof MetricBlock>(figures, metricFields),
})

const contactColumns = fieldsOf<ContactRow>({
  queuedAt: true, contactId: true, legId: true, rootContactId: true, queue: true, channel: true, direction: true, outcome: true, outcomeAt: true, reason: true, waitMs: true, answeredAt: true, agent: true, agentName: true,
  talkMs: true, holdMs: true, acwMs: true, endedAt: true, wrappedAt: true, ringNoAnswer: true, transferred: true, resolved: true, repeat: true, surveyScore: true, uncertain: true,
})
/** Columns of exported tables, in order. */
export const columnsOf = { intervals: ['from', 'to', ...intervalFields, ...metricFields], contacts: contactColumns } as const

const contactFields = fieldsOf<Omit<ContactFigures, 'agent' | 'subject' | 'queuedAt' | 'answeredAt' | 'endedAt' | 'wrappedAt' | 'outcomeAt' | 'surveyAt' | 'surveyComment' | 'holdLeftAt' | 'callback'>>({
  contactId: true, legId: true, rootContactId: true, queue: true, channel: true, direction: true, outcome: true, reason: true, waitMs: true, talkMs: true, holdMs: true, acwMs: true,
  ringNoAnswer: true, transferred: true, resolved: true, repeat: true, surveyScore: true, uncertain: true,
})
export const toContactRow = (figures: ContactFigures, identity: AgentIdentity | null): ContactRow => ({
  ...pick(figures, contactFields),
  agent: figures.agent === null ? null : agentId(figures.agent, identity),
  agentName: identity?.name ?? null,
  queuedAt: isoOf(figures.queuedAt),
  answeredAt: iso(figures.answeredAt),
  endedAt: iso(figures.endedAt),
  wrappedAt: iso(figures.wrappedAt),
  outcomeAt: iso(figures.outcomeAt),
})

const explanationFields = fieldsOf<Omit<Explanation, 'from' | 'to' | 'since' | 'numeratorContacts' | 'denominatorContacts'>>({
  metric: true, queue: true, window: true, variant: true, formula: true, basis: true, numerator: true, denominator: true, value: true, threshold: true, limit: true, clears: true, range: true,
})
export const toExplanationRow = (explanation: Explanation, numeratorContacts: readonly ContactRow[], denominatorContacts: readonly ContactRow[]): ExplanationRow => ({
  ...pick(explanation, explanationFields),
  from: iso(explanation.from),
  since: iso(explanation.since),
  to: isoOf(explanation.to),
  numeratorContacts,
  denominatorContacts,
})

/** Screens without personal data see how a source is, not where it stands nor what its errors say. */
export const publicSourceRow = (row: SourceRow): SourceRow => ({ id: row.id, platform: row.platform, state: row.state, since: row.since, lastEventAt: row.lastEventAt, lastAliveAt: row.lastAliveAt, beatMs: row.beatMs, detail: null })

export const wireId = (table: string, row: Row): string => String(Reflect.get(row, rowId[table] ?? 'id'))
