import { z } from 'zod'
import { AGENT_STATES } from '../domain/agent-states.ts'
import { deploymentRow } from './deployments.ts'
import { majorRoles, majorStages, methaneFields } from '../domain/incident/major.ts'
import { problemStages } from '../domain/incident/problem.ts'
import { reviewStages } from '../domain/incident/review.ts'
import { correctionRow } from './corrections.ts'
import { rejectionCodes, type IngestAnswer } from './events.ts'
import { clockKinds, incidentStates, intakeChannels, priorities, recordTypes, stakeholderStates } from './incidents.ts'
import type { Problem } from './problems.ts'
import { roles } from './roles.ts'
import type { AgentRow, ContactRow, ExplanationRow, Incident, IntervalRow, QueueRow, SourceRow, TimelineRow } from './rows.ts'
import { each } from './schema-parts.ts'

/** Schemas of what the server answers: they make openapi.json and asyncapi.json, and tests hold live answers against them. */

const iso = z.iso.datetime({ precision: 3 }).describe('ISO 8601 UTC with milliseconds')
const count = z.number().int().min(0)
const ms = z.number().min(0)
const ratio = z.number().min(0).max(1).nullable()
const figure = z.number().nullable()
const channel = z.enum(['voice', 'chat', 'email', 'task'])

const counts = ['offered', 'answered', 'abandoned', 'shortAbandoned', 'callbacks', 'flowedOut', 'systemEnded', 'refused', 'handled', 'answeredInTarget', 'abandonedInTarget', 'flowedOutInTarget', 'callbacksInTarget', 'transferred', 'ringNoAnswer', 'surveys', 'surveysSatisfied', 'resolutionsAsked', 'resolved', 'identified', 'repeats', 'acwCapped', 'holdKnown', 'acwKnown'] as const
const totals = ['waitMsTotal', 'talkMsTotal', 'holdMsTotal', 'acwMsTotal', 'abandonWaitMsTotal', 'shortAbandonWaitMsTotal', 'surveyScoreTotal', 'handlingMsTotal', 'availableMsTotal'] as const
/** Null in rows that were kept before these were counted. */
const younger = ['holdAbandoned', 'npsAnswers', 'npsPromoters', 'npsDetractors', 'signedInMsTotal', 'held', 'wrapped', 'endedByAgent', 'endedByCustomer', 'ringKnown', 'ringMsTotal', 'surveysSent', 'surveysAnswered', 'identifiedAnswered', 'repeatsAnswered', 'activeMsTotal'] as const
const ratios = ['serviceLevel', 'abandonRate', 'occupancy', 'utilisation', 'fcr', 'csat', 'surveyResponseRate'] as const
const means = ['asaMs', 'ahtMs', 'activeMs', 'talkMs', 'holdMs', 'acwMs', 'holdOfHeldMs', 'acwOfWrappedMs', 'ringMs', 'waitMsP50', 'waitMsP90', 'handleMsP50', 'handleMsP90'] as const

const responseCounts = ['firstResponses', 'firstResponsesInTarget', 'firstResponseMsTotal', 'firstResponseBusinessMsTotal', 'nextResponses', 'nextResponsesInTarget', 'nextResponseMsTotal', 'nextResponseBusinessMsTotal', 'resolutions', 'resolutionsJudged', 'resolutionsInTarget', 'resolutionMsTotal', 'resolutionBusinessMsTotal'] as const
const responseTimes = ['firstResponseMs', 'firstResponseBusinessMs', 'nextResponseMs', 'nextResponseBusinessMs', 'firstResponseMsP50', 'firstResponseMsP90', 'firstResponseBusinessMsP50', 'firstResponseBusinessMsP90', 'nextResponseMsP50', 'nextResponseMsP90', 'nextResponseBusinessMsP50', 'nextResponseBusinessMsP90', 'resolutionMs', 'resolutionBusinessMs', 'resolutionMsP50', 'resolutionMsP90', 'resolutionBusinessMsP50', 'resolutionBusinessMsP90'] as const
/** Answers of people in written conversations; null by telephone, and in rows that were kept before these were counted. */
export const responses = { ...each(responseCounts, figure), ...each(responseTimes, figure) }

