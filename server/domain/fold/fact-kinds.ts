import type { ContactFact } from '../platform-events.ts'

/** Kinds of facts of a leg. The number is also the causal order of facts of the same instant: second-precision sources need it. */
export const KIND = {
  created: 0,
  queued: 1,
  refused: 2,
  offered: 3,
  missed: 4,
  answered: 5,
  held: 6,
  resumed: 7,
  transferred: 8,
  ended: 9,
  wrapped: 10,
  callbackRequested: 11,
  callbackAttempted: 12,
  callbackConnected: 13,
  callbackFailed: 14,
  abandoned: 15,
  left: 16,
  failed: 17,
  reopened: 18,
  survey: 19,
  /** Synthetic: the platform restarted, a snapshot does not know the contact, or a newer visit replaced this one. */
  lost: 20,
  surveySent: 21,
  message: 22,
} as const

export const kindOf: ReadonlyMap<string, number> = new Map<ContactFact['type'], number>([
  ['contact.created', KIND.created],
  ['contact.queued', KIND.queued],
  ['contact.refused', KIND.refused],
  ['contact.offered', KIND.offered],
  ['contact.offer_missed', KIND.missed],
  ['contact.answered', KIND.answered],
  ['contact.held', KIND.held],
  ['contact.resumed', KIND.resumed],
  ['contact.transferred', KIND.transferred],
  ['contact.ended', KIND.ended],
  ['contact.wrapped', KIND.wrapped],
  ['contact.callback_requested', KIND.callbackRequested],
  ['contact.callback_attempted', KIND.callbackAttempted],
  ['contact.callback_connected', KIND.callbackConnected],
  ['contact.callback_failed', KIND.callbackFailed],
  ['contact.abandoned', KIND.abandoned],
  ['contact.left_queue', KIND.left],
  ['contact.failed', KIND.failed],
  ['contact.reopened', KIND.reopened],
  ['survey.received', KIND.survey],
  ['survey.sent', KIND.surveySent],
  ['contact.message', KIND.message],
])

const bits = (...kinds: readonly number[]): number => kinds.reduce((mask, kind) => mask | (1 << kind), 0)

/** Kinds that may name another queue than the visit's and still belong to the contact's newest visit. */
const FOLLOWS_CONTACT = bits(KIND.created, KIND.held, KIND.resumed, KIND.transferred, KIND.ended, KIND.wrapped, KIND.callbackAttempted, KIND.callbackConnected, KIND.callbackFailed, KIND.reopened, KIND.survey, KIND.lost, KIND.surveySent, KIND.message)
/** Kinds that, well after a visit ended unanswered, prove another visit whose start was lost. */
const PROVES_VISIT = bits(KIND.refused, KIND.offered, KIND.missed, KIND.answered, KIND.callbackRequested, KIND.abandoned, KIND.left, KIND.failed)
/** Kinds that end a visit without an answer. */
const CLOSES_UNANSWERED = bits(KIND.refused, KIND.callbackRequested, KIND.abandoned, KIND.left, KIND.failed)
/** Kinds that prove that the contact stood in the queue. */
const PROVES_QUEUE = PROVES_VISIT | bits(KIND.queued, KIND.transferred, KIND.ended)

export const followsContact = (kind: number): boolean => ((FOLLOWS_CONTACT >> kind) & 1) === 1
export const provesVisit = (kind: number): boolean => ((PROVES_VISIT >> kind) & 1) === 1
export const closesUnanswered = (kind: number): boolean => ((CLOSES_UNANSWERED >> kind) & 1) === 1
export const provesQueue = (kind: number): boolean => ((PROVES_QUEUE >> kind) & 1) === 1

/** Two sources that tell the same thing may differ by this much: whole seconds on one side, transport on the other. */
export const SAME_MOMENT_MS = 5_000

/** Who wrote a message, as its `v1` and the log hold it: only ever added to. */
export const WRITERS = ['customer', 'person', 'machine'] as const
export const CHANNELS = ['voice', 'chat', 'email', 'task'] as const
/** Place in CHANNELS. */
export const VOICE = 0
export const DIRECTIONS = ['in', 'out'] as const
export const REASONS = [null, 'closed', 'full', 'no_agents', 'diverted', 'no_answer', 'rejected', 'failed', 'withdrawn', 'timeout', 'key', 'moved', 'trunk', 'server', 'forced', 'restart', 'snapshot', 'superseded'] as const
export const reasonCode: ReadonlyMap<string, number> = new Map(REASONS.flatMap((reason, index) => (reason === null ? [] : [[reason, index] as const])))
