import type { Incident, IncidentClockRow } from '../../server/contract/rows.ts'

const over = new Set(['resolved', 'closed', 'cancelled', 'merged', 'draft'])
export const isActive = ({ state }: Incident): boolean => !over.has(state)
/** Somebody has to take it. Problems are begun, not acknowledged: they page nobody. */
export const isUnacknowledged = ({ state, type }: Incident): boolean => state === 'open' && type !== 'problem'
export const isUrgent = ({ priority }: Incident): boolean => priority === 'P1' || priority === 'P2'

const pending = (clock: IncidentClockRow): boolean => (clock.state === 'running' || clock.state === 'breached') && clock.dueAt !== null

/** The clock that people look at: the response until somebody has taken it, then the resolution. */
export const leadingClock = (incident: Incident): IncidentClockRow | null => {
  const kinds = isUnacknowledged(incident) ? ['response', 'resolution'] : ['resolution', 'update']
  for (const kind of kinds) {
    const clock = incident.clocks.find((found) => found.kind === kind && pending(found))
    if (clock) return clock
  }
  return null
}

const due = (incident: Incident): number => {
  const clock = leadingClock(incident)
  return clock?.dueAt ? Date.parse(clock.dueAt) : Number.POSITIVE_INFINITY
}
const rank = ({ priority }: Incident): number => (priority === null ? 9 : Number(priority.slice(1)))

/** Unacknowledged first, then by priority, then by what is due next. */
export const mostUrgentFirst = (incidents: readonly Incident[]): readonly Incident[] =>
  [...incidents].sort((a, b) => rank(a) - rank(b) || Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) || due(a) - due(b) || a.ref.localeCompare(b.ref))

/** By the time at which the next person is told. */
export const nextEscalationFirst = (incidents: readonly Incident[]): readonly Incident[] =>
  [...incidents].sort((a, b) => at(a) - at(b) || rank(a) - rank(b) || a.ref.localeCompare(b.ref))
const at = (incident: Incident): number => (incident.next ? Date.parse(incident.next.at) : due(incident))

/** A P1 incident that nobody has taken for this long takes over part of the wall. */
export const TAKEOVER_AFTER = 120_000
export const takesOver = (incident: Incident, now: number): boolean =>
  incident.type === 'incident' && incident.priority === 'P1' && isUnacknowledged(incident) && now - Date.parse(incident.openedAt ?? incident.reportedAt) >= TAKEOVER_AFTER