/** Counts, sums and derived figures; a ratio without a denominator is null. Durations in ms, ratios 0..1. */
export const metrics = { ...each(counts, count), pending: z.number().int(), ...each(totals, z.number()), ...each(younger, figure), ...each(ratios, ratio), nps: figure, ...each(means, figure), fcrMethod: z.enum(['disposition', 'repeat']).nullable() }
const target = z.object({ percent: z.number(), withinMs: ms, variant: z.enum(['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7']) })

export const queueRow = z.object({
  queue: z.string(),
  name: z.string(),
  wallName: z.string(),
  channels: z.array(channel),
  ...each(['waiting', 'alerting', 'inProgress', 'inAcw', 'available', 'staffed', 'signedIn'], count),
  oldestWaitingSince: iso.nullable(),
  oldestCustomerSince: iso.nullable().describe('first enqueue, across transfers, of the customer who is longest on the way of those who wait'),
  target,
  now: z.object({ ...metrics, ahtSoFarMs: figure, longestRunningSince: iso.nullable() }),
  today: z.object({ ...metrics, fcrDisposition: ratio, fcrRepeat: ratio, repeatRate: ratio, transferRate: ratio, csatMean: figure, csatLow: ratio, csatHigh: ratio, maxWaitMs: figure, dayStartedAt: iso }),
  serviceLevels: z.object(each(['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7'], ratio)),
  serviceLevelFloor: figure,
  serviceLevelDebt: figure,
  queueHealth: figure,
  trend: z.array(figure),
  digital: z.object({ backlog: count, unanswered: count, oldestUnansweredSince: iso.nullable(), nextDueAt: iso.nullable(), dueToday: count, now: z.object(responses), today: z.object(responses) }).exactOptional().describe('of queues with a written channel: conversations that are not over, those in which a person owes an answer, and the answers of the last 60 minutes and of the business day'),
  goals: z.object({ ahtMs: figure, fcr: ratio, csat: ratio }).exactOptional(),
}) satisfies z.ZodType<QueueRow>

export const agentRow = z.object({
  agent: z.string(),
  name: z.string().nullable(),
  team: z.string().nullable(),
  state: z.enum(AGENT_STATES),
  reason: z.string().nullable(),
  since: iso,
  reasonSince: iso.nullable(),
  plannedEndAt: iso.nullable(),
  queues: z.array(z.string()),
  contacts: z.array(z.string()),
  today: z.object({ handled: count, ahtMs: figure, activeMs: figure.describe('handle time with the time of several contacts at once shared among them'), csat: ratio, surveys: count, ringNoAnswer: count, ringNoAnswerMs: ms, ringMs: figure, occupancy: ratio, utilisation: ratio, responses: z.object(responses).exactOptional().describe('answers of the business day in chat, mail and messages, credited to who wrote them; left out of whoever wrote none') }),
}) satisfies z.ZodType<AgentRow>

export const sourceRow = z.object({ id: z.string(), platform: z.string(), state: z.enum(['live', 'late', 'stale', 'unknown']), since: iso, lastEventAt: iso.nullable(), lastAliveAt: iso.nullable(), beatMs: figure, detail: z.string().nullable() }) satisfies z.ZodType<SourceRow>

export const intervalRow = z.object({ queue: z.string(), channel, from: iso, to: iso, basis: z.enum(['outcome', 'arrival']), complete: z.boolean(), revised: z.boolean(), targetVariant: target.shape.variant.nullable(), targetPercent: z.number().nullable(), targetWithinMs: ms.nullable(), dayStartedAt: iso.nullable(), ...metrics, ...responses }) satisfies z.ZodType<IntervalRow>

