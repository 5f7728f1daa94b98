import type { CanonicalEvent, EventOf, reportedStates } from '../../contract/events.ts'
import { attributesIn, instantIn, type TwilioFields } from './twilio-fields.ts'

/**
 * Twilio TaskRouter's events as canonical ones. Deliveries come in any order and more than once, so each is read by itself: a visit
 * is the task in a queue since it entered it, and its facts meet in the fold.
 */

export type ActivityState = (typeof reportedStates)[number]

export interface TwilioOptions {
  /** Id of the source in the settings document, or the platform's name. */
  readonly source: string
  /** What the operator's activities mean. */
  readonly activities: Readonly<Record<string, ActivityState>>
}

export type TwilioResult =
  | { readonly kind: 'events'; readonly events: readonly CanonicalEvent[] }
  /** Workflows, activities, attributes: nothing on the floor. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'rejected'; readonly detail: string }

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Draft = DistributiveOmit<CanonicalEvent, 'id' | 'occurredAt' | 'source'>

const text = (value: string | undefined): string | undefined => (value === undefined || value.trim() === '' ? undefined : value.trim().slice(0, 200))

const channelOf = (name: string | undefined): 'voice' | 'chat' | 'email' | 'task' => {
  if (name === undefined) return 'task'
  if (/voice|call|phone/i.test(name)) return 'voice'
  if (/mail/i.test(name)) return 'email'
  return /chat|sms|messag|whatsapp|messenger|web/i.test(name) ? 'chat' : 'task'
}

const customerOf = (fields: TwilioFields): EventOf<'contact.queued'>['customer'] => {
  const { from } = attributesIn(fields.get('TaskAttributes'))
  if (typeof from !== 'string') return undefined
  if (/^\+?[\d\s().-]{5,40}$/.test(from)) return { phone: from }
  return /^[^\s@]{1,64}@[^\s@]{1,180}$/.test(from) ? { email: from } : undefined
}

/** The task in one queue, as every event about it names it. */
const visitOf = (fields: TwilioFields) => {
  const task = text(fields.get('TaskSid'))
  if (task === undefined) return null
  const entered = instantIn(fields.get('TaskQueueEnteredDate'))
  return {
    contactId: task,
    legId: entered === null ? undefined : `${task}#${fields.get('TaskQueueSid') ?? ''}-${Math.floor(entered / 1_000)}`.slice(0, 200),
    queueId: text(fields.get('TaskQueueName')) ?? text(fields.get('TaskQueueSid')),
    channel: channelOf(text(fields.get('TaskChannelUniqueName'))),
  }
}

/** An activity's name is the operator's own; without a word in the settings, plain names speak for themselves and all others are a pause. */
const stateOf = (activity: string, activities: TwilioOptions['activities']): Pick<EventOf<'agent.state'>, 'state' | 'reason'> => {
  const told = Object.hasOwn(activities, activity) ? activities[activity] : undefined
  if (told !== undefined) return told === 'paused' || told === 'aux' ? { state: told, reason: activity } : { state: told }
  if (/^(offline|logged ?(out|off))$/i.test(activity)) return { state: 'offline' }
  return /^(available|idle|ready|online)$/i.test(activity) ? { state: 'available' } : { state: 'paused', reason: activity }
}

const missed: Readonly<Record<string, 'no_answer' | 'rejected' | 'failed' | 'withdrawn'>> = {
  'reservation.timeout': 'no_answer',
  'reservation.rejected': 'rejected',
  'reservation.failed': 'failed',
  'reservation.canceled': 'withdrawn',
  'reservation.rescinded': 'withdrawn',
}

const isHangUp = (reason: string): boolean => /hang ?up|hung ?up|abandon|caller|customer/i.test(reason)

const draftOf = (type: string, fields: TwilioFields, at: number, { activities }: TwilioOptions): Draft | 'ignored' | null => {
  const agent = text(fields.get('WorkerSid'))
  const agentName = text(fields.get('WorkerName'))
  if (type === 'worker.activity.update' || type === 'worker.deleted') {
    const activity = type === 'worker.deleted' ? 'offline' : text(fields.get('WorkerActivityName'))
    return agent === undefined || activity === undefined ? null : { type: 'agent.state', agentId: agent, agentName, ...stateOf(activity, activities) }
  }
  const visit = visitOf(fields)
  const entered = instantIn(fields.get('TaskQueueEnteredDate'))
  // Times of entering are whole seconds: a wait is never less than nothing.
  const waitMs = entered === null ? undefined : Math.max(0, at - entered)
  const by = { agentId: agent, agentName }
  const reason = missed[type]
  if (reason !== undefined) return visit && { type: 'contact.offer_missed', ...visit, ...by, reason }
  switch (type) {
    case 'task.created':
      return visit && { type: 'contact.created', ...visit, legId: undefined, customer: customerOf(fields) }
    case 'task-queue.entered':
      return visit?.queueId === undefined ? null : { type: 'contact.queued', ...visit, queueId: visit.queueId, direction: 'in', customer: customerOf(fields) }
    case 'task-queue.moved':
    case 'task-queue.timeout':
      return visit && { type: 'contact.left_queue', ...visit, reason: type === 'task-queue.moved' ? 'moved' : 'timeout', waitMs }
    case 'reservation.created':
      return visit && { type: 'contact.offered', ...visit, ...by }
    case 'reservation.accepted':
      return visit && { type: 'contact.answered', ...visit, ...by, waitMs }
    case 'task.canceled': {
      const why = fields.get('TaskCanceledReason') ?? ''
      if (isHangUp(why)) return visit && { type: 'contact.abandoned', ...visit, waitMs }
      return visit && { type: 'contact.left_queue', ...visit, reason: /time|ttl/i.test(why) ? 'timeout' : 'moved', waitMs }
    }
    case 'task.wrapup':
    case 'reservation.wrapup':
      return visit && { type: 'contact.ended', ...visit, ...by }
    case 'task.completed':
    case 'reservation.completed':
      return visit && { type: 'contact.wrapped', ...visit, ...by }
    case 'task.transfer-completed':
      return visit && { type: 'contact.transferred', ...visit, ...by }
    default:
      return 'ignored'
  }
}

/** One delivery. Its `Sid` is the key against repetition. */
export const readTwilio = (fields: TwilioFields, options: TwilioOptions): TwilioResult => {
  const type = fields.get('EventType')
  const sid = fields.get('Sid')
  if (type === undefined || sid === undefined || !/^[\w-]{1,100}$/.test(sid)) return { kind: 'rejected', detail: 'EventType or Sid is missing: not an event of TaskRouter' }
  const at = instantIn(fields.get('TimestampMs')) ?? instantIn(fields.get('Timestamp'))
  if (at === null) return { kind: 'rejected', detail: 'TimestampMs: not an instant' }
  const draft = draftOf(type.toLowerCase(), fields, at, options)
  if (draft === 'ignored') return { kind: 'ignored' }
  if (draft === null) return { kind: 'rejected', detail: `${type.slice(0, 60)}: a field it must have is missing (TaskSid, TaskQueueName, WorkerSid or WorkerActivityName)` }
  return { kind: 'events', events: [{ ...draft, id: `tw-${sid}`, occurredAt: new Date(at).toISOString(), source: options.source }] }
}
