import type { CanonicalEvent, EventOf } from '../contract/events.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { AgentNumber, ContactFact, Fact, ReportedAgentState, SubjectToken, TextId } from '../domain/platform-events.ts'
import { instantOf, type Instant } from '../domain/time.ts'

/** What stands in the log for personal data; asked for a whole request at once, before any fact is made. */
export interface Tokens {
  readonly agent: (agentId: string) => AgentNumber | null
  readonly subject: (event: CanonicalEvent) => { readonly subject: SubjectToken | null; readonly previousEndAt: Instant | null }
  readonly comment: (event: CanonicalEvent) => TextId | null
}

type State = EventOf<'agent.state'>['state']

const states: Readonly<Record<State, ReportedAgentState>> = {
  offline: 'offline',
  available: 'available',
  ringing: 'ringing',
  busy: 'on-contact',
  held: 'on-contact',
  'on-contact': 'on-contact',
  wrapup: 'acw',
  acw: 'acw',
  paused: 'aux',
  not_responding: 'aux',
  aux: 'aux',
}

const at = (text: string): Instant => instantOf(parseRfc3339(text) ?? Number.NaN)
const atOrNull = (text: string | null | undefined): Instant | null => (text === null || text === undefined ? null : at(text))

type ContactEvent = Extract<CanonicalEvent, { readonly contactId: string }>

/** A state's own name is the reason when the mapping loses it and nothing better was said. */
const reasonOf = (state: State, reason: string | null | undefined): string | null => reason ?? (state === 'not_responding' ? 'not_responding' : null)

const unreachable = (event: never): never => {
  throw new Error(`no fact for ${JSON.stringify(event)}`)
}

/** Facts are written out whole: a field added to a spread costs more than the rest of a fact. */
const contactFact = (event: ContactEvent, tokens: Tokens): ContactFact => {
  const { id, contactId } = event
  const [occurredAt, source, seq] = [at(event.occurredAt), event.source ?? null, event.seq ?? null]
  const [legId, rootContactId, queueId, channel, direction] = [event.legId ?? null, event.rootContactId ?? null, event.queueId ?? null, event.channel ?? null, event.direction ?? null]
  const agentOf = (named: string | null | undefined): AgentNumber | null => (named ? tokens.agent(named) : null)
  switch (event.type) {
    case 'contact.created': {
      const { subject, previousEndAt } = tokens.subject(event)
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, subject, previousEndAt, priority: event.priority ?? null }
    }
    case 'contact.queued': {
      const { subject, previousEndAt } = tokens.subject(event)
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, subject, previousEndAt, position: event.position ?? null, waitingInQueue: event.waitingInQueue ?? null }
    }
    case 'contact.refused':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, reason: event.reason }
    case 'contact.offered':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId), attempt: event.attempt ?? null }
    case 'contact.offer_missed':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId), ringMs: event.ringMs ?? null, reason: event.reason ?? 'no_answer' }
    case 'contact.answered':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId), waitMs: event.waitMs ?? null, ringMs: event.ringMs ?? null }
    case 'contact.held':
    case 'contact.resumed':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId), by: event.by ?? null }
    case 'contact.transferred':
      return {
        type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction,
        agent: agentOf(event.agentId),
        kind: event.kind ?? null,
        toQueueId: event.toQueueId ?? null,
        toAgent: agentOf(event.toAgentId),
        toExternal: event.toExternal ?? false,
        talkMs: event.talkMs ?? null,
        holdMs: event.holdMs ?? null,
        waitMs: event.waitMs ?? null,
      }
    case 'contact.abandoned':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, waitMs: event.waitMs ?? null, position: event.position ?? null, uncertain: event.uncertain ?? false }
    case 'contact.left_queue':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, reason: event.reason, waitMs: event.waitMs ?? null }
    case 'contact.ended':
      return {
        type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction,
        agent: agentOf(event.agentId),
        by: event.by ?? null,
        talkMs: event.talkMs ?? null,
        holdMs: event.holdMs ?? null,
        waitMs: event.waitMs ?? null,
        resolved: event.resolved ?? null,
      }
    case 'contact.wrapped':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId), acwMs: event.acwMs ?? null, code: event.code ?? null, resolved: event.resolved ?? null }
    case 'contact.reopened':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, previousEndAt: atOrNull(event.previousEndAt) }
    case 'contact.callback_requested':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, dueAt: atOrNull(event.dueAt), promisedUntil: atOrNull(event.promisedUntil) }
    case 'contact.callback_attempted':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId), attempt: event.attempt ?? null }
    case 'contact.callback_connected':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, agent: agentOf(event.agentId) }
    case 'contact.callback_failed':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, attempt: event.attempt ?? null, final: event.final ?? false }
    case 'contact.failed':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction, reason: event.reason }
    case 'contact.message':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction: null, agent: event.direction === 'out' ? agentOf(event.agentId) : null, from: event.direction === 'in' ? 'customer' : event.automated === true ? 'machine' : 'person' }
    case 'survey.sent':
      return { type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction }
    case 'survey.received':
      return {
        type: event.type, id, occurredAt, source, seq, contactId, legId, rootContactId, queueId, channel, direction,
        score: event.score ?? null,
        scaleMin: event.scaleMin ?? 1,
        scaleMax: event.scaleMax ?? 5,
        comment: tokens.comment(event),
        resolved: event.resolved ?? null,
      }
    default:
      return unreachable(event)
  }
}

/** The fact of a checked event. A pure function: two deliveries of one event with the same tokens give the same fact. */
export const toFact = (event: CanonicalEvent, tokens: Tokens): Fact => {
  if ('contactId' in event) return contactFact(event, tokens)
  const { id } = event
  const [occurredAt, source, seq] = [at(event.occurredAt), event.source ?? null, event.seq ?? null]
  const knownAgent = (named: string): AgentNumber => {
    const number = tokens.agent(named)
    if (number === null) throw new Error('an agent without a register number reached toFact')
    return number
  }
  switch (event.type) {
    case 'agent.state':
      return {
        type: event.type, id, occurredAt, source, seq,
        agent: knownAgent(event.agentId),
        state: states[event.state],
        reason: reasonOf(event.state, event.reason),
        since: atOrNull(event.since),
        queues: event.queues ?? null,
        team: event.team ?? null,
        plannedEndAt: atOrNull(event.plannedEndAt),
      }
    case 'agent.queue_joined':
    case 'agent.queue_left':
      return { type: event.type, id, occurredAt, source, seq, agent: knownAgent(event.agentId), queueId: event.queueId }
    case 'source.reset':
      return { type: event.type, id, occurredAt, source, seq, reason: event.reason ?? 'restart' }
    case 'source.snapshot':
      return {
        type: event.type, id, occurredAt, source, seq,
        queues: event.queues,
        waiting: event.waiting.map((waiting) => ({ contactId: waiting.contactId, queueId: waiting.queueId, enqueuedAt: at(waiting.enqueuedAt), position: waiting.position ?? null })),
        agents: event.agents.map((agent) => ({ agent: knownAgent(agent.agentId), state: states[agent.state], reason: reasonOf(agent.state, agent.reason), since: atOrNull(agent.since), queues: agent.queues ?? [] })),
      }
    default:
      return unreachable(event)
  }
}
