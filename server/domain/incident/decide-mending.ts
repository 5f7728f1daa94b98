import { isCounting, recomputedClock } from '../clock/sla-clock.ts'
import type { Directory } from '../escalation/directory.ts'
import { later, MINUTE, type Instant } from '../time.ts'
import type { IncidentEvent } from './events.ts'
import { systemActor, type IncidentRecord } from './incident.ts'
import { slaOf, type Rules } from './rules.ts'

export interface MendingSituation {
  readonly now: Instant
  readonly rules: Rules
  readonly directory: Directory
  /** Version of the settings that the calendars are of. */
  readonly calendarVersion: number
}

/** A due time that an edit brings forward leaves at least the minimum reaction, or this. */
const SHORTEST_NOTICE = 5 * MINUTE

const active: readonly IncidentRecord['state'][] = ['open', 'acknowledged', 'in-progress', 'on-hold']

/** What an edited calendar or planned work that was moved moves (INCIDENTS 2.5), and an owner whose account is gone (2.7). */
export const decideMending = (record: IncidentRecord, { now, rules, directory, calendarVersion }: MendingSituation): readonly IncidentEvent[] => {
  if (!active.includes(record.state) && record.state !== 'resolved') return []
  const stamp = { at: now, by: systemActor }
  const notBeforeAt = later(now, (record.priority === null ? 0 : slaOf(rules, record.priority).minimumReactionMs) || SHORTEST_NOTICE)
  const moved = record.clocks.flatMap((clock) => {
    if (!isCounting(clock)) return []
    const next = recomputedClock(clock, rules.calendar(clock.calendar), calendarVersion, notBeforeAt)
    return next === clock ? [] : [{ clock: clock.kind, name: clock.name, before: clock.dueAt, after: next.dueAt }]
  })
  const { owner, maintenance } = record
  const holds = maintenance !== null && maintenance.until > now && record.state === 'open' && record.ownership.level === 0
  const hold = holds ? rules.maintenance.holding(record, now) : maintenance
  const gone = owner !== null && active.includes(record.state) && directory.gone?.includes(owner) === true
  return [
    ...(moved.length === 0 ? [] : [{ ...stamp, type: 'clocks-recomputed' as const, calendarVersion, notBeforeAt, moved }]),
    ...(hold?.until === maintenance?.until ? [] : [{ ...stamp, type: 'maintenance-moved' as const, hold }]),
    ...(gone ? [{ ...stamp, type: 'owner-gone' as const, before: owner, why: 'not-here' as const }] : []),
  ]
}
