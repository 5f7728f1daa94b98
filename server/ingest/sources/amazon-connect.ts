import { createHash } from 'node:crypto'
import type { CanonicalEvent } from '../../contract/events.ts'
import { readJson } from '../../contract/json.ts'
import { agentEvent } from './connect-agents.ts'
import { contactEvent, contactRecord, type ConnectDraft } from './connect-contacts.ts'
import { fieldsOf, instantOf, textIn } from './connect-fields.ts'
import type { ActivityState } from './twilio.ts'

/**
 * Amazon Connect's three streams as canonical events: contact events, the agent event stream, contact records. All come at least
 * once and in any order, so each message is read by itself and its facts meet in the fold: a visit is a contact since it was enqueued.
 */

export interface ConnectOptions {
  readonly source: string
  /** What the operator's own agent statuses mean. */
  readonly activities: Readonly<Record<string, ActivityState>>
}

export type ConnectResult = { readonly kind: 'events'; readonly events: readonly CanonicalEvent[] } | { readonly kind: 'ignored' } | { readonly kind: 'rejected'; readonly detail: string }

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16)
const cleanId = (text: string): string => text.replace(/[^\w.-]/g, '_').slice(0, 100)

/** A record of Kinesis as EventBridge Pipes hands it on: the message lies inside, in base64. */
const unwrapped = (message: unknown): unknown => {
  const of = fieldsOf(message)
  const data = of('data') ?? of('kinesis', 'data')
  if (typeof data !== 'string' || (of('partitionKey') ?? of('kinesis', 'partitionKey')) === undefined) return message
  const read = readJson(Buffer.from(data, 'base64').toString('utf8'))
  return read.ok ? read.value : null
}

export const readConnect = (sent: unknown, { source, activities }: ConnectOptions): ConnectResult => {
  const message = unwrapped(sent)
  const of = fieldsOf(message)
  const eventsOf = (drafts: readonly ConnectDraft[] | null, key: (draft: ConnectDraft, index: number) => string, missing: string): ConnectResult => {
    if (drafts === null) return { kind: 'rejected', detail: missing }
    return drafts.length === 0 ? { kind: 'ignored' } : { kind: 'events', events: drafts.map((draft, index) => {
      const { at, ...event } = draft
      return { ...event, id: `ac-${key(draft, index)}`, occurredAt: new Date(at).toISOString(), source }
    }) }
  }
  if (of('CurrentAgentSnapshot') !== undefined || of('AgentARN') !== undefined) {
    return eventsOf(agentEvent(of, activities), (_draft, index) => `${cleanId(textIn(of('EventId')) ?? hashOf(message))}-${index}`, 'an agent event needs AgentARN, EventType and EventTimestamp')
  }
  if (of('AWSContactTraceRecordFormatVersion') !== undefined) {
    // Said again with other attributes it is the same; with other figures it says something new.
    return eventsOf(contactRecord(of), (draft) => `${cleanId(draft.type)}-${hashOf(draft)}`, 'a contact record needs ContactId')
  }
  const enveloped = of('detail-type') !== undefined
  if (enveloped && of('detail-type') !== 'Amazon Connect Contact Event') return { kind: 'ignored' }
  const detail = enveloped ? fieldsOf(of('detail')) : of
  const id = enveloped ? textIn(of('id')) : undefined
  return eventsOf(contactEvent(detail, instantOf(of('time')) ?? instantOf(detail('eventTimestamp'))), (draft, index) => `${id === undefined ? hashOf(draft) : cleanId(id)}-${index}`, 'not a contact event, an agent event or a contact record of Amazon Connect: contactId, eventType or a time is missing')
}
