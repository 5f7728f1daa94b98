import { META, NONE } from '../legs.ts'
import { REPORTED_STATES, type AgentFact, type ContactFact, type Fact, type SourceFact } from '../platform-events.ts'
import { CHANNELS, kindOf, reasonCode, WRITERS } from './fact-kinds.ts'
import { hashOf } from './contact-table.ts'
import { transferTextOf } from './transfer-words.ts'

/** Kinds beside those of legs. */
export const OTHER = { agentState: 32, queueJoined: 33, queueLeft: 34, reset: 35, snapshot: 36 } as const

/** Columns of a fact in `batch.cells`; -1 where unknown. Source and queue are places in `texts` plus one, 0 for none. */
export const CELL = { kind: 0, source: 1, queue: 2, hash: 3, meta: 4, agent: 5, v1: 6, v2: 7, wait: 8 } as const
export const CELLS = 9

/** What few facts carry. */
export interface Names {
  readonly legId: string | null
  readonly rootId: string | null
}

/** Facts of one entry as columns: what the fold reads. Numbers of a kind stand in `v1`, `v2` and `wait` as `leg-reader` reads them. */
export class FactBatch {
  readonly cells: Int32Array<ArrayBuffer>
  /** Epoch ms. */
  readonly at: Float64Array<ArrayBuffer>
  readonly contacts: string[] = []
  /** Token of the customer; of a survey the id of its comment; of a transfer what is told of it (`transfer-words.ts`). */
  readonly tokens: (string | null)[] = []
  readonly names: (Names | null)[] = []
  /** Whole facts of agents and sources; null where the columns say all. */
  readonly others: (AgentFact | SourceFact | null)[] = []
  readonly texts: readonly string[]
  length = 0

  constructor(capacity: number, texts: readonly string[]) {
    this.cells = new Int32Array(capacity * CELLS)
    this.at = new Float64Array(capacity)
    this.texts = texts
  }

  /** A fact of a contact; `meta` without kind and source. */
  contact(at: number, kind: number, source: number, queue: number, contactId: string, legId: string | null, rootId: string | null, token: string | null, meta: number, agent: number, v1: number, v2: number, wait: number): void {
    const index = this.length++
    const cells = this.cells
    const o = index * CELLS
    cells[o] = kind
    cells[o + 1] = source
    cells[o + 2] = queue
    cells[o + 3] = hashOf(contactId)
    cells[o + 4] = legId === null ? meta : meta | (1 << META.explicit)
    cells[o + 5] = agent
    cells[o + 6] = v1
    cells[o + 7] = v2
    cells[o + 8] = wait
    this.at[index] = at
    this.contacts.push(contactId)
    this.tokens.push(token)
    this.names.push(legId === null && rootId === null ? null : { legId, rootId })
    this.others.push(null)
  }

  /** A fact of an agent or a source; `fact` is null for a plain report of a state. */
  other(at: number, kind: number, source: number, agent: number, state: number, fact: AgentFact | SourceFact | null): void {
    const index = this.length++
    const o = index * CELLS
    this.cells[o] = kind
    this.cells[o + 1] = source
    this.cells[o + 5] = agent
    this.cells[o + 6] = state
    this.at[index] = at
    this.contacts.push('')
    this.tokens.push(null)
    this.names.push(null)
    this.others.push(fact)
  }
}

export const whole = (value: number | null | undefined): number => (value === null || value === undefined ? NONE : value > 0 ? Math.min(2_147_483_647, Math.round(value)) : 0)
export const yesNo = (value: boolean | null | undefined): number => (value === null || value === undefined ? 0 : value ? 2 << META.resolved : 1 << META.resolved)
/** Scores keep two decimals. */
export const hundredths = (value: number | null): number => (value === null ? NONE : Math.round(value * 100))
export const secondsBetween = (from: number | null, to: number): number => (from === null ? NONE : Math.max(0, Math.min(2_147_483_647, Math.floor((to - from) / 1000))))
export const reasonBits = (value: string | null): number => (value === null ? 0 : (reasonCode.get(value) ?? 0) << META.reason)

const otherKinds: Readonly<Record<Exclude<Fact['type'], ContactFact['type']>, number>> = { 'agent.state': OTHER.agentState, 'agent.queue_joined': OTHER.queueJoined, 'agent.queue_left': OTHER.queueLeft, 'source.reset': OTHER.reset, 'source.snapshot': OTHER.snapshot }

