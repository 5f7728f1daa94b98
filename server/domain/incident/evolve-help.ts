import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'

export const helpChanged = (record: IncidentRecord, event: Extract<IncidentEvent, { type: 'help-asked' | 'help-accepted' | 'help-given' | 'help-unanswered' }>): IncidentRecord => {
  const { help } = record
  if (event.type === 'help-asked') return { ...record, help: { id: event.help, text: event.text, by: event.askedBy ?? event.by.id, at: event.askedAt ?? event.at, dueAt: event.dueAt, answeredBy: event.answeredBy ?? null, escalated: event.escalated ?? false, people: event.people } }
  if (help === null || event.type === 'help-given') return { ...record, help: null }
  return { ...record, help: event.type === 'help-accepted' ? { ...help, answeredBy: event.by.id } : { ...help, escalated: true } }
}
