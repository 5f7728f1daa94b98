import type { ConnectDraft } from './connect-contacts.ts'
import { channelOf, directionOf, type Fields, fieldsOf, idIn, instantOf, listIn, textIn, visitOf } from './connect-fields.ts'
import type { ActivityState } from './twilio.ts'

/** The agent event stream (Kinesis): what changed between two snapshots of an agent. */

interface Held {
  readonly contactId: string
  readonly state: string
  readonly since: number | null
  readonly enqueuedAt: number | null
  readonly connectedAt: number | null
  readonly queueId: string | undefined
  readonly channel: ReturnType<typeof channelOf>
  readonly direction: 'in' | 'out'
}

export interface AgentSnapshot {
  readonly status: string
  readonly type: string
  readonly since: number | null
  /** Chosen for after the contact that runs. */
  readonly next: string | null
  /** Contacts that the agent may have at once, by channel. */
  readonly slots: Readonly<Record<string, number>>
  readonly queues: readonly string[]
  readonly name: string | undefined
  readonly contacts: readonly Held[]
}

export const snapshotOf = (value: unknown): AgentSnapshot | null => {
  const of = fieldsOf(value)
  const status = textIn(of('AgentStatus', 'Name'))
  if (status === undefined) return null
  return {
    status,
    type: textIn(of('AgentStatus', 'Type'))?.toUpperCase() ?? '',
    since: instantOf(of('AgentStatus', 'StartTimestamp')),
    next: textIn(of('NextAgentStatus', 'Name')) ?? null,
    slots: Object.fromEntries(listIn(of('Configuration', 'RoutingProfile', 'Concurrency')).map(fieldsOf).flatMap((each) => (typeof each('MaximumSlots') === 'number' ? [[String(each('Channel')), Number(each('MaximumSlots'))]] : []))),
    // A personal queue has no name: nobody watches it.
    queues: listIn(of('Configuration', 'RoutingProfile', 'InboundQueues')).map(fieldsOf).flatMap((each) => (textIn(each('Name')) === undefined ? [] : [idIn(each('ARN')) ?? ''])).filter((id) => id !== ''),
    name: textIn(of('Configuration', 'Username')),
    contacts: listIn(of('Contacts')).map(fieldsOf).flatMap((each): Held[] => {
      const contactId = textIn(each('ContactId'))
      return contactId === undefined ? [] : [{ contactId, state: textIn(each('State'))?.toUpperCase() ?? '', since: instantOf(each('StateStartTimestamp')), enqueuedAt: instantOf(each('QueueTimestamp')), connectedAt: instantOf(each('ConnectedToAgentTimestamp')), queueId: idIn(each('Queue', 'ARN')), channel: channelOf(each('Channel')), direction: directionOf(each('InitiationMethod')) }]
    }),
  }
}

type State = { readonly state: ActivityState; readonly reason?: string; readonly since: number | null }

/** A contact outweighs the status; of several the one that needs the agent most. */
const stateOf = ({ status, type, since, contacts }: AgentSnapshot, activities: Readonly<Record<string, ActivityState>>): State => {
  const first = (...states: readonly string[]) => contacts.find(({ state }) => states.includes(state))
  const talking = first('CONNECTED') ?? first('CONNECTED_ONHOLD')
  if (talking !== undefined) return { state: talking.state === 'CONNECTED' ? 'busy' : 'held', since: talking.since }
  const wrapping = first('ENDED')
  if (wrapping !== undefined) return { state: 'wrapup', since: wrapping.since }
  const ringing = first('INCOMING', 'PENDING', 'CONNECTING')
  if (ringing !== undefined) return { state: 'ringing', since: ringing.since }
  const told = Object.hasOwn(activities, status) ? activities[status] : undefined
  const state = told ?? (type === 'OFFLINE' || /^offline$/i.test(status) ? 'offline' : type === 'ROUTABLE' || /^available$/i.test(status) ? 'available' : 'paused')
  return state === 'paused' || state === 'aux' ? { state, reason: status, since } : { state, since }
}

const missed: Readonly<Record<string, 'no_answer' | 'rejected' | 'failed'>> = { MISSED: 'no_answer', REJECTED: 'rejected', ERROR: 'failed' }
const ringing = ['INCOMING', 'PENDING', 'CONNECTING']

/** What happened to one contact between two snapshots. */
const stepOf = (was: Held | undefined, is: Held | undefined, by: { readonly agentId: string; readonly agentName?: string }, now: number): readonly ConnectDraft[] => {
  const contact = is ?? was
  if (contact === undefined || (was?.state === is?.state && was?.since === is?.since)) return []
  const visit = { contactId: contact.contactId, legId: visitOf(contact.contactId, contact.enqueuedAt), queueId: contact.queueId, channel: contact.channel, direction: contact.direction, ...by }
  if (is === undefined) return was?.state === 'ENDED' ? [{ ...visit, at: now, type: 'contact.wrapped', ...(was.since === null ? {} : { acwMs: Math.max(0, now - was.since) }) }] : []
  const at = is.since ?? now
  const reason = missed[is.state]
  if (reason !== undefined) return [{ ...visit, at, type: 'contact.offer_missed', reason, ...(was?.since == null ? {} : { ringMs: Math.max(0, at - was.since) }) }]
  if (ringing.includes(is.state)) return was !== undefined && ringing.includes(was.state) ? [] : [{ ...visit, at, type: 'contact.offered' }]
  switch (is.state) {
    case 'CONNECTED':
      if (was?.state === 'CONNECTED_ONHOLD' || was?.state === 'PAUSED') return [{ ...visit, at, type: 'contact.resumed' }]
      return was?.state === 'CONNECTED' ? [] : [{ ...visit, at: is.connectedAt ?? at, type: 'contact.answered', ...(is.enqueuedAt === null ? {} : { waitMs: Math.max(0, (is.connectedAt ?? at) - is.enqueuedAt) }) }]
    case 'CONNECTED_ONHOLD':
    case 'PAUSED':
      return [{ ...visit, at, type: 'contact.held' }]
    case 'ENDED':
      return [{ ...visit, at, type: 'contact.ended' }]
    default:
      return []
  }
}

/** null: not an event of the stream. */
export const agentEvent = (of: Fields, activities: Readonly<Record<string, ActivityState>>): readonly ConnectDraft[] | null => {
  const agentId = idIn(of('AgentARN'))
  const now = instantOf(of('EventTimestamp'))
  const type = textIn(of('EventType'))?.toUpperCase()
  if (agentId === undefined || now === null || type === undefined) return null
  const [is, was] = [snapshotOf(of('CurrentAgentSnapshot')), snapshotOf(of('PreviousAgentSnapshot'))]
  const agentName = is?.name ?? was?.name
  const by = { agentId, ...(agentName === undefined ? {} : { agentName }) }
  // Heartbeats go on for an hour after the logout: they say nothing of somebody who is gone.
  if (is === null) return type === 'LOGOUT' ? [{ ...by, at: now, type: 'agent.state', state: 'offline' }] : []
  const { since, ...state } = type === 'LOGOUT' ? { state: 'offline' as const, since: null } : stateOf(is, activities)
  const ids = [...new Set([...(was?.contacts ?? []), ...is.contacts].map(({ contactId }) => contactId))]
  const steps = ids.flatMap((id) => stepOf(was?.contacts.find(({ contactId }) => contactId === id), is.contacts.find(({ contactId }) => contactId === id), by, now))
  return [...steps, { ...by, at: now, type: 'agent.state', ...state, ...(since === null ? {} : { since: new Date(Math.min(since, now)).toISOString() }), queues: [...is.queues] }]
}
