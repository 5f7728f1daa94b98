import { withCounsel, type Counsel } from './counsel.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'

const counselIn = (event: IncidentEvent): Counsel | null => {
  const by = event.by.id
  if (event.type === 'consulted') return { person: event.person, by, at: event.consultedAt, way: 'consulted', text: event.text, as: event.as }
  if (event.type === 'help-given') return event.helper === undefined ? null : { person: event.helper.person, by, at: event.at, way: 'helped', text: event.text, as: event.helper.as }
  const answers = (event.type === 'acknowledged' || event.type === 'helper-joined') && event.answersLevel !== undefined
  return answers ? { person: by, by, at: event.at, way: 'answered', text: null, as: [] } : null
}

/** Who had a say by now. Whoever took an acknowledgement back answered nothing, and what is reopened is asked about again. */
export const counselAfter = (record: IncidentRecord, event: IncidentEvent): IncidentRecord['counsel'] => {
  if (event.type === 'reopened') return []
  if (event.type === 'unacknowledged') return record.counsel.filter(({ way, person }) => way !== 'answered' || person !== record.owner)
  const one = counselIn(event)
  return one === null ? record.counsel : withCounsel(record, one)
}
