import type { CanonicalEvent, EventOf } from '../contract/events.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { AgentNumber, ContactRef, Fact, FactEnvelope, ReportedAgentState, SubjectToken, TextId } from '../domain/platform-events.ts'
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

const envelopeOf = (event: CanonicalEvent): FactEnvelope => ({ id: event.id, occurredAt: at(event.occurredAt), source: event.source ?? null, seq: event.seq ?? null })

type ContactEvent = Extract<CanonicalEvent, { readonly contactId: string }>
const contactOf = (event: ContactEvent): FactEnvelope & ContactRef => ({
  ...envelopeOf(event),
  contactId: event.contactId,
  legId: event.legId ?? null,
  rootContactId: event.rootContactId ?? null,
  queueId: event.queueId ?? null,
  channel: event.channel ?? null,
  direction: event.direction ?? null,
})

/** A state's own name is the reason when the mapping loses it and nothing better was said. */
const reasonOf = (state: State, reason: string | null | undefined): string | null => reason ?? (state === 'not_responding' ? 'not_responding' : null)

const unreachable = (event: never): never => {
  throw new Error(`no fact for ${JSON.stringify(event)}`)
}

/** The fact of a checked event. A pure function: two deliveries of one event with the same tokens give the same fact. */
export const toFact = (event: CanonicalEvent, tokens: Tokens): Fact => {
  const agentOf = (id: string | null | undefined): AgentNumber | null => (id ? tokens.agent(id) : null)
  const knownAgent = (id: string): AgentNumber => {
    const number = tokens.agent(id)
    if (number === null) throw new Error('an agent without a register number reached toFact')
    return number
  }
  switch (event.type) {
    case 'contact.created':
      return { ...contactOf(event), type: event.type, ...tokens.subject(event), priority: event.priority ?? null }
    case 'contact.queued':
      return { ...contactOf(event), type: event.type, ...tokens.subject(event), position: event.position ?? null, waitingInQueue: event.waitingInQueue ?? null }
    case 'contact.refused':
      return { ...contactOf(event), type: event.type, reason: event.reason }
    case 'contact.offered':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), attempt: event.attempt ?? null }
    case 'contact.offer_missed':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), ringMs: event.ringMs ?? null, reason: event.reason ?? 'no_answer' }
    case 'contact.answered':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), waitMs: event.waitMs ?? null, ringMs: event.ringMs ?? null }
    case 'contact.held':
    case 'contact.resumed':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), by: event.by ?? null }
    case 'contact.transferred':
      return {
        ...contactOf(event),
        type: event.type,
        agent: agentOf(event.agentId),
        kind: event.kind ?? 'blind',
        toQueueId: event.toQueueId ?? null,
        toAgent: agentOf(event.toAgentId),
        toExternal: event.toExternal ?? false,
        talkMs: event.talkMs ?? null,
        holdMs: event.holdMs ?? null,
        waitMs: event.waitMs ?? null,
      }
    case 'contact.abandoned':
      return { ...contactOf(event), type: event.type, waitMs: event.waitMs ?? null, position: event.position ?? null, uncertain: event.uncertain ?? false }
    case 'contact.left_queue':
      return { ...contactOf(event), type: event.type, reason: event.reason, waitMs: event.waitMs ?? null }
    case 'contact.ended':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), by: event.by ?? null, talkMs: event.talkMs ?? null, holdMs: event.holdMs ?? null, waitMs: event.waitMs ?? null, resolved: event.resolved ?? null }
    case 'contact.wrapped':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), acwMs: event.acwMs ?? null, code: event.code ?? null, resolved: event.resolved ?? null }
    case 'contact.reopened':
      return { ...contactOf(event), type: event.type, previousEndAt: atOrNull(event.previousEndAt) }
    case 'contact.callback_requested':
      return { ...contactOf(event), type: event.type, dueAt: atOrNull(event.dueAt), promisedUntil: atOrNull(event.promisedUntil) }
    case 'contact.callback_attempted':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId), attempt: event.attempt ?? null }
    case 'contact.callback_connected':
      return { ...contactOf(event), type: event.type, agent: agentOf(event.agentId) }
    case 'contact.callback_failed':
      return { ...contactOf(event), type: event.type, attempt: event.attempt ?? null, final: event.final ?? false }
    case 'contact.failed':
      return { ...contactOf(event), type: event.type, reason: event.reason }
    case 'survey.received':
      return { ...contactOf(event), type: event.type, score: event.score ?? null, scaleMin: event.scaleMin ?? 1, scaleMax: event.scaleMax ?? 5, comment: tokens.comment(event), resolved: event.resolved ?? null }
    case 'agent.state':
      return {
        ...envelopeOf(event),
        type: event.type,
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
      return { ...envelopeOf(event), type: event.type, agent: knownAgent(event.agentId), queueId: event.queueId }
    case 'source.reset':
      return { ...envelopeOf(event), type: event.type, reason: event.reason ?? 'restart' }
    case 'source.snapshot':
      return {
        ...envelopeOf(event),
        type: event.type,
        queues: event.queues,
        waiting: event.waiting.map((waiting) => ({ contactId: waiting.contactId, queueId: waiting.queueId, enqueuedAt: at(waiting.enqueuedAt), position: waiting.position ?? null })),
        agents: event.agents.map((agent) => ({ agent: knownAgent(agent.agentId), state: states[agent.state], reason: reasonOf(agent.state, agent.reason), since: atOrNull(agent.since), queues: agent.queues ?? [] })),
      }
    default:
      return unreachable(event)
  }
}
