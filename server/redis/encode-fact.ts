import { WRITERS } from '../domain/fold/fact-kinds.ts'
import { REPORTED_STATES, type Fact } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'
import { channels, directions, typeCodes } from './fact-codes.ts'

type Cell = string | number | null | readonly unknown[]

export interface InternTable {
  /** Place of the text plus one; 0 stands for null. */
  readonly of: (text: string | null) => number
  readonly json: () => string
}

export const internTable = (): InternTable => {
  const places = new Map<string, number>()
  return {
    of: (text) => {
      if (text === null) return 0
      const known = places.get(text)
      if (known !== undefined) return known
      places.set(text, places.size + 1)
      return places.size
    },
    json: () => JSON.stringify([...places.keys()]),
  }
}

const since = (at: Instant | null, base: number): number | null => (at === null ? null : at - base)
const bit = (value: boolean | null): number | null => (value === null ? null : value ? 1 : 0)

/** What follows the envelope and, for contacts, the contact; read back by `decodeFact` in the same order. */
const extrasOf = (fact: Fact, base: number, { of }: InternTable): readonly Cell[] => {
  switch (fact.type) {
    case 'contact.created':
      return [fact.subject, since(fact.previousEndAt, base), fact.priority]
    case 'contact.queued':
      return [fact.subject, since(fact.previousEndAt, base), fact.position, fact.waitingInQueue]
    case 'contact.refused':
    case 'contact.failed':
      return [of(fact.reason)]
    case 'contact.offered':
    case 'contact.callback_attempted':
      return [fact.agent, fact.attempt]
    case 'contact.offer_missed':
      return [fact.agent, fact.ringMs, of(fact.reason)]
    case 'contact.answered':
      return [fact.agent, fact.waitMs, fact.ringMs]
    case 'contact.held':
    case 'contact.resumed':
      return [fact.agent, of(fact.by)]
    case 'contact.transferred':
      return [fact.agent, of(fact.kind), of(fact.toQueueId), fact.toAgent, bit(fact.toExternal), fact.talkMs, fact.holdMs, fact.waitMs]
    case 'contact.abandoned':
      return [fact.waitMs, fact.position, bit(fact.uncertain)]
    case 'contact.left_queue':
      return [of(fact.reason), fact.waitMs]
    case 'contact.ended':
      return [fact.agent, of(fact.by), fact.talkMs, fact.holdMs, fact.waitMs, bit(fact.resolved)]
    case 'contact.wrapped':
      return [fact.agent, fact.acwMs, of(fact.code), bit(fact.resolved)]
    case 'contact.reopened':
      return [since(fact.previousEndAt, base)]
    case 'contact.callback_requested':
      return [since(fact.dueAt, base), since(fact.promisedUntil, base)]
    case 'contact.callback_connected':
      return [fact.agent]
    case 'contact.callback_failed':
      return [fact.attempt, bit(fact.final)]
    case 'contact.message':
      return [fact.agent, WRITERS.indexOf(fact.from)]
    case 'survey.sent':
      return []
    case 'survey.received':
      return [fact.score, fact.scaleMin, fact.scaleMax, fact.comment, bit(fact.resolved)]
    case 'agent.state':
      return [fact.agent, REPORTED_STATES.indexOf(fact.state), of(fact.reason), since(fact.since, base), fact.queues === null ? null : fact.queues.map(of), of(fact.team), since(fact.plannedEndAt, base)]
    case 'agent.queue_joined':
    case 'agent.queue_left':
      return [fact.agent, of(fact.queueId)]
    case 'source.reset':
      return [of(fact.reason)]
    case 'source.snapshot':
      return [
        fact.queues.map(of),
        fact.waiting.map((contact) => [contact.contactId, of(contact.queueId), contact.enqueuedAt - base, contact.position]),
        fact.agents.map((agent) => [agent.agent, REPORTED_STATES.indexOf(agent.state), of(agent.reason), since(agent.since, base), agent.queues.map(of)]),
      ]
    default:
      return unknownType(fact)
  }
}

const unknownType = (fact: never): never => {
  throw new Error(`fact ${JSON.stringify(fact)} has no stored form`)
}

/** One row as JSON; nulls at the end are left out. */
export const encodeRow = (fact: Fact, base: number, table: InternTable): string => {
  const cells: Cell[] = [typeCodes[fact.type], fact.id, fact.occurredAt - base, table.of(fact.source), fact.seq]
  if ('contactId' in fact) cells.push(fact.contactId, fact.legId, fact.rootContactId, table.of(fact.queueId), channels.indexOf(fact.channel), directions.indexOf(fact.direction))
  cells.push(...extrasOf(fact, base, table))
  while (cells.at(-1) === null) cells.pop()
  return JSON.stringify(cells)
}
