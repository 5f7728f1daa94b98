import { Temporal } from 'temporal-polyfill'
import { instantOf, type Instant } from './time.ts'

/** Starts of the last `count` weeks by the wall clock of a zone, Mondays, oldest first; the last one is still running. */
export const weekStarts = (now: Instant, timeZone: string, count: number): readonly Instant[] => {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate()
  const monday = today.subtract({ days: today.dayOfWeek - 1 })
  return Array.from({ length: count }, (_, index) => instantOf(monday.subtract({ weeks: count - 1 - index }).toZonedDateTime(timeZone).epochMilliseconds))
}

/** The hour that a clock on the wall shows, as two digits. */
export const hourIn = (timeZone: string): ((at: Instant) => string) => {
  // Made once: fifty thousand instants by the calendar's polyfill take most of a second.
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' })
  return (at) => clock.format(at)
}
