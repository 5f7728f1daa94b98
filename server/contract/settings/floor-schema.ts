import { z } from 'zod'
import { reportedStates } from '../events.ts'
import { days, durationMs, label, linkTemplate, nameKey, positiveMs, priority, ratio, secretText, table, timeZone, wallTime } from './parts.ts'
import { channels, person } from './people-schema.ts'

/** Sections that the floor, its sources and imports read, and the people and channels of the house. */

export const serviceTarget = z.strictObject({ percent: ratio.optional(), withinMs: positiveMs(86_400_000).optional(), variant: z.enum(['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7']).optional() })
export const queue = z.strictObject({
  name: label.optional(),
  wallName: label.optional(),
  channel: z.enum(['voice', 'chat', 'email', 'task']).optional(),
  target: serviceTarget.optional(),
  shortAbandonMs: durationMs(3_600_000).optional(),
  day: z.strictObject({ timeZone: timeZone.optional(), startsAt: wallTime.optional() }).optional(),
  acwCapMs: positiveMs(86_400_000).optional(),
  repeatWithinMs: positiveMs(2_592_000_000).optional(),
  repeatWithinDays: days(30).optional(),
  /** Calendar of the hours in which the queue answers; absent: always. */
  hours: nameKey.optional(),
  /** Targets of written conversations in these hours, each by itself: the first answer, later ones, the resolution. */
  responses: z.strictObject({ firstMs: positiveMs(2_678_400_000).optional(), nextMs: positiveMs(2_678_400_000).optional(), resolutionMs: positiveMs(7_776_000_000).optional(), pausesOnHold: z.boolean().optional() }).optional(),
  /** Contacts of this queue that one agent may hold at once; absent: not known, and no slot load is shown. */
  slots: z.number().int().min(1).max(100).optional(),
})

export const platforms = ['asterisk-ami', 'asterisk-queue-log', 'twilio', 'amazon-connect', 'genesys-cloud', 'freeswitch', 'chatwoot', 'zendesk', 'intercom', 'events'] as const
const secret = secretText('must be a text of at most 4000 characters')
export const source = z.strictObject({
  platform: z.enum(platforms),
  name: label.optional(),
  host: z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/, { error: 'must be a host name or address' }).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  username: z.string().min(1).max(200).regex(/^[^\p{C}]*$/u, { error: 'must not hold control characters' }).optional(),
  secret: secret.optional(),
  /** Still taken while the platform changes over to `secret`. */
  oldSecret: secret.optional(),
  tls: z.boolean().optional(),
  /** The SNS topic that hands on what Amazon Connect says. */
  topicArn: z.string().regex(/^arn:aws[a-z-]{0,20}:sns:[a-z0-9-]{3,40}:\d{12}:[A-Za-z0-9_.-]{1,256}$/, { error: 'must be the ARN of an SNS topic' }).optional(),
  file: z.string().min(1).max(4_000).regex(/^[^\0\r\n]*$/, { error: 'must be a path' }).optional(),
  timeZone: timeZone.optional(),
  acw: z.string().regex(/^(none|pause:.{1,100})$/, { error: 'must be "none" or "pause:REASON"' }).nullable().optional(),
  expectedEveryMs: positiveMs(86_400_000).nullable().optional(),
  agentHeartbeatMs: positiveMs(86_400_000).nullable().optional(),
  queues: z.array(nameKey).max(10_000).optional(),
  /** What the platform's own activities of agents mean. */
  activities: table(z.enum(reportedStates)).optional(),
  /** Parallel deliveries or another platform's record of the same contacts: this one only repairs gaps of the named source. */
  repairs: nameKey.optional(),
})

