import type { Incident } from '../../server/contract/rows.ts'
import { isActive, leadingClock, mostUrgentFirst } from '../format/incident-order.ts'

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

type Figure = (row: Incident) => number | string | null
const figures: Readonly<Record<string, Figure>> = {
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
const compare = (a: number | string, b: number | string): number => (typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b)) : a - b)

export const sortIncidents = (rows: readonly Incident[], column: string, descending: boolean): readonly Incident[] => {
  const figure = figures[column]
  const urgent = mostUrgentFirst(rows)
  if (!figure) return urgent
  return [...urgent].sort((a, b) => {
    const [left, right] = [figure(a), figure(b)]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return descending ? compare(right, left) : compare(left, right)
  })
}
