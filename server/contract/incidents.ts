import { z } from 'zod'
import { deploymentAnswers } from '../domain/incident/commands.ts'
import { majorRoles, methaneFields } from '../domain/incident/major.ts'
import { MOST_WATCH_DAYS, WATCH_DAYS } from '../domain/incident/problem.ts'
import { reviewFields, reviewStages } from '../domain/incident/review.ts'
import { each } from './schema-parts.ts'
import { parseRfc3339 } from './rfc3339.ts'

/** What people and scripts send about incidents. Unknown fields are refused by name, missing ones all at once. */

export const recordTypes = ['incident', 'complaint', 'service-request', 'enquiry', 'problem'] as const
export const intakeChannels = ['voice', 'email', 'chat', 'web', 'in-person', 'radio', 'monitoring'] as const
export const incidentStates = ['draft', 'open', 'acknowledged', 'in-progress', 'on-hold', 'resolved', 'closed', 'cancelled', 'merged'] as const
/** The same as the domain's; written here because the wire has its own words. */
export const holdReasons = ['waiting-for-reporter', 'third-party', 'appointment', 'waiting-for-internal', 'monitoring'] as const
export const stakeholderStates = ['investigating', 'identified', 'monitoring', 'resolved'] as const
export const helpMethods = ['advice', 'beside', 'joined-call', 'took-over', 'other'] as const
export const clockKinds = ['response', 'update', 'resolution', 'regulatory', 'audience'] as const
export const priorities = ['P1', 'P2', 'P3', 'P4'] as const

/** C0, C1, bidi overrides, zero-width and line separators have no place in a log line (RELIABILITY B4); line breaks and tabs stay. */
const invisible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu
export const cleaned = (text: string): string => text.replaceAll('\r\n', '\n').replace(invisible, '').normalize('NFC').trim()

const textUpTo = (most: number) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a text') })
    .transform(cleaned)
    .refine((text) => text.length > 0, { error: 'must not be empty' })
    .refine((text) => text.length <= most, { error: `must have at most ${most} characters` })

const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: ({ input }) => (input === undefined ? 'is missing' : `must be one of ${values.join(', ')}`) })
const scale = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)], { error: ({ input }) => (input === undefined ? 'is missing' : 'must be 1, 2, 3 or 4') })
const instant = z
  .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be an instant such as 2026-11-22T09:00:00.000Z') })
  .transform((text, context) => {
    const at = parseRfc3339(text)
    if (at !== null) return at
    context.addIssue({ code: 'custom', message: 'must be an instant with a zone, such as 2026-11-22T09:00:00.000Z' })
    return z.NEVER
  })

const customFields = z
  .record(z.string().min(1).max(100), z.union([z.string().max(4_000), z.number(), z.boolean(), z.null()], { error: 'must be a text, a number, true, false or null' }), { error: 'must be a table of names and values' })
  .refine((fields) => Object.keys(fields).length <= 100, { error: 'must have at most 100 fields' })

/** Longest texts, in characters (RELIABILITY B55). */
export const longestText = 4_000
const fields = {
  type: oneOf(recordTypes),
  title: textUpTo(200),
  nature: textUpTo(longestText),
  channel: oneOf(intakeChannels),
  location: textUpTo(500),
  service: textUpTo(200),
  reporter: textUpTo(300),
  callerId: textUpTo(100),
  callerSafe: z.boolean({ error: ({ input }) => (input === undefined ? 'is missing: is the caller safe? true, false, or null when there is no caller' : 'must be true, false or null') }).nullable(),
  category: textUpTo(100),
  impact: scale,
  urgency: scale,
}
/** `DRILL-NNNNNN`. */
export const drillPattern = /^DRILL-\d{6,9}$/
const extras = { reportedAt: instant.optional(), customFields: customFields.optional(), draft: z.boolean({ error: 'must be true or false' }).optional(), queue: textUpTo(100).nullable().optional(), /** The real engine, and nothing leaves the house. */ drill: z.union([z.boolean(), z.string().regex(drillPattern)], { error: 'must be true, false or the id of a drill that runs' }).optional(), /** Reports of one key within an hour are one incident. */ dedupKey: textUpTo(200).optional() }

const whole = z.strictObject({ ...fields, ...extras })
/** Someone in danger, or now: four fields are enough to begin with (R5, R7). */
const urgent = z.strictObject({
  ...z.object(fields).partial().shape,
  nature: fields.nature,
  location: fields.location,
  callerId: fields.callerId,
  urgency: fields.urgency,
  ...extras,
})
const draft = z.strictObject({ ...z.object(fields).partial().shape, ...extras })

export type IncidentInput = z.output<typeof draft>

const isTable = (given: unknown): given is Readonly<Record<string, unknown>> => typeof given === 'object' && given !== null && !Array.isArray(given)

/** The schema that applies: drafts may lack anything, urgent ones need four fields, all others everything. */
export const incidentSchemaFor = (given: unknown): z.ZodType<IncidentInput> => {
  if (!isTable(given)) return whole
  if (given['draft'] === true) return draft
  return given['callerSafe'] === false || given['urgency'] === 1 ? urgent : whole
}

