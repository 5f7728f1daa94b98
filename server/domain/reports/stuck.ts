import type { AgentFigures } from '../agent-figures.ts'
import type { ContactFigures } from '../contact-figures.ts'
import type { AgentNumber } from '../platform-events.ts'
import type { QueueSettings } from '../settings.ts'
import { HOUR, MINUTE, type Instant } from '../time.ts'

/** States that cannot be true for long: each with what speaks against it and what puts it right. */
export type StuckKind = 'agent-unreachable' | 'wrap-up-forgotten' | 'ringing-nobody' | 'on-contact-without-contact' | 'contact-without-agent' | 'contact-never-ends'

export interface Stuck {
  readonly kind: StuckKind
  readonly since: Instant
  readonly agent: AgentNumber | null
  readonly queue: string | null
  readonly contactId: string | null
  readonly evidence: string
  readonly repair: string
}

export interface StuckQuestion {
  readonly asOf: Instant
  readonly agents: readonly AgentFigures[]
  /** Visits that have not ended, whatever their age. */
  readonly open: readonly ContactFigures[]
  readonly settingsOf: (queue: string) => Pick<QueueSettings, 'acwCapMs'>
}

/** Sources tell of one change by two messages: shorter contradictions are only on their way. */
const SETTLING_MS = 2 * MINUTE
/** No conversation and no wait lasts longer than half a shift. */
const LONGEST_MS = 4 * HOUR

const minutes = (ms: number): string => `${Math.floor(ms / MINUTE)} min`

const ofAgent = (agent: AgentFigures, { asOf, settingsOf }: StuckQuestion): Stuck | null => {
  const age = asOf - agent.since
  const found = (kind: StuckKind, evidence: string, repair: string): Stuck => ({ kind, since: agent.since, agent: agent.agent, queue: agent.queues[0] ?? null, contactId: null, evidence, repair })
  if (agent.state === 'unreachable') return found('agent-unreachable', `available, but unreachable for ${minutes(age)}: the heartbeat that the source promises stopped before`, 'Ask the agent, or sign them out in the platform; until then they count as nobody.')
  const cap = Math.min(...agent.queues.map((queue) => settingsOf(queue).acwCapMs), Infinity)
  if (agent.state === 'acw' && age > cap) return found('wrap-up-forgotten', `in wrap-up for ${minutes(age)}, the cap is ${minutes(cap)}`, 'End the wrap-up in the platform; the handle time counts up to the cap only.')
  if (age <= SETTLING_MS || agent.contacts.length > 0) return null
  if (agent.state === 'ringing') return found('ringing-nobody', `ringing for ${minutes(age)}, but no contact is offered to them`, 'Read the agent’s state from the platform again; routing may be holding a reservation.')
  if (agent.state === 'on-contact') return found('on-contact-without-contact', `on a contact for ${minutes(age)}, but no contact names them`, 'Two sources disagree, or the call is not a queue’s: compare the platform’s list of calls.')
  return null
}

const ofContact = (contact: ContactFigures, agents: ReadonlyMap<AgentNumber, AgentFigures>, { asOf }: StuckQuestion): Stuck | null => {
  const { contactId, queue, agent: number, answeredAt, queuedAt } = contact
  const since = answeredAt ?? queuedAt
  const age = asOf - since
  const found = (kind: StuckKind, evidence: string, repair: string): Stuck => ({ kind, since, agent: number, queue, contactId, evidence, repair })
  const agent = number === null ? undefined : agents.get(number)
  // Wrap-up is the agent's affair; elsewhere they have moved on.
  const away = agent !== undefined && ['available', 'offline', 'aux', 'unreachable'].includes(agent.state)
  if (answeredAt !== null && away && asOf - agent.since > SETTLING_MS && agent.since > answeredAt) return found('contact-without-agent', `in conversation for ${minutes(age)}, but its agent has been ${agent.state} for ${minutes(asOf - agent.since)}`, 'The end of the contact was lost: replay it from the second source, or end it in the platform.')
  if (age > LONGEST_MS) return found('contact-never-ends', `${answeredAt === null ? 'waiting' : 'in conversation'} for ${minutes(age)}`, 'Look whether it still exists in the platform; a snapshot of the source closes what it does not know.')
  return null
}

/** Everything that is stuck, oldest first. */
export const stuckOf = (question: StuckQuestion): readonly Stuck[] => {
  const agents = new Map(question.agents.map((agent) => [agent.agent, agent]))
  return [...question.agents.map((agent) => ofAgent(agent, question)), ...question.open.map((contact) => ofContact(contact, agents, question))].filter((found) => found !== null).sort((a, b) => a.since - b.since)
}
