import type { IncidentRecord } from './incident.ts'

type Judged = Pick<IncidentRecord, 'texts' | 'channel' | 'service' | 'category' | 'impact' | 'urgency'>

/** Mandatory log fields (R5) that a person fills; date, time and logger are stamped by the server. */
const fields: readonly (readonly [name: string, filled: (record: Judged) => boolean])[] = [
  ['title', ({ texts }) => texts.title !== undefined],
  ['nature', ({ texts }) => texts.nature !== undefined],
  ['location', ({ texts }) => texts.location !== undefined],
  ['reporter', ({ texts }) => texts.reporter !== undefined],
  ['callerId', ({ texts }) => texts.callerId !== undefined],
  ['channel', ({ channel }) => channel !== null],
  ['service', ({ service }) => service !== null],
  ['category', ({ category }) => category !== null],
  ['impact', ({ impact }) => impact !== null],
  ['urgency', ({ urgency }) => urgency !== null],
]

/** Names of those that are empty. */
export const emptyFieldsOf = (record: Judged): readonly string[] => fields.flatMap(([name, filled]) => (filled(record) ? [] : [name]))

/** Share of the mandatory fields that are filled, 0..1. */
export const completenessOf = (record: Judged): number => (fields.length - emptyFieldsOf(record).length) / fields.length