export interface InputFault {
  readonly path: string
  readonly code: 'missing' | 'unknown' | 'invalid'
  readonly detail: string
}

/** Every fault of an input, each with its field: unknown fields one by one. */
export const inputFaults = (error: z.ZodError): readonly InputFault[] =>
  error.issues.flatMap((issue): readonly InputFault[] => {
    const path = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...issue.path.map(String), key].join('.').slice(0, 100), code: 'unknown', detail: 'is not a field of this request' }))
    return [{ path, code: issue.message.startsWith('is missing') ? 'missing' : 'invalid', detail: issue.message }]
  })

const longText = textUpTo(longestText)
/** `INC-YYYY-NNNNNN`. */
export const refPattern = /^INC-\d{4}-\d{6,9}$/
const refOf = (thing: string) => z.string({ error: ({ input }) => (input === undefined ? 'is missing' : `must be the ref of ${thing}`) }).regex(refPattern, { error: `must be the ref of ${thing}, such as INC-2026-000123` })
const flag = z.boolean({ error: 'must be true or false' })
/** A number: the level the user saw, or the revision of the incident. */
const count = z.number({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a whole number') }).int().min(0).max(1_000_000)
/** Every command may name the revision it was decided on; an older one is refused. */
const common = { revision: z.string().max(100).optional() }
const command = <T extends string, Shape extends z.ZodRawShape>(type: T, shape: Shape) => z.strictObject({ type: z.literal(type), ...shape, ...common })

const setPriority = z.union([command('set-priority', { impact: scale, urgency: scale }), command('set-priority', { priority: oneOf(priorities), reason: longText })], { error: 'needs impact and urgency, or priority and reason' })

const { type: recordType, ...given } = fields
const { category: _category, impact: _impact, urgency: _urgency, ...amendable } = given
const completion = command('open', { ...z.object({ ...given, recordType }).partial().shape, reportedAt: extras.reportedAt, customFields: extras.customFields, queue: extras.queue })

/** One schema a command, by its type. */
export const commandSchemas = {
  /** A draft, with what it still lacks; `recordType` is the type of the record. */
  open: completion,
  acknowledge: command('acknowledge', {}),
  unacknowledge: command('unacknowledge', { reason: longText.optional() }),
  start: command('start', {}),
  note: command('note', { text: longText }),
  'ask-help': command('ask-help', { text: longText, person: textUpTo(200).optional() }),
  /** `help`: the id of what is asked. Alone it says that somebody comes; with method and outcome that it is over. */
  'answer-help': command('answer-help', { help: textUpTo(40), method: oneOf(helpMethods).optional(), outcome: longText.optional() }),
  /** A colleague was asked: who, when (left out: now), and what they said. */
  consult: command('consult', { person: textUpTo(200), text: longText, consultedAt: instant.optional() }),
  /** Fields that the log lacks, or others in place of what it says (with the reason); category, impact and urgency have commands of their own. */
  amend: command('amend', { ...z.object(amendable).partial().shape, reason: longText.optional() }),
  resolve: command('resolve', { code: textUpTo(100), text: longText, serviceRestored: z.boolean({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be true or false') }) }),
  'set-priority': setPriority,
  escalate: command('escalate', { level: count, reason: longText }),
  hold: command('hold', { reason: oneOf(holdReasons), reviewAt: instant }),
  resume: command('resume', {}),
  reopen: command('reopen', { reason: longText.optional(), take: flag.optional() }),
  close: command('close', {}),
  cancel: command('cancel', { reason: longText }),
  /** It is another kind of thing: it ends as cancelled and goes on under a number of its own, with all that was logged. */
  reclassify: command('reclassify', { recordType: oneOf(recordTypes), reason: longText }),
  merge: command('merge', { into: refOf('an incident') }),
  assign: command('assign', { person: textUpTo(200) }),
  'offer-handover': command('offer-handover', { to: textUpTo(200) }),
  'accept-handover': command('accept-handover', {}),
  categorise: command('categorise', { category: textUpTo(100), reason: longText.optional() }),
  snooze: command('snooze', { until: instant }),
  'update-stakeholders': command('update-stakeholders', { text: longText, state: oneOf(stakeholderStates), audience: textUpTo(200).default('all'), nextUpdateAt: instant.nullable().optional(), /** Nothing new is known; at most twice in a row. */ noChange: flag.optional() }),
  /** `update`: the id of the one that waits, as it was read. */
  'approve-update': command('approve-update', { update: textUpTo(40) }),
  'reject-update': command('reject-update', { update: textUpTo(40), reason: longText }),
  review: command('review', { text: longText, outcome: oneOf(['done', 'waived']).default('done') }),
  /** The document of a review; what is left out stays as it is. */
  'write-review': command('write-review', { ...each(reviewFields, longText.optional()), meetingAt: instant.optional() }),
  /** `metric`: the figure by which one sees that it helped. */
  'add-review-action': command('add-review-action', { text: longText, owner: textUpTo(200), dueAt: instant, metric: longText }),
  'complete-review-action': command('complete-review-action', { action: textUpTo(40), outcome: longText }),
  'move-review': command('move-review', { to: oneOf(reviewStages) }),
  /** By anybody: it stands by until a duty manager decides. */
  'propose-major': command('propose-major', { text: longText.optional() }),
  'declare-major': command('declare-major', { text: longText.optional() }),
  /** Enough have come: nobody else is sent. */
  'stop-sending': command('stop-sending', { text: longText.optional() }),
  'stand-down': command('stand-down', { text: longText.optional() }),
  /** A proposal turned down, or one declared in error. */
  'cancel-major': command('cancel-major', { reason: longText }),
  'assign-role': command('assign-role', { role: oneOf(majorRoles), person: textUpTo(200).nullable() }),
  /** METHANE: what is known by now; fields that are left out stay as they were. */
  'report-methane': command('report-methane', each(methaneFields, longText.optional())),
  'excuse-breach': command('excuse-breach', { clock: oneOf(clockKinds), name: textUpTo(200).optional(), reason: longText }),
  'report-regulator': command('report-regulator', { name: textUpTo(200), text: longText.optional() }),
  'plan-recovery': command('plan-recovery', { text: longText, reviewAt: instant }),
  'customer-reply': command('customer-reply', { text: longText }),
  /** Somebody by name, or the first who is free of a role, rota or team, or a resource of the settings. Who is not free needs a reason, who is on other work is taken from it with preempt (from a P1 by a duty manager). inPlace: you have switched the resource on. */
  deploy: command('deploy', { person: textUpTo(200).optional(), role: textUpTo(40).optional(), rota: textUpTo(100).optional(), team: textUpTo(100).optional(), resource: textUpTo(100).optional(), text: longText.optional(), reason: longText.optional(), preempt: flag.optional(), inPlace: flag.optional(), revertBy: instant.optional() }).refine(({ person, role, rota, team, resource }) => [person, role, rota, team, resource].filter((given) => given !== undefined).length === 1, { error: 'needs exactly one of person, role, rota, team, resource' }),
  /** By whoever is asked, or by whoever commands for them. Accepting needs the time of arrival. */
  'confirm-deployment': command('confirm-deployment', { deployment: textUpTo(40), answer: oneOf(deploymentAnswers).default('accepted'), eta: instant.optional(), ticket: textUpTo(200).optional(), reason: longText.optional(), revertBy: instant.optional() }),
  /** On task it is released, before that it is stood down and told so. */
  'release-deployment': command('release-deployment', { deployment: textUpTo(40), reason: longText.optional() }),
  /** The problem record that causes it; null: none after all. Another one than before needs the reason. */
  'link-problem': command('link-problem', { problem: refOf('a problem').nullable(), reason: longText.optional() }),
  /** Of a problem: how people get by until it is fixed, and what causes it when that is known. */
  'declare-known-error': command('declare-known-error', { workaround: longText, cause: longText.optional() }),
  'propose-fix': command('propose-fix', { text: longText }),
  /** Of a problem: it is fixed, and watched for so many days before it closes. */
  fix: command('fix', { text: longText, watchDays: z.number({ error: 'must be 1 to 90 days' }).int().min(1, { error: 'must be 1 to 90 days' }).max(MOST_WATCH_DAYS, { error: 'must be 1 to 90 days' }).default(WATCH_DAYS) }),
} as const

/** Why the caller's whole number is needed: kept in the incident's log. */
export const revealBody = z.strictObject({ reason: longText })
export const revealAnswer = z.object({ ref: z.string(), callerId: z.string().nullable().describe('null: none was given, or it was erased') })

export type CommandName = keyof typeof commandSchemas
export type CommandInput = { readonly [Name in CommandName]: z.output<(typeof commandSchemas)[Name]> }[CommandName]
export const commandNames = Object.keys(commandSchemas) as readonly CommandName[]
const isCommandName = (name: unknown): name is CommandName => typeof name === 'string' && Object.hasOwn(commandSchemas, name)

export type CommandAnswer = { readonly ok: true; readonly command: CommandInput } | { readonly ok: false; readonly faults: readonly InputFault[] }

export const parseCommand = (given: unknown): CommandAnswer => {
  const type = isTable(given) ? given['type'] : undefined
  if (!isCommandName(type)) return { ok: false, faults: [{ path: 'type', code: type === undefined ? 'missing' : 'unknown', detail: `must be one of ${commandNames.join(', ')}` }] }
  const parsed = commandSchemas[type].safeParse(given)
  return parsed.success ? { ok: true, command: parsed.data } : { ok: false, faults: inputFaults(parsed.error) }
}

export type ReportAnswer = { readonly ok: true; readonly input: IncidentInput } | { readonly ok: false; readonly faults: readonly InputFault[] }

export const parseReport = (given: unknown): ReportAnswer => {
  const parsed = incidentSchemaFor(given).safeParse(given)
  return parsed.success ? { ok: true, input: parsed.data } : { ok: false, faults: inputFaults(parsed.error) }
}