export const contactRow = z.object({
  contactId: z.string(),
  legId: z.string(),
  rootContactId: z.string().nullable(),
  queue: z.string(),
  channel,
  direction: z.enum(['in', 'out']).nullable(),
  agent: z.string().nullable(),
  agentName: z.string().nullable(),
  queuedAt: iso,
  ...each(['answeredAt', 'endedAt', 'wrappedAt', 'outcomeAt', 'firstResponseAt', 'unansweredSince', 'conversationResolvedAt'], iso.nullable()),
  outcome: z.enum(['pending', 'answered', 'abandoned', 'callback', 'flowed-out', 'system', 'refused']),
  reason: z.string().nullable(),
  ...each(['waitMs', 'talkMs', 'holdMs', 'acwMs', 'activeMs', 'surveyScore', 'firstResponseMs', 'firstResponseBusinessMs', 'nextResponses', 'nextResponseMsTotal', 'resolutionMs', 'resolutionBusinessMs', 'reopened', 'transfersBlind', 'transfersAttended', 'transfersInternal', 'transfersExternal'], figure),
  transferredToQueue: z.string().nullable(),
  ringNoAnswer: count,
  transferred: z.boolean(),
  resolved: z.boolean().nullable(),
  repeat: z.boolean().nullable(),
  uncertain: z.boolean(),
}) satisfies z.ZodType<ContactRow>

export const explanationRow = z.object({
  metric: z.string(),
  queue: z.string().nullable(),
  window: z.string(),
  variant: z.string().nullable(),
  formula: z.string(),
  basis: z.enum(['outcome', 'arrival', 'now', 'end', 'clock']),
  from: iso.nullable(),
  to: iso,
  ...each(['numerator', 'denominator', 'value', 'threshold'], figure),
  thresholds: z.array(z.number()).describe('of a level: within how many ms its contacts had to be answered, in order of time; several where the target was changed meanwhile'),
  limit: z.object({ side: z.enum(['below', 'above']), value: z.number() }).nullable(),
  since: iso.nullable().describe('since when it is beyond the limit, looked for three hours back'),
  sinceAtLeast: z.boolean().describe('it was beyond it already three hours back: since is no later than said'),
  clears: z.object({ by: z.enum(['answers-in-time', 'answers', 'satisfied-answers', 'resolved-contacts', 'new-customers', 'contacts-taken', 'available-ms']), count: z.number().nullable().describe('null: no number of them does') }).nullable(),
  range: z.object({ low: z.number(), high: z.number() }).nullable().describe('95 % range of a share of answers'),
  numeratorContacts: z.array(contactRow),
  denominatorContacts: z.array(contactRow),
  corrections: z.array(correctionRow).optional().describe('of closed intervals within its range, newest first, at most 100'),
}) satisfies z.ZodType<ExplanationRow>

