import { Temporal } from 'temporal-polyfill'
import { instantOf, type Instant } from './time.ts'

/** Starts of the last `count` weeks by the wall clock of a zone, Mondays, oldest first; the last one is still running. */
export const weekStarts = (now: Instant, timeZone: string, count: number): readonly Instant[] => {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate()
  const monday = today.subtract({ days: today.dayOfWeek - 1 })
  return Array.from({ length: count }, (_, index) => instantOf(monday.subtract({ weeks: count - 1 - index }).toZonedDateTime(timeZone).epochMilliseconds))
}

/** The hour that a clock on the wall shows. */
export const hourOf = (at: Instant, timeZone: string): number => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).hour
