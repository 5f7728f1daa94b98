import type { CanonicalEvent } from '../../contract/events.ts'
import { channelOf, directionOf, type Fields, idIn, instantOf, leftBy, secondsIn, textIn, visitOf } from './connect-fields.ts'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** An event before its id and source; `at` is when it happened. */
export type ConnectDraft = DistributiveOmit<CanonicalEvent, 'id' | 'occurredAt' | 'source'> & { readonly at: number }

const since = (from: number | null, to: number): number | undefined => (from === null ? undefined : Math.max(0, to - from))

/** A customer whom no agent reached: what the platform says of why. */
const left = (visit: object & { readonly contactId: string }, reason: string, at: number, waitMs: number | undefined): ConnectDraft => {
  const how = leftBy(reason)
  if (how === 'abandoned') return { ...visit, at, type: 'contact.abandoned', waitMs }
  return how === 'trunk' || how === 'forced' ? { ...visit, at, type: 'contact.failed', reason: how } : { ...visit, at, type: 'contact.left_queue', reason: how, waitMs }
}

/** A contact event (EventBridge). Unordered and best effort: each is read by itself. Published samples answer after the end: durations are never below zero. */
export const contactEvent = (of: Fields, saidAt: number | null): readonly ConnectDraft[] | null => {
  const contactId = textIn(of('contactId'))
  const type = textIn(of('eventType'))?.toUpperCase()
  if (contactId === undefined || type === undefined) return null
  const enqueuedAt = instantOf(of('queueInfo', 'enqueueTimestamp'))
  const connectedAt = instantOf(of('agentInfo', 'connectedToAgentTimestamp'))
  const agentId = idIn(of('agentInfo', 'agentArn'))
  const root = textIn(of('initialContactId'))
  const visit = { contactId, legId: visitOf(contactId, enqueuedAt), ...(root === undefined ? {} : { rootContactId: root }), queueId: idIn(of('queueInfo', 'queueArn')), channel: channelOf(of('channel')), direction: directionOf(of('initiationMethod')) }
  const by = agentId === undefined ? {} : { agentId }
  const disconnectedAt = instantOf(of('disconnectTimestamp'))
  switch (type) {
    case 'INITIATED': {
      const at = instantOf(of('initiationTimestamp')) ?? saidAt
      return at === null ? null : [{ ...visit, legId: undefined, queueId: undefined, at, type: 'contact.created' }]
    }
    case 'QUEUED': {
      const at = enqueuedAt ?? saidAt
      return at === null || visit.queueId === undefined ? null : [{ ...visit, queueId: visit.queueId, at, type: 'contact.queued' }]
    }
    case 'CONNECTED_TO_AGENT': {
      const at = connectedAt ?? saidAt
      return at === null ? null : [{ ...visit, ...by, at, type: 'contact.answered', waitMs: since(enqueuedAt, at) }]
    }
    case 'PAUSED':
    case 'RESUMED':
      return saidAt === null ? null : [{ ...visit, ...by, at: saidAt, type: type === 'PAUSED' ? 'contact.held' : 'contact.resumed' }]
    case 'DISCONNECTED': {
      const at = disconnectedAt ?? saidAt
      if (at === null) return null
      const reason = textIn(of('disconnectReason')) ?? ''
      if (agentId === undefined && connectedAt === null) return visit.queueId === undefined ? [] : [left(visit, reason, at, since(enqueuedAt, at))]
      const holdMs = secondsIn(of('agentInfo', 'agentInitiatedHoldDuration'))
      const spent = since(connectedAt, at)
      const who = /AGENT/i.test(reason) ? ('agent' as const) : /CUSTOMER/i.test(reason) ? ('customer' as const) : null
      return [{ ...visit, ...by, at, type: 'contact.ended', ...(who === null ? {} : { by: who }), ...(spent === undefined ? {} : { talkMs: Math.max(0, spent - (holdMs ?? 0)) }), ...(holdMs === null ? {} : { holdMs }) }]
    }
    case 'COMPLETED': {
      const [beganAt, endedAt] = [instantOf(of('agentInfo', 'afterContactWorkStartTimestamp')), instantOf(of('agentInfo', 'afterContactWorkEndTimestamp'))]
      if (agentId === undefined) return []
      const at = endedAt ?? beganAt ?? saidAt
      if (at === null) return null
      const acwMs = secondsIn(of('agentInfo', 'afterContactWorkDuration')) ?? since(beganAt, at)
      // The agent's part ends where the work after it begins, though the customer may talk on to somebody else.
      const ended: readonly ConnectDraft[] = beganAt === null ? [] : [{ ...visit, ...by, at: beganAt, type: 'contact.ended' }]
      return [...ended, { ...visit, ...by, at, type: 'contact.wrapped', acwMs }]
    }
    default:
      return []
  }
}

