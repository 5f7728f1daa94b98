import { z } from 'zod'
import { parseRfc3339 } from './rfc3339.ts'

/**
 * Canonical events (the vocabulary every platform is mapped to). Durations are integers in ms, instants RFC 3339 with a zone.
 * Unknown fields are ignored; `null` is the same as an absent optional field.
 */

/** 31 days: longer than any call, short enough to stop seconds mistaken for something else. */
const LONGEST_MS = 2_678_400_000
/** Printable ASCII without the characters that keys and patterns are made of. */
const eventId = z.string().regex(/^[!#-)+-9;-[\]-z|~]{1,200}$/, '1 to 200 printable ASCII characters without space, quotes, backslash and : * { }')
/** Ids of contacts, queues and agents belong to the platform: any text, capped. */
const name = z.string().min(1).max(200)
const words = z.string().max(200)
const durationWords = `must be a whole number of milliseconds from 0 to ${LONGEST_MS} (31 days)`
const durationMs = z.int(durationWords).min(0, durationWords).max(LONGEST_MS, durationWords)
const countWords = 'must be a whole number from 0 to 1000000'
const count = z.int(countWords).min(0, countWords).max(1_000_000, countWords)
const instant = z.string().max(40).refine((text) => parseRfc3339(text) !== null, 'an RFC 3339 instant with a zone, such as 2026-11-22T09:00:00.000Z')
const seqWords = 'must be a whole number from 0 to 9007199254740991'
const score = z.number().min(-1_000).max(1_000)

/** A score beside its scale would be taken for the best or the worst that there is. */
const isOnScale = (survey: { readonly score?: number | null | undefined; readonly scaleMin?: number | null | undefined; readonly scaleMax?: number | null | undefined }): boolean =>
  typeof survey.score !== 'number' || (survey.score >= (survey.scaleMin ?? 1) && survey.score <= (survey.scaleMax ?? 5))

const envelope = {
  id: eventId,
  occurredAt: instant,
  receivedAt: z.string().max(40).nullish(),
  source: z.string().min(1).max(200).nullish(),
  seq: z.int(seqWords).min(0, seqWords).nullish(),
}

/** One of the three; sealed at the door and replaced by a token. */
export const customer = z.object({ ref: z.string().min(1).max(200).nullish(), phone: z.string().min(1).max(40).nullish(), email: z.string().min(3).max(254).nullish() })

export const channels = ['voice', 'chat', 'email', 'task'] as const

const contact = {
  ...envelope,
  contactId: name,
  legId: name.nullish(),
  rootContactId: name.nullish(),
  queueId: name.nullish(),
  channel: z.enum(channels).nullish(),
  direction: z.enum(['in', 'out']).nullish(),
}
const byAgent = { agentId: name.nullish(), agentName: words.nullish() }
const ofQueue = { ...contact, queueId: name }

export const reportedStates = ['offline', 'available', 'ringing', 'busy', 'held', 'wrapup', 'paused', 'not_responding', 'on-contact', 'acw', 'aux'] as const

const event = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...shape })

