import { Temporal } from 'temporal-polyfill'
import { instantOf, MINUTE, QUARTER_HOUR, SECOND, type Instant } from './time.ts'

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

/** Clocks change on the hour or, by half an hour, within it (Lord Howe), so one look at the zone serves all rows of half an hour. */
const halves = new Map<string, number>()
const HALVES_KEPT = 4_000

const halfStart = (timeZone: string, { year, month, day, hour }: WallClock, minute: number): number => {
  const key = `${timeZone} ${year} ${month} ${day} ${hour} ${minute}`
  const known = halves.get(key)
  if (known !== undefined) return known
  const start = Temporal.PlainDateTime.from({ year, month, day, hour, minute }, { overflow: 'reject' }).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
  if (halves.size >= HALVES_KEPT) halves.clear()
  halves.set(key, start)
  return start
}

/**
 * The instant of a wall clock: a time that a clock change skips is as much later as it skips, one that comes twice is the first. Null when
 * there is no such date or time.
 */
export const instantAt = (timeZone: string, clock: WallClock): Instant | null => {
  if (clock.minute > 59 || clock.second > 59 || clock.hour > 23 || clock.month < 1 || clock.month > 12 || clock.day < 1) return null
  try {
    const minute = clock.minute < 30 ? 0 : 30
    return instantOf(halfStart(timeZone, clock, minute) + (clock.minute - minute) * MINUTE + clock.second * SECOND)
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

/** The full hour (or half, by `length`) on a zone's wall that holds the quarter hour `at`; a clock change within it ends it, and begins another. */
export const wallHourOf = (timeZone: string, at: Instant, length: number): { readonly from: Instant; readonly to: Instant } => {
  const offsetAt = (instant: number): number => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1_000_000
  const offset = offsetAt(at)
  const begin = Math.floor((at + offset) / length) * length - offset
  let [from, to] = [at, at + QUARTER_HOUR]
  while (from > begin && offsetAt(from - QUARTER_HOUR) === offset) from = instantOf(from - QUARTER_HOUR)
  while (to < begin + length && offsetAt(to) === offset) to += QUARTER_HOUR
  return { from, to: instantOf(to) }
}

/** Hour and minute on a zone's clock; `repeated` in the second pass of an hour that a clock change gives twice. */
export const clockAt = (timeZone: string, at: Instant): { readonly hour: number; readonly minute: number; readonly repeated: boolean } => {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  return { hour: local.hour, minute: local.minute, repeated: local.toPlainDateTime().toZonedDateTime(timeZone, { disambiguation: 'earlier' }).epochMilliseconds !== local.epochMilliseconds }
}