const scale = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
const words = z.string().nullable()
export const incidentRow = z.object({
  ref: z.string().describe('e.g. INC-2026-000123'),
  type: z.enum(recordTypes),
  category: words,
  title: z.string(),
  nature: words,
  channel: z.enum(intakeChannels).nullable(),
  ...each(['location', 'service', 'reporter', 'callerId', 'queue'], words),
  callerSafe: z.boolean().nullable(),
  impact: scale.nullable(),
  urgency: scale.nullable(),
  priority: z.enum(priorities).nullable(),
  state: z.enum(incidentStates),
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  level: count,
  cycle: count,
  ladder: z.enum(['idle', 'running', 'stopped', 'ended', 'unmanned']),
  next: z.object({ at: iso, level: count, targets: z.array(z.string()).describe('as the policy names them, e.g. rota:night'), called: z.array(z.string()).optional().describe('the same with what people call them, e.g. rota:Engineers on call') }).nullable(),
  major: z.boolean(),
  reportedAt: iso,
  ...each(['openedAt', 'acknowledgedAt', 'resolvedAt', 'snoozedUntil'], iso.nullable()),
  clocks: z.array(z.object({ kind: z.enum(clockKinds).describe('`audience`: words that a group of the stakeholder register is owed by itself'), name: words.describe('of a clock of the law; of an audience its key in the register'), called: z.string().optional().describe('what people call the audience'), state: z.enum(['running', 'paused', 'met', 'breached', 'void']), dueAt: iso.nullable(), elapsedMs: ms, remainingMs: figure, breachedAt: iso.nullable(), targetDueAt: iso.nullable(), excused: z.boolean(), hours: z.object({ calendar: z.string(), from: z.enum(['service', 'site', 'organisation', 'built-in']) }).nullable().optional().describe('the calendar that it counts by and whose it is; null: every hour') })),
  revision: z.string(),
  policy: z.string(),
  completeness: z.number(),
  reports: count.optional(),
  completion: z.object({ dueAt: iso, missing: z.array(z.string()) }).nullable().optional().describe('logged in a hurry: what is still to be filled in, and by when'),
  counsel: z.object({ needed: z.boolean(), with: z.array(z.string()).describe('e.g. role:duty-manager; empty: any colleague'), given: z.boolean(), said: z.array(z.object({ person: z.object({ id: z.string(), name: z.string() }), by: z.object({ id: z.string(), name: z.string() }), at: iso, way: z.enum(['consulted', 'helped', 'answered']), text: words })) }).nullable().optional().describe('who had a say in it besides its owner, and whether its category needs that before it is resolved'),
  help: z.object({ id: z.string(), text: z.string().nullable(), by: z.object({ id: z.string(), name: z.string() }), at: iso, dueAt: iso, answeredBy: z.object({ id: z.string(), name: z.string() }).nullable() }).nullable().optional().describe('a colleague was asked for help'),
  majorIncident: z.object({ stage: z.enum(majorStages), since: iso, roles: z.array(z.object({ role: z.enum(majorRoles), person: z.object({ id: z.string(), name: z.string() }) })), methane: z.object(each(methaneFields, words.optional())), directReports: count, tooManyReports: z.boolean().describe('more than seven report to one lead') }).nullable().optional().describe('proposed or declared as major'),
  pir: z.object({ stage: z.enum(reviewStages), meetingDueAt: iso.nullable(), meetingAt: iso.nullable(), openActions: count }).nullable().optional().describe('where its review stands'),
  formerRefs: z.array(z.string()).optional().describe('numbers it had while it was taken for another type, oldest first'),
  successor: words.optional().describe('the number under which it goes on as another type'),
  problemRef: words.optional().describe('the problem record that causes it'),
  elsewhere: count.optional().describe('so many records that it names lie outside the area of the reader, and are not named'),
  problem: z.object({ stage: z.enum(problemStages), cause: words, workaround: words, fix: words, fixedAt: iso.nullable(), watchUntil: iso.nullable(), incidents: z.array(z.string()).describe('newest last, at most 200'), elsewhere: count.optional().describe('so many of them are of other areas than the reader’s, and not named'), linked: count, recurrences: count, proposed: z.boolean().describe('by the rule of three, and nobody has looked at it yet') }).nullable().optional().describe('of a record of type problem'),
  drill: z.boolean().optional(),
  exercise: z.object({ id: z.string(), speed: z.number() }).nullable().optional().describe('the drill it belongs to'),
  maintenance: z.object({ name: z.string(), until: iso }).nullable().optional(),
  deployments: z.array(deploymentRow).optional().describe('people and things that were sent for, oldest first'),
  pendingUpdate: z.object({ id: z.string(), text: z.string().nullable(), state: z.string(), audience: z.string(), nextUpdateAt: iso.nullable(), by: z.object({ id: z.string(), name: z.string() }), at: iso }).nullable().optional().describe('waits for somebody to approve it'),
}) satisfies z.ZodType<Incident>

export const timelineRow = z.object({ seq: count, at: iso, type: z.string(), actor: z.object({ id: z.string(), name: words, role: z.string() }).nullable(), text: words, data: z.record(z.string(), z.unknown()) }) satisfies z.ZodType<TimelineRow>

export const floorAnswer = z.object({ site: z.string(), revision: z.string(), asOf: iso, sources: z.array(sourceRow), queues: z.array(queueRow), agents: z.array(agentRow), totals: queueRow })
export const ingestAnswer = z.object({ accepted: count, duplicates: count, rejected: z.array(z.object({ index: count, id: words, code: z.enum(rejectionCodes), detail: z.string() })), revision: z.string() }) satisfies z.ZodType<IngestAnswer>

