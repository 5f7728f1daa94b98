import type { QueueRow } from '../../server/contract/rows.ts'
import { activeWorthSaying } from '../format/active-time.ts'
import { queueStatus, worstFirst } from '../format/queue-status.ts'
import { sortedBy } from '../format/sort-rows.ts'

type Figure = (row: QueueRow, at: number) => number | string | null
const figures: Readonly<Record<string, Figure>> = {
  name: (row) => row.name,
  level: (row) => row.now.serviceLevel,
  waiting: (row) => row.waiting,
  longest: (row, at) => (row.oldestWaitingSince === null ? null : at - Date.parse(row.oldestWaitingSince)),
  asa: (row) => row.now.asaMs,
  abandon: (row) => row.now.abandonRate,
  aht: (row) => activeWorthSaying(row.now) ?? row.now.ahtMs,
  fcr: (row) => row.today.fcr,
  csat: (row) => row.today.csat,
  staffed: (row) => row.staffed,
  oldest: (row, at) => (row.digital?.oldestUnansweredSince ? at - Date.parse(row.digital.oldestUnansweredSince) : null),
  backlog: (row) => row.digital?.backlog ?? null,
  due: (row) => row.digital?.dueToday ?? null,
}

/** Rows without the figure come last, whichever way the column is sorted. */
export const sortQueues = (rows: readonly QueueRow[], column: string, descending: boolean, at: number): readonly QueueRow[] => {
  const figure = figures[column]
  return figure === undefined ? worstFirst(rows, at) : sortedBy(rows, (row) => figure(row, at), descending, (a, b) => a.name.localeCompare(b.name))
}

export const filterQueues = (rows: readonly QueueRow[], text: string, at: number): readonly QueueRow[] => {
  const wanted = text.trim().toLowerCase()
  return wanted === '' ? rows : rows.filter((row) => `${row.name} ${row.queue} ${row.channels.join(' ')} ${queueStatus(row, at).status}`.toLowerCase().includes(wanted))
}