/** Columns of facts that did not come from the log's codec. */
export const batchOf = (facts: readonly Fact[]): FactBatch => {
  const places = new Map<string, number>()
  const texts: string[] = []
  const place = (text: string | null): number => {
    if (text === null) return 0
    const known = places.get(text)
    if (known !== undefined) return known
    texts.push(text)
    places.set(text, texts.length)
    return texts.length
  }
  const batch = new FactBatch(facts.length, texts)
  for (const fact of facts) {
    const source = place(fact.source)
    // A message belongs to the visit that was newest then, whatever queue it names: bots write before there is one.
    if ('contactId' in fact) putContact(batch, fact, source, fact.type === 'contact.message' ? 0 : place(fact.queueId))
    else if (fact.type === 'agent.state') batch.other(fact.occurredAt, OTHER.agentState, source, fact.agent, REPORTED_STATES.indexOf(fact.state), fact.reason === null && fact.since === null && fact.queues === null && fact.team === null && fact.plannedEndAt === null ? null : fact)
    else batch.other(fact.occurredAt, otherKinds[fact.type], source, 'agent' in fact ? fact.agent : NONE, NONE, fact)
  }
  return batch
}

const putContact = (batch: FactBatch, fact: ContactFact, source: number, queue: number): void => {
  const numbers = numbersOf(fact)
  const direction = fact.direction === null ? 0 : (fact.direction === 'in' ? 1 : 2) << META.direction
  const channel = fact.channel === null ? 0 : (CHANNELS.indexOf(fact.channel) + 1) << META.channel
  const token = fact.type === 'contact.queued' || fact.type === 'contact.created' ? fact.subject : fact.type === 'survey.received' ? fact.comment : fact.type === 'contact.transferred' ? transferTextOf(fact) : null
  batch.contact(fact.occurredAt, kindOf.get(fact.type) ?? NONE, source, queue, fact.contactId, fact.legId, fact.rootContactId, token, numbers.meta | direction | channel, numbers.agent, numbers.v1, numbers.v2, numbers.wait)
}

interface Numbers {
  readonly meta: number
  readonly agent: number
  readonly v1: number
  readonly v2: number
  readonly wait: number
}

const numbers = (agent: number | null, v1: number = NONE, v2: number = NONE, wait: number = NONE, meta = 0): Numbers => ({ meta, agent: agent ?? NONE, v1, v2, wait })

const numbersOf = (fact: ContactFact): Numbers => {
  switch (fact.type) {
    case 'contact.created':
    case 'contact.queued':
      return numbers(null, secondsBetween(fact.previousEndAt, fact.occurredAt), NONE, NONE, fact.subject === null ? 0 : 1 << META.subject)
    case 'contact.reopened':
      return numbers(null, secondsBetween(fact.previousEndAt, fact.occurredAt))
    case 'contact.refused':
    case 'contact.failed':
      return numbers(null, NONE, NONE, NONE, reasonBits(fact.reason))
    case 'contact.offered':
    case 'contact.callback_attempted':
      return numbers(fact.agent, whole(fact.attempt))
    case 'contact.offer_missed':
      return numbers(fact.agent, whole(fact.ringMs), NONE, NONE, reasonBits(fact.reason))
    case 'contact.answered':
      return numbers(fact.agent, NONE, whole(fact.ringMs), whole(fact.waitMs))
    case 'contact.held':
    case 'contact.resumed':
    case 'contact.callback_connected':
      return numbers(fact.agent)
    case 'contact.transferred':
      return numbers(fact.agent, whole(fact.talkMs), whole(fact.holdMs), whole(fact.waitMs), 1 << META.transfer)
    case 'contact.ended':
      return numbers(fact.agent, whole(fact.talkMs), whole(fact.holdMs), whole(fact.waitMs), yesNo(fact.resolved) | (fact.by === 'system' ? 1 << META.bySystem : fact.by === 'agent' ? 1 << META.byAgent : fact.by === 'customer' ? 1 << META.byCustomer : 0))
    case 'contact.wrapped':
      return numbers(fact.agent, whole(fact.acwMs), NONE, NONE, yesNo(fact.resolved))
    case 'contact.abandoned':
      return numbers(null, NONE, NONE, whole(fact.waitMs), fact.uncertain ? 1 << META.uncertain : 0)
    case 'contact.left_queue':
      return numbers(null, NONE, NONE, whole(fact.waitMs), reasonBits(fact.reason))
    case 'contact.callback_requested':
      return numbers(null, fact.dueAt === null ? NONE : secondsBetween(fact.occurredAt, fact.dueAt), fact.promisedUntil === null ? NONE : secondsBetween(fact.occurredAt, fact.promisedUntil))
    case 'contact.callback_failed':
      return numbers(null, whole(fact.attempt), NONE, NONE, fact.final ? 1 << META.uncertain : 0)
    case 'survey.sent':
      return numbers(null)
    case 'contact.message':
      return numbers(fact.agent, WRITERS.indexOf(fact.from))
    case 'survey.received':
      return numbers(null, hundredths(fact.score), hundredths(fact.scaleMin), hundredths(fact.scaleMax), yesNo(fact.resolved))
  }
}