const refusal = z.object({ code: z.string(), detail: z.string(), state: words, revision: words, allowed: z.array(z.string()), missing: z.array(z.string()).optional().describe('fields without which it cannot be done: all of them') })
const fault = z.object({ path: z.string(), code: z.string(), detail: z.string() })
export const problemDocument = z.object({ type: z.string(), title: z.string(), status: z.number().int(), detail: z.string(), code: z.string(), faults: z.array(fault).optional(), refusal: refusal.optional() }) satisfies z.ZodType<Problem>

export const siteRow = z.object({ id: z.string(), name: z.string(), timeZone: z.string(), demo: z.boolean() })
export const sessionAnswer = z.object({ kind: z.enum(['admin-token', 'key', 'session', 'demo', 'screen']), role: z.enum(roles), person: z.object({ id: z.string(), name: z.string() }).nullable(), sites: z.array(siteRow), everySite: z.boolean(), areas: z.array(z.string()).nullable().describe('groups of the settings that it is limited to; null: all of its sites'), csrfToken: words, setupNeeded: z.boolean(), demoRoles: z.array(z.enum(roles)).optional(), board: z.string().optional(), idleMs: ms.optional(), absoluteMs: ms.optional() })
export const madeKey = z.object({ id: z.string(), token: z.string() })
export const pairingAnswer = z.object({ code: z.string(), device: z.string(), expiresAt: iso, askEveryMs: z.number() })
export const pairedAnswer = z.object({ state: z.enum(['waiting', 'paired']), screen: z.object({ name: z.string(), site: z.string(), board: z.string() }).optional() })
export const screenRow = z.object({ id: z.string(), name: z.string(), site: z.string(), board: z.string(), pairedAt: iso, lastSeenAt: iso.nullable(), revokedAt: iso.nullable(), ended: z.enum(['revoked', 'stolen']).nullable() })
export const keyRow = z.object({ id: z.string(), name: z.string(), site: words, role: z.enum(roles), areas: z.array(z.string()).nullable(), createdAt: iso, revokedAt: iso.nullable(), lastUsedAt: iso.nullable() })
export const userRow = z.object({ id: z.string(), username: z.string(), name: z.string(), role: z.enum(roles), areas: z.array(z.string()).nullable(), sites: z.array(z.string()).nullable(), disabled: z.boolean(), createdAt: iso, hasPassword: z.boolean() })
export const settingsSaved = z.object({ version: count, warnings: z.array(fault), dryRun: z.boolean().optional() })
export const readinessAnswer = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })) })
export const importAnswer = z.object({ id: z.string(), state: z.enum(['queued', 'running', 'done', 'failed']), progress: z.number(), ...each(['lines', 'accepted', 'ignored', 'rejectedCount'], count), rejected: z.array(z.unknown()), error: words, dryRun: z.boolean() })
export const statusAnswer = z.object({
  site: z.string(),
  name: z.string(),
  timeZone: z.string(),
  asOf: iso,
  state: z.enum(['operational', 'degraded', 'major-incident']),
  incidents: z.array(z.object({ ref: z.string(), priority: z.enum(priorities).nullable(), title: z.string(), category: words, service: words, state: z.enum(incidentStates), major: z.boolean(), reportedAt: iso, resolvedAt: iso.nullable(), update: z.object({ text: z.string(), state: z.enum(stakeholderStates), at: iso, nextUpdateAt: iso.nullable() }).nullable().describe('the newest update of stakeholders: on a published page the newest whose audience is `public`, for who signed in the newest for `all` as well, and for a group of the stakeholder register that they are in'), nextWordBy: iso.nullable().optional().describe('by when a group that the reader is in, and that has a clock of its own, is told more') })),
  maintenance: z.array(z.object({ name: z.string(), from: iso, to: iso, services: z.array(z.string()) })).describe('planned work that the site publishes: what goes on, and what begins within 7 days'),
})
export type StatusAnswer = z.infer<typeof statusAnswer>
export const pageOf = <T extends z.ZodType>(row: T) => z.object({ items: z.array(row), next: words })
