import { Temporal } from 'temporal-polyfill'
import { instantOf, MINUTE, SECOND, type Instant } from './time.ts'

/** A local date and time without a zone, as tables write them. */
export interface WallClock {
  readonly year: number
  /** 1..12 */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** Clocks change on the hour, so one look at the zone serves all rows of an hour. */
const hours = new Map<string, number>()
const HOURS_KEPT = 2_000

const hourStart = (timeZone: string, { year, month, day, hour }: WallClock): number => {
  const key = `${timeZone} ${year} ${month} ${day} ${hour}`
  const known = hours.get(key)
  if (known !== undefined) return known
  const start = Temporal.PlainDateTime.from({ year, month, day, hour }, { overflow: 'reject' }).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
  if (hours.size >= HOURS_KEPT) hours.clear()
  hours.set(key, start)
  return start
}

/**
 * The instant of a wall clock: a time that a clock change skips is an hour later, one that comes twice is the first. Null when
 * there is no such date or time.
 */
export const instantAt = (timeZone: string, clock: WallClock): Instant | null => {
  if (clock.minute > 59 || clock.second > 59 || clock.hour > 23 || clock.month < 1 || clock.month > 12 || clock.day < 1) return null
  try {
    return instantOf(hourStart(timeZone, clock) + clock.minute * MINUTE + clock.second * SECOND)
  } catch {
    return null
  }
}

/** "YYYY-MM-DDTHH:MM" on the wall of a zone. */
export const localTextOf = (at: Instant, timeZone: string): string => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' })

/** The instant at which a wall clock reads "YYYY-MM-DDTHH:MM"; skipped and repeated times as above. */
export const instantOfText = (text: string, timeZone: string): Instant | null => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/[-T:]/).map(Number)
  return instantAt(timeZone, { year, month, day, hour, minute, second: 0 })
}

/** Hour and minute on a zone's clock; `repeated` in the second pass of an hour that a clock change gives twice. */
export const clockAt = (timeZone: string, at: Instant): { readonly hour: number; readonly minute: number; readonly repeated: boolean } => {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  return { hour: local.hour, minute: local.minute, repeated: local.toPlainDateTime().toZonedDateTime(timeZone, { disambiguation: 'earlier' }).epochMilliseconds !== local.epochMilliseconds }
}
