import type { Priority, SlaClock } from '../incident/incident.ts'
import { HOUR, MINUTE, instantOf, later, type Instant } from '../time.ts'
import type { Calendar } from './calendar.ts'

/** A breach that is still open is told again (INCIDENTS 2.6) as often as an update of that priority is due. */
const everyMs: Readonly<Record<Priority, number>> = { P1: 20 * MINUTE, P2: HOUR, P3: 4 * HOUR, P4: 8 * HOUR }

/** P1 and P2 are told at any hour; what can wait is told in the hours of its clock. */
const waitsForHours = (priority: Priority): boolean => priority === 'P3' || priority === 'P4'

/** When a notice about a clock that falls due at `at` may go out. */
export const noticeAt = (priority: Priority, calendar: Calendar, at: Instant): Instant => (waitsForHours(priority) ? (calendar.nextWorking(at) ?? at) : at)

/** The reminder after the one at `at`. */
export const nextReminderAt = (priority: Priority, calendar: Calendar, at: Instant): Instant => (waitsForHours(priority) ? (calendar.addWorking(at, everyMs[priority]) ?? instantOf(at + everyMs[priority])) : later(at, everyMs[priority]))

/** What a breach that nobody was told of leaves to be told: at once, or when the hours begin. */
export const reminderOfUntold = (priority: Priority, calendar: Calendar, at: Instant): NonNullable<SlaClock['reminder']> => ({ at: noticeAt(priority, calendar, at), told: 0 })

/** What a breach seen at `at` leaves to be told: at once and again, or first when the hours begin. */
export const reminderAfterBreach = (priority: Priority, calendar: Calendar, at: Instant): NonNullable<SlaClock['reminder']> => {
  const first = noticeAt(priority, calendar, at)
  return first > at ? { at: first, told: 0 } : { at: nextReminderAt(priority, calendar, at), told: 1 }
}
