import { createHash } from 'node:crypto'
import type { IncidentRecord } from '../server/domain/incident/incident.ts'
import { isoOf } from '../server/domain/time.ts'
import type { OutboxRow } from '../server/redis/incident-log.ts'
import type { Message, PageText } from './channels/channel.ts'

/** Derived from the key of the effect: the same on every retry and after every crash. */
export const messageId = (site: string, row: Pick<OutboxRow, 'id'>): string => `msg_${createHash('sha256').update(`${site}\n${row.id}`).digest('base64url').slice(0, 27)}`

const dataOf = (row: OutboxRow, record: IncidentRecord, title: string, link: string): Readonly<Record<string, unknown>> => {
  const { ref, priority, category, service, state, discreet } = record
  const incident = { ref, priority, title, category, service: discreet ? null : service, state }
  const { level, breach } = row
  if (level !== null) {
    const { ladder, clock, level: number, cycle, dueAt, firedAt, targets } = level
    return { incident, ladder, ...(clock === null ? {} : { clock }), level: number, cycle, dueAt: isoOf(dueAt), firedAt: isoOf(firedAt), targets, link }
  }
  return { incident, ...(breach === null ? {} : { clock: breach.clock, dueAt: isoOf(breach.dueAt) }), link }
}

/** Thin by design: id, priority, title and a link; never a personal field (INCIDENTS 2.9). */
export const messageOf = ({ site, row, record, title, publicUrl, text }: { readonly site: string; readonly row: OutboxRow; readonly record: IncidentRecord | null; readonly title: string; readonly publicUrl: string; readonly text: PageText }): Message => ({
  id: messageId(site, row),
  delivery: row.id,
  attempts: row.attempts,
  type: row.type,
  happenedAt: row.happenedAt,
  data: record === null ? {} : dataOf(row, record, title, `${publicUrl}/incidents/${record.ref}`),
  text,
})
