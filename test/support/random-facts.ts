import type { Fact, FactType } from '../../server/domain/platform-events.ts'
import { type Instant, instantOf } from '../../server/domain/time.ts'
import type { Random } from './seeded.ts'

const types: readonly FactType[] = [
  'contact.created', 'contact.queued', 'contact.refused', 'contact.offered', 'contact.offer_missed', 'contact.answered', 'contact.held', 'contact.resumed', 'contact.transferred',
  'contact.abandoned', 'contact.left_queue', 'contact.ended', 'contact.wrapped', 'contact.reopened', 'contact.callback_requested', 'contact.callback_attempted', 'contact.callback_connected',
  'contact.callback_failed', 'contact.failed', 'survey.received', 'survey.sent', 'contact.message', 'agent.state', 'agent.queue_joined', 'agent.queue_left', 'source.reset', 'source.snapshot',
]

/** Any fact of any type with any of its optional fields; not a sensible story, for codecs and doors. */
export const randomFact = (random: Random, around: Instant, n: number): Fact => {
  const maybe = <T>(value: T): T | null => (random.chance(0.5) ? value : null)
  const ms = () => maybe(random.int(0, 600_000))
  const near = () => maybe(instantOf(around + random.int(-86_400_000, 86_400_000)))
  const queue = () => random.pick(['support', 'sales', 'billing', 'Köln "Süd"', 'queue\u2028x'])
  const agent = () => maybe(random.int(1, 5_000))
  const type = random.pick(types)
  const envelope = { id: `e-${n}-${random.int(0, 1e9)}`, occurredAt: instantOf(around + random.int(-60_000, 60_000)), source: maybe(random.pick(['pbx', 'crm'])), seq: maybe(random.int(0, 1e9)) }
  const contact = {
    ...envelope,
    contactId: `c-${random.int(0, 1e6)}`,
    legId: maybe(`l-${random.int(0, 1e6)}`),
    rootContactId: maybe(`c-${random.int(0, 1e6)}`),
    queueId: maybe(queue()),
    channel: maybe(random.pick(['voice', 'chat', 'email', 'task'] as const)),
    direction: maybe(random.pick(['in', 'out'] as const)),
  }
  const state = () => random.pick(['offline', 'available', 'ringing', 'on-contact', 'acw', 'aux'] as const)
  switch (type) {
    case 'contact.created':
      return { ...contact, type, subject: maybe('tok_1'), previousEndAt: near(), priority: maybe(random.int(0, 9)) }
    case 'contact.queued':
      return { ...contact, type, subject: maybe('tok_2'), previousEndAt: near(), position: maybe(3), waitingInQueue: maybe(0) }
    case 'contact.refused':
      return { ...contact, type, reason: random.pick(['closed', 'full', 'no_agents', 'diverted'] as const) }
    case 'contact.offered':
    case 'contact.callback_attempted':
      return { ...contact, type, agent: agent(), attempt: maybe(2) }
    case 'contact.offer_missed':
      return { ...contact, type, agent: agent(), ringMs: ms(), reason: random.pick(['no_answer', 'rejected', 'failed', 'withdrawn'] as const) }
    case 'contact.answered':
      return { ...contact, type, agent: agent(), waitMs: ms(), ringMs: ms() }
    case 'contact.held':
    case 'contact.resumed':
      return { ...contact, type, agent: agent(), by: maybe('agent') }
    case 'contact.transferred':
      return { ...contact, type, agent: agent(), kind: maybe(random.pick(['blind', 'attended'] as const)), toQueueId: maybe(queue()), toAgent: agent(), toExternal: random.chance(0.5), talkMs: ms(), holdMs: ms(), waitMs: ms() }
    case 'contact.abandoned':
      return { ...contact, type, waitMs: ms(), position: maybe(1), uncertain: random.chance(0.5) }
    case 'contact.left_queue':
      return { ...contact, type, reason: random.pick(['timeout', 'key', 'no_agents', 'moved'] as const), waitMs: ms() }
    case 'contact.ended':
      return { ...contact, type, agent: agent(), by: maybe(random.pick(['agent', 'customer', 'system'] as const)), talkMs: ms(), holdMs: ms(), waitMs: ms(), resolved: maybe(random.chance(0.5)) }
    case 'contact.wrapped':
      return { ...contact, type, agent: agent(), acwMs: ms(), code: maybe('sale'), resolved: maybe(random.chance(0.5)) }
    case 'contact.reopened':
      return { ...contact, type, previousEndAt: near() }
    case 'contact.callback_requested':
      return { ...contact, type, dueAt: near(), promisedUntil: near() }
    case 'contact.callback_connected':
      return { ...contact, type, agent: agent() }
    case 'contact.callback_failed':
      return { ...contact, type, attempt: maybe(1), final: random.chance(0.5) }
    case 'contact.failed':
      return { ...contact, type, reason: random.pick(['trunk', 'server', 'forced'] as const) }
    case 'contact.message':
      return { ...contact, type, agent: agent(), from: random.pick(['customer', 'person', 'machine'] as const) }
    case 'survey.sent':
      return { ...contact, type }
    case 'survey.received':
      return { ...contact, type, score: maybe(4.5), scaleMin: 1, scaleMax: 5, comment: maybe('txt_1'), resolved: maybe(random.chance(0.5)) }
    case 'agent.state':
      return { ...envelope, type, agent: random.int(1, 5_000), state: state(), reason: maybe('lunch'), since: near(), queues: maybe([queue(), queue()]), team: maybe('red'), plannedEndAt: near() }
    case 'agent.queue_joined':
    case 'agent.queue_left':
      return { ...envelope, type, agent: random.int(1, 5_000), queueId: queue() }
    case 'source.reset':
      return { ...envelope, type, reason: random.pick(['restart', 'link'] as const) }
    case 'source.snapshot':
      return {
        ...envelope,
        type,
        queues: [queue()],
        waiting: [{ contactId: 'c-1', queueId: queue(), enqueuedAt: instantOf(around - 5_000), position: maybe(1) }],
        agents: [{ agent: 7, state: state(), reason: maybe('x'), since: near(), queues: [queue()] }],
      }
  }
}
