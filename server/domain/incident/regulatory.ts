import { startedClock } from '../clock/sla-clock.ts'
import { later, type Instant } from '../time.ts'
import type { IncidentRecord, SlaClock } from './incident.ts'
import type { Rules } from './rules.ts'

/** Clocks of the law that a category starts and the incident does not have yet. They run by the wall clock, on hold and after the resolution too. */
export const regulatoryClocks = (record: Pick<IncidentRecord, 'category' | 'reportedAt' | 'clocks'>, at: Instant, rules: Rules): readonly SlaClock[] => {
  const settings = record.category === null ? undefined : rules.settings.categories[record.category]
  return (settings?.regulatory ?? []).flatMap(({ name, targetMs, targetDays, endOfDay, calendar, from, capMs }): readonly SlaClock[] => {
    if (record.clocks.some((clock) => clock.kind === 'regulatory' && clock.name === name)) return []
    const start = from === 'awareness' ? record.reportedAt : at
    const clock = startedClock({ kind: 'regulatory', name, targetMs, targetDays, endOfDay, calendar, calendarVersion: rules.settings.version, at: start }, rules.calendar(calendar))
    const cap = capMs === null ? null : later(record.reportedAt, capMs)
    return [cap !== null && (clock.dueAt === null || cap < clock.dueAt) ? { ...clock, promisedAt: cap, dueAt: cap } : clock]
  })
}