/** A contact record (Kinesis): the whole contact with the vendor's own durations, said again whenever it is edited. */
export const contactRecord = (of: Fields): readonly ConnectDraft[] | null => {
  const contactId = textIn(of('ContactId'))
  if (contactId === undefined) return null
  const enqueuedAt = instantOf(of('Queue', 'EnqueueTimestamp'))
  const queueId = idIn(of('Queue', 'ARN'))
  const root = textIn(of('InitialContactId'))
  const visit = { contactId, legId: visitOf(contactId, enqueuedAt), ...(root === undefined ? {} : { rootContactId: root }), queueId, channel: channelOf(of('Channel')), direction: directionOf(of('InitiationMethod')) }
  const phone = textIn(of('CustomerEndpoint', 'Type')) === 'TELEPHONE_NUMBER' ? textIn(of('CustomerEndpoint', 'Address'))?.slice(0, 40) : undefined
  const waitMs = secondsIn(of('Queue', 'Duration'))
  const queued: readonly ConnectDraft[] = enqueuedAt === null || queueId === undefined ? [] : [{ ...visit, queueId, at: enqueuedAt, type: 'contact.queued', ...(phone === undefined ? {} : { customer: { phone } }) }]
  const connectedAt = instantOf(of('Agent', 'ConnectedToAgentTimestamp'))
  const goneAt = instantOf(of('DisconnectTimestamp'))
  if (connectedAt === null) {
    const at = instantOf(of('Queue', 'DequeueTimestamp')) ?? goneAt
    if (queued.length === 0 || at === null) return queued
    const next = textIn(of('NextContactId')) === undefined ? (textIn(of('DisconnectReason')) ?? '') : 'TRANSFER'
    return [...queued, left(visit, next, at, waitMs ?? since(enqueuedAt, at))]
  }
  const agentName = textIn(of('Agent', 'Username'))
  const agentId = idIn(of('Agent', 'ARN'))
  const by = { ...(agentId === undefined ? {} : { agentId }), ...(agentName === undefined ? {} : { agentName }) }
  const answered: ConnectDraft = { ...visit, ...by, at: connectedAt, type: 'contact.answered', waitMs: waitMs ?? since(enqueuedAt, connectedAt) }
  const [talkMs, holdMs, acwMs] = [secondsIn(of('Agent', 'AgentInteractionDuration')), secondsIn(of('Agent', 'CustomerHoldDuration')), secondsIn(of('Agent', 'AfterContactWorkDuration'))]
  const workedFrom = instantOf(of('Agent', 'AfterContactWorkStartTimestamp'))
  const endedAt = workedFrom ?? (talkMs === null ? goneAt : connectedAt + talkMs + (holdMs ?? 0))
  if (endedAt === null) return [...queued, answered]
  const spoken = { ...(talkMs === null ? {} : { talkMs }), ...(holdMs === null ? {} : { holdMs }) }
  const outside = instantOf(of('TransferCompletedTimestamp')) !== null && textIn(of('TransferredToEndpoint', 'Address')) !== undefined
  const moved = outside || textIn(of('NextContactId')) !== undefined
  const end: ConnectDraft = moved ? { ...visit, ...by, ...spoken, at: endedAt, type: 'contact.transferred', toExternal: outside } : { ...visit, ...by, ...spoken, at: endedAt, type: 'contact.ended' }
  const wrappedAt = instantOf(of('Agent', 'AfterContactWorkEndTimestamp')) ?? (acwMs === null ? null : endedAt + acwMs)
  return [...queued, answered, end, ...(wrappedAt === null ? [] : [{ ...visit, ...by, at: wrappedAt, type: 'contact.wrapped' as const, acwMs: acwMs ?? since(endedAt, wrappedAt) }])]
}
