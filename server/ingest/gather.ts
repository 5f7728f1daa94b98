import type { CanonicalEvent } from '../contract/events.ts'
import type { AgentNaming } from '../redis/sealed-agents.ts'
import type { Customer } from '../redis/sealed-subjects.ts'

/** What of an event is personal and must be exchanged for tokens before a fact can be made. */

/** The surest key first: the platform's own reference, then the telephone number, then the address. */
export const customerOf = (event: CanonicalEvent): Customer | null => {
  if (event.type !== 'contact.created' && event.type !== 'contact.queued') return null
  const { ref, phone, email } = event.customer ?? {}
  if (ref) return { ref }
  if (phone) return { phone }
  return email ? { email } : null
}

const naming = (id: string, name: string | null | undefined, team: string | null | undefined = null): AgentNaming => ({ id, name: name || null, team: team || null })
const nobody: readonly AgentNaming[] = []

/** Every agent an event names; the first is the one it is about. */
export const agentsOf = (event: CanonicalEvent): readonly AgentNaming[] => {
  switch (event.type) {
    case 'agent.state':
      return [naming(event.agentId, event.agentName, event.team)]
    case 'agent.queue_joined':
    case 'agent.queue_left':
      return [naming(event.agentId, event.agentName)]
    case 'source.snapshot':
      return event.agents.map((agent) => naming(agent.agentId, agent.agentName))
    case 'contact.transferred':
      return [...(event.agentId ? [naming(event.agentId, event.agentName)] : []), ...(event.toAgentId ? [naming(event.toAgentId, null)] : [])]
    case 'contact.offered':
    case 'contact.offer_missed':
    case 'contact.answered':
    case 'contact.held':
    case 'contact.resumed':
    case 'contact.ended':
    case 'contact.wrapped':
    case 'contact.callback_attempted':
    case 'contact.callback_connected':
      return event.agentId ? [naming(event.agentId, event.agentName)] : nobody
    default:
      return nobody
  }
}

/** Every queue an event names; unknown ones appear with defaults, so they are counted at the door. */
export const queuesOf = (event: CanonicalEvent): readonly string[] => {
  switch (event.type) {
    case 'source.reset':
      return []
    case 'source.snapshot':
      return [...event.queues, ...event.waiting.map((waiting) => waiting.queueId), ...event.agents.flatMap((agent) => agent.queues ?? [])]
    case 'agent.state':
      return event.queues ?? []
    case 'contact.transferred':
      return [...(event.queueId ? [event.queueId] : []), ...(event.toQueueId ? [event.toQueueId] : [])]
    default:
      return event.queueId ? [event.queueId] : []
  }
}

export const commentOf = (event: CanonicalEvent): string | null => (event.type === 'survey.received' && event.comment ? event.comment : null)