export const eventSchemas = {
  'contact.created': event('contact.created', { ...contact, customer: customer.nullish(), priority: count.nullish() }),
  'contact.queued': event('contact.queued', { ...ofQueue, customer: customer.nullish(), position: count.nullish(), waitingInQueue: count.nullish() }),
  'contact.refused': event('contact.refused', { ...ofQueue, reason: z.enum(['closed', 'full', 'no_agents', 'diverted']) }),
  'contact.offered': event('contact.offered', { ...contact, ...byAgent, attempt: count.nullish() }),
  'contact.offer_missed': event('contact.offer_missed', { ...contact, ...byAgent, ringMs: durationMs.nullish(), reason: z.enum(['no_answer', 'rejected', 'failed', 'withdrawn']).nullish() }),
  'contact.answered': event('contact.answered', { ...contact, ...byAgent, waitMs: durationMs.nullish(), ringMs: durationMs.nullish() }),
  'contact.held': event('contact.held', { ...contact, ...byAgent, by: words.nullish() }),
  'contact.resumed': event('contact.resumed', { ...contact, ...byAgent, by: words.nullish() }),
  'contact.transferred': event('contact.transferred', {
    ...contact,
    ...byAgent,
    kind: z.enum(['blind', 'attended']).nullish(),
    toQueueId: name.nullish(),
    toAgentId: name.nullish(),
    toExternal: z.boolean().nullish(),
    talkMs: durationMs.nullish(),
    holdMs: durationMs.nullish(),
    waitMs: durationMs.nullish(),
  }),
  'contact.abandoned': event('contact.abandoned', { ...contact, waitMs: durationMs.nullish(), position: count.nullish(), uncertain: z.boolean().nullish() }),
  'contact.left_queue': event('contact.left_queue', { ...contact, reason: z.enum(['timeout', 'key', 'no_agents', 'moved']), waitMs: durationMs.nullish() }),
  'contact.ended': event('contact.ended', {
    ...contact,
    ...byAgent,
    by: z.enum(['agent', 'customer', 'system']).nullish(),
    talkMs: durationMs.nullish(),
    holdMs: durationMs.nullish(),
    waitMs: durationMs.nullish(),
    resolved: z.boolean().nullish(),
  }),
  'contact.wrapped': event('contact.wrapped', { ...contact, ...byAgent, acwMs: durationMs.nullish(), code: words.nullish(), resolved: z.boolean().nullish() }),
  'contact.reopened': event('contact.reopened', { ...contact, previousEndAt: instant.nullish() }),
  'contact.callback_requested': event('contact.callback_requested', { ...contact, dueAt: instant.nullish(), promisedUntil: instant.nullish() }),
  'contact.callback_attempted': event('contact.callback_attempted', { ...contact, ...byAgent, attempt: count.nullish() }),
  'contact.callback_connected': event('contact.callback_connected', { ...contact, ...byAgent }),
  'contact.callback_failed': event('contact.callback_failed', { ...contact, attempt: count.nullish(), final: z.boolean().nullish() }),
  'contact.failed': event('contact.failed', { ...contact, reason: z.enum(['trunk', 'server', 'forced']) }),
  /** A message of a written conversation; `direction` is the message's: `in` from the customer, `out` to them. Notes that the customer does not see are none. */
  'contact.message': event('contact.message', { ...contact, ...byAgent, direction: z.enum(['in', 'out']), automated: z.boolean().nullish() }),
  'survey.sent': event('survey.sent', contact),
  'survey.received': event('survey.received', { ...contact, score: score.nullish(), scaleMin: score.nullish(), scaleMax: score.nullish(), comment: z.string().max(4_096).nullish(), resolved: z.boolean().nullish() }).refine(isOnScale, { path: ['score'], error: 'must lie on the scale from scaleMin (1 unless told) to scaleMax (5 unless told)' }),
  'agent.state': event('agent.state', {
    ...envelope,
    agentId: name,
    agentName: words.nullish(),
    team: words.nullish(),
    state: z.enum(reportedStates),
    reason: words.nullish(),
    since: instant.nullish(),
    queues: z.array(name).max(500).nullish(),
    plannedEndAt: instant.nullish(),
  }),
  'agent.queue_joined': event('agent.queue_joined', { ...envelope, agentId: name, agentName: words.nullish(), queueId: name }),
  'agent.queue_left': event('agent.queue_left', { ...envelope, agentId: name, agentName: words.nullish(), queueId: name }),
  'source.reset': event('source.reset', { ...envelope, reason: z.enum(['restart', 'link']).nullish() }),
  'source.snapshot': event('source.snapshot', {
    ...envelope,
    queues: z.array(name).max(2_000),
    waiting: z.array(z.object({ contactId: name, queueId: name, enqueuedAt: instant, position: count.nullish() })).max(20_000),
    agents: z.array(z.object({ agentId: name, agentName: words.nullish(), state: z.enum(reportedStates), reason: words.nullish(), since: instant.nullish(), queues: z.array(name).max(500).nullish() })).max(20_000),
  }),
} as const

export type EventType = keyof typeof eventSchemas
export const eventTypes = Object.keys(eventSchemas) as EventType[]

/** An event as a sender writes it; what it becomes inside the house is `Fact` of `server/domain/platform-events.ts`. */
export type CanonicalEvent = { [T in EventType]: z.infer<(typeof eventSchemas)[T]> }[EventType]
export type EventOf<T extends EventType> = z.infer<(typeof eventSchemas)[T]>

/** Why one event of a batch was not taken. The list grows only by addition. */
export const rejectionCodes = ['unknown_type', 'bad_field', 'in_future', 'too_old', 'id_conflict', 'too_many'] as const
export type RejectionCode = (typeof rejectionCodes)[number]

export interface Rejection {
  /** Position in the body, from 0. */
  readonly index: number
  readonly id: string | null
  readonly code: RejectionCode
  /** Names the field and what would be accepted; never a value of a personal field. */
  readonly detail: string
}

/** Answer of 202 to events. */
export interface IngestAnswer {
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: readonly Rejection[]
  readonly revision: string
}