const column = z.string().min(1).max(200)
const flag = z.union([column, z.strictObject({ column, yes: z.array(z.union([z.string(), z.number(), z.boolean()])).max(100) })])
export const callsCsv = z.strictObject({
  timeZone: timeZone.optional(),
  dateFormat: z.string().min(1).max(60).optional(),
  delimiter: z.string().length(1).optional(),
  channel: z.enum(['voice', 'chat', 'email', 'task']).optional(),
  columns: z.strictObject({
    id: column.optional(),
    queue: column.optional(),
    agent: column.optional(),
    customer: column.optional(),
    queuedAt: z.union([column, z.tuple([column, column])], { error: 'must be a column name, or two: [date, time]' }).optional(),
    waitMs: column.optional(),
    wait: column.optional(),
    answered: flag.optional(),
    /** `none`: cells that say that no conversation is on record, where a bare 0 would say that it had no length. */
    talk: z.union([column, z.strictObject({ column, none: z.array(z.union([z.string(), z.number()])).max(100) })]).optional(),
    hold: column.optional(),
    acw: column.optional(),
    resolved: flag.optional(),
    score: column.optional(),
    skip: z.strictObject({ column, in: z.array(z.union([z.string(), z.number(), z.boolean()])).max(1_000) }).optional(),
  }),
})
export const incidentsCsv = z.strictObject({
  timeZone: timeZone.optional(),
  dateFormat: z.string().min(1).max(60).optional(),
  delimiter: z.string().length(1).optional(),
  /** `at`: the moment of a row, where each state of an incident is a row; `order` breaks ties of one moment. */
  columns: z.strictObject({ id: column, openedAt: column, state: column, at: column, order: column, acknowledgedAt: column, resolvedAt: column, closedAt: column, priority: column, impact: column, urgency: column, title: column, nature: column, category: column, service: column, location: column, channel: column, reporter: column, callerId: column, owner: column, code: column }).partial(),
  /** What cells mean in our words, by the key of the column. */
  values: z.record(z.string().min(1).max(60), z.record(z.string().max(200), z.string().max(200))).optional(),
  /** Cells that say nothing, besides empty ones. */
  none: z.array(z.string().max(60)).max(20).optional(),
})

export const team = z.strictObject({ name: label.optional(), people: z.array(nameKey).max(5_000).default([]), agents: z.array(nameKey).max(5_000).default([]), queues: z.array(nameKey).max(1_000).default([]) })
export const group = z.strictObject({ name: label.optional(), queues: z.array(nameKey).max(1_000).default([]), teams: z.array(nameKey).max(1_000).default([]) })

/** So often an audience is told something, by priority and while an incident is major; null or left out: with everybody else. */
const cadences = z.strictObject({ P1: positiveMs().nullable().optional(), P2: positiveMs().nullable().optional(), P3: positiveMs().nullable().optional(), P4: positiveMs().nullable().optional(), major: positiveMs().nullable().optional() })
/** People who are told of incidents that concern them: by service, category and priority, else of all. `updateMs`: a clock of its own beside the update clock; the group `executives` has one unless it says otherwise. */
export const stakeholderGroup = z.strictObject({ name: label.optional(), people: z.array(nameKey).min(1).max(5_000), services: z.array(label.min(1)).min(1).max(1_000).optional(), categories: z.array(nameKey).min(1).max(1_000).optional(), priorities: z.array(priority).min(1).max(4).optional(), updateMs: cadences.optional() })

const keepDays = z.number().int().min(1).max(3_660)
export const retention = z.strictObject({ callersDays: keepDays, contactsDays: keepDays, rowsDays: keepDays, incidentsDays: keepDays, auditDays: keepDays }).partial()

export const defaults = z.strictObject({ queue: queue.omit({ name: true, wallName: true }).optional() })
/** Targets of handling and quality for the whole site, as the wall shows them. */
export const goals = z.strictObject({ ahtMs: positiveMs(86_400_000).optional(), fcr: ratio.optional(), csat: ratio.optional() })
/** What planned activities of agents mean, and how long a stretch out of plan is none. */
export const adherence = z.strictObject({ activities: table(z.strictObject({ expects: z.enum(['queue', 'away']).optional(), toleranceMs: durationMs(3_600_000).optional() })).default({}) })
/** Numbers that many people call from, such as a company's switchboard: whoever calls from one is not known by it. */
export const customers = z.strictObject({ sharedNumbers: z.array(z.string().regex(/^\+?[\d ().\/-]{3,40}$/, { error: 'must be a telephone number' })).max(1_000).default([]) })
export const status = z.strictObject({ publish: z.boolean().default(false), title: label.optional() })
/** Where it is said every so often that all is well; silence is the alarm. */
export const heartbeat = z.strictObject({ url: z.string().min(1).max(2_000).optional(), everyMs: z.number().int().min(10_000).max(3_600_000).default(60_000) })
export const floorSections = {
  queues: table(queue),
  defaults,
  sources: table(source),
  imports: z.strictObject({ 'calls-csv': callsCsv.optional(), 'incidents-csv': incidentsCsv.optional() }),
  channels,
  groups: table(group),
  teams: table(team),
  people: table(person),
  stakeholders: table(stakeholderGroup),
  retention,
  links: table(linkTemplate),
  status,
  heartbeat,
  goals,
  adherence,
  customers,
}
