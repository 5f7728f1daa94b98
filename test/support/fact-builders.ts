import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { ContactFact, Fact } from '../../server/domain/platform-events.ts'
import { defaultFloorSettings, type FloorSettings, type QueueSettings } from '../../server/domain/settings.ts'
import { instantOf, type Instant } from '../../server/domain/time.ts'

/** 2026-11-20 09:00 UTC, a Friday. */
export const NINE = instantOf(Date.UTC(2026, 10, 20, 9))

let serial = 0

type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>
type Given<T extends Fact['type']> = Partial<Omit<FactOf<T>, 'type' | 'occurredAt'>>

const contact = { contactId: 'c1', legId: null, rootContactId: null, queueId: 'support', channel: null, direction: null }
const subject = { subject: null, previousEndAt: null }
const details: Readonly<Record<Fact['type'], object>> = {
  'contact.created': { ...contact, ...subject, queueId: null, priority: null },
  'contact.queued': { ...contact, ...subject, position: null, waitingInQueue: null },
  'contact.refused': { ...contact, reason: 'closed' },
  'contact.offered': { ...contact, agent: 7, attempt: null },
  'contact.offer_missed': { ...contact, agent: 7, ringMs: null, reason: 'no_answer' },
  'contact.answered': { ...contact, agent: 7, waitMs: null, ringMs: null },
  'contact.held': { ...contact, agent: 7, by: null },
  'contact.resumed': { ...contact, agent: 7, by: null },
  'contact.transferred': { ...contact, agent: 7, kind: 'blind', toQueueId: null, toAgent: null, toExternal: false, talkMs: null, holdMs: null, waitMs: null },
  'contact.abandoned': { ...contact, waitMs: null, position: null, uncertain: false },
  'contact.left_queue': { ...contact, reason: 'timeout', waitMs: null },
  'contact.ended': { ...contact, agent: 7, by: null, talkMs: null, holdMs: null, waitMs: null, resolved: null },
  'contact.wrapped': { ...contact, agent: 7, acwMs: null, code: null, resolved: null },
  'contact.reopened': { ...contact, previousEndAt: null },
  'contact.callback_requested': { ...contact, dueAt: null, promisedUntil: null },
  'contact.callback_attempted': { ...contact, agent: 7, attempt: null },
  'contact.callback_connected': { ...contact, agent: 7 },
  'contact.callback_failed': { ...contact, attempt: null, final: false },
  'contact.failed': { ...contact, reason: 'trunk' },
  'contact.message': { ...contact, queueId: null, channel: 'chat', agent: null, from: 'customer' },
  'survey.sent': { ...contact, queueId: null },
  'survey.received': { ...contact, queueId: null, score: 5, scaleMin: 1, scaleMax: 5, comment: null, resolved: null },
  'agent.state': { agent: 7, state: 'available', reason: null, since: null, queues: null, team: null, plannedEndAt: null },
  'agent.queue_joined': { agent: 7, queueId: 'support' },
  'agent.queue_left': { agent: 7, queueId: 'support' },
  'source.reset': { reason: 'restart' },
  'source.snapshot': { queues: [], waiting: [], agents: [] },
}

/** A fact with everything unknown but what is given; contact c1 in queue support with agent 7 unless said otherwise. */
export const fact = <T extends Fact['type']>(type: T, occurredAt: number, given: Given<T> = {}): FactOf<T> =>
  ({ id: `f${++serial}`, source: null, seq: null, type, occurredAt: instantOf(occurredAt), ...details[type], ...given }) as unknown as FactOf<T>

/** A short name for contact facts: `leg('queued', at)`. */
export const contactFact = (type: ContactFact['type'], occurredAt: number, given: Partial<ContactFact> = {}): ContactFact => fact(type, occurredAt, given as never) as ContactFact

let entrySerial = 0
export const entryOf = (at: number, facts: readonly Fact[]): LogEntry => ({ id: `${++entrySerial}-0`, at: instantOf(at), kind: 'facts', facts })
export const tickAt = (at: number): LogEntry => ({ id: `${++entrySerial}-0`, at: instantOf(at), kind: 'tick' })
export const settingsEntry = (at: number, settings: FloorSettings): LogEntry => ({ id: `${++entrySerial}-0`, at: instantOf(at), kind: 'settings', settings })

export const utcSettings = (change: Partial<QueueSettings> = {}, more: Partial<FloorSettings> = {}): FloorSettings => {
  const settings = defaultFloorSettings({ id: 'test', name: 'Test', timeZone: 'UTC' }, instantOf(0))
  return { ...settings, defaults: { ...settings.defaults, ...change }, ...more }
}

/** Each fact as an entry of its own, logged when it happened. */
export const entriesOf = (facts: readonly Fact[]): readonly LogEntry[] => facts.map((each) => entryOf(each.occurredAt, [each]))
export const at = (ms: number): Instant => instantOf(ms)
