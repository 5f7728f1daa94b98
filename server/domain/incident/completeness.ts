import type { IncidentRecord } from './incident.ts'

type Judged = Pick<IncidentRecord, 'texts' | 'channel' | 'service' | 'category' | 'impact' | 'urgency'>

/** Mandatory log fields (R5) that a person fills; date, time and logger are stamped by the server. */
const filled = ({ texts, channel, service, category, impact, urgency }: Judged): readonly boolean[] => [
  texts.title !== undefined,
  texts.nature !== undefined,
  texts.location !== undefined,
  texts.reporter !== undefined,
  texts.callerId !== undefined,
  channel !== null,
  service !== null,
  category !== null,
  impact !== null,
  urgency !== null,
]

/** Share of the mandatory fields that are filled, 0..1. */
export const completenessOf = (record: Judged): number => {
  const fields = filled(record)
  return fields.filter(Boolean).length / fields.length
}
