import type { Incident } from '../../server/contract/rows.ts'
import { isActive, leadingClock, mostUrgentFirst } from '../format/incident-order.ts'
import { sortedBy, type Figure } from '../format/sort-rows.ts'

export interface IncidentFilter {
  readonly text: string
  /** Digits of the wanted priorities; empty: every one. */
  readonly priorities: string
  readonly state: string
  readonly owner: string
  readonly soon: boolean
  readonly me: string | null
  readonly now: number
}

const SOON_MS = 900_000
const inState = (incident: Incident, state: string): boolean => (state === 'all' ? true : state === 'active' ? isActive(incident) : incident.state === state)
const owned = ({ owner }: Incident, wanted: string, me: string | null): boolean => (wanted === 'mine' ? owner !== null && owner.id === me : wanted === 'none' ? owner === null : true)
const soon = (incident: Incident, now: number): boolean => {
  const due = leadingClock(incident)?.dueAt
  return due !== undefined && due !== null && Date.parse(due) - now <= SOON_MS
}

export const filterIncidents = (rows: readonly Incident[], filter: IncidentFilter): readonly Incident[] => {
  const text = filter.text.trim().toLowerCase()
  return rows.filter(
    (row) =>
      inState(row, filter.state) &&
      (filter.priorities === '' || filter.priorities.includes(row.priority?.slice(1) ?? '-')) &&
      owned(row, filter.owner, filter.me) &&
      (!filter.soon || soon(row, filter.now)) &&
      (text === '' || `${row.ref} ${(row.formerRefs ?? []).join(' ')} ${row.successor ?? ''} ${row.title} ${row.category ?? ''} ${row.service ?? ''} ${row.queue ?? ''} ${row.owner?.name ?? ''}`.toLowerCase().includes(text)),
  )
}

const figures: Readonly<Record<string, Figure<Incident>>> = {
  ref: (row) => row.ref,
  title: (row) => row.title,
  owner: (row) => row.owner?.name ?? null,
  state: (row) => row.state,
  due: (row) => {
    const due = leadingClock(row)?.dueAt
    return due ? Date.parse(due) : null
  },
  opened: (row) => Date.parse(row.openedAt ?? row.reportedAt),
}

export const sortIncidents = (rows: readonly Incident[], column: string, descending: boolean): readonly Incident[] => {
  const figure = figures[column]
  const urgent = mostUrgentFirst(rows)
  return figure === undefined ? urgent : sortedBy(urgent, figure, descending)
}
