import type { TimelineRow } from '../contract/rows.ts'
import type { PersonId } from '../domain/incident/incident.ts'
import type { TextId } from '../domain/platform-events.ts'
import { instantOf, isoOf, type Instant } from '../domain/time.ts'
import type { AuditedEvent } from '../redis/audit-links.ts'
import type { NamesById, TextsById } from './incident-row.ts'

interface NumberedEvent {
  readonly seq: number
  readonly event: AuditedEvent
}

/** The free text that an event carries: a note, what was done, the reason. */
const textIdOf = (event: AuditedEvent): TextId | null => {
  if ('text' in event) return event.text
  return 'reason' in event ? event.reason : null
}

export const textIdsOfEvents = (events: readonly NumberedEvent[]): readonly TextId[] => events.flatMap(({ event }) => textIdOf(event) ?? [])

const peopleIn = (event: AuditedEvent): readonly PersonId[] => {
  if ('targets' in event && event.targets !== undefined) return event.targets.flatMap(({ people }) => people)
  // The key of a message says whether its receiver is a person.
  if ('delivery' in event && event.delivery.includes('/person:')) return [event.target]
  if (event.type === 'consulted') return [event.person]
  if (event.type === 'help-given') return event.helper === undefined ? [] : [event.helper.person]
  return 'people' in event ? (event.people ?? []) : []
}
const writerIn = (event: AuditedEvent): PersonId | null => {
  if (event.type === 'help-asked') return event.askedBy ?? null
  if (event.type === 'update-rejected' || event.type === 'update-drafted') return event.writtenBy ?? null
  return event.type === 'stakeholders-updated' ? (event.approval?.writtenBy ?? null) : null
}
export const personIdsOfEvents = (events: readonly NumberedEvent[]): readonly PersonId[] => events.flatMap(({ event }) => [event.by.id, ...peopleIn(event), ...(writerIn(event) === null ? [] : [writerIn(event) ?? ''])])

const otherInstants = new Set(['eta', 'revertBy', 'until'])
/** Instants end in `At` (and are numbers only there), but for a few; on the wire they are ISO text. */
const wire = (key: string, value: unknown): unknown => ((key.endsWith('At') || otherInstants.has(key)) && typeof value === 'number' ? isoOf(instantOf(value)) : value)

const maybeIso = (at: Instant | null): string | null => (at === null ? null : isoOf(at))

const hidden = new Set(['type', 'at', 'by', 'text', 'reason', 'record', 'texts', 'before', 'ticket', 'deployments', 'owedTo'])

const dataOf = (event: AuditedEvent, people: NamesById): Readonly<Record<string, unknown>> => {
  if (event.type === 'opened' || event.type === 'drafted') {
    const { type, category, channel, impact, urgency, priority, policy, reportedAt, formerRefs } = event.record
    return { recordType: type, category, channel, impact, urgency, priority, policy: policy.id, policyVersion: policy.version, reportedAt: isoOf(reportedAt), ...((formerRefs ?? []).length === 0 ? {} : { formerRefs }) }
  }
  const before: Readonly<Record<string, unknown>> = event.type === 'amended' ? { before: event.before.fields } : 'before' in event ? { before: event.before } : {}
  const shown = Object.fromEntries(Object.entries(event).flatMap(([key, value]) => (hidden.has(key) ? [] : [[key, wire(key, value)]])))
  if (event.type === 'clocks-recomputed') return { ...shown, moved: event.moved.map((one) => ({ ...one, before: maybeIso(one.before), after: maybeIso(one.after) })) }
  const told = peopleIn(event)
  const writer = writerIn(event)
  return { ...shown, ...before, ...(writer === null ? {} : { writtenBy: { id: writer, name: people.get(writer) ?? null } }), ...(told.length === 0 ? {} : { told: told.map((id) => ({ id, name: people.get(id) ?? null })) }) }
}

export const toTimelineRow = ({ seq, event }: NumberedEvent, texts: TextsById, people: NamesById): TimelineRow => {
  const textId = textIdOf(event)
  return {
    seq,
    at: isoOf(event.at),
    type: event.type,
    actor: event.by.id === 'system' ? null : { id: event.by.id, name: people.get(event.by.id) ?? null, role: event.by.role },
    text: textId === null ? null : (texts.get(textId) ?? null),
    data: dataOf(event, people),
  }
}
