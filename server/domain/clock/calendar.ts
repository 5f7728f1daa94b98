import { Temporal } from 'temporal-polyfill'
import type { CalendarSettings } from '../incident-settings.ts'
import { DAY, instantOf, type Instant } from '../time.ts'
import { wallIntervalsOf } from './wall-intervals.ts'

/** A stretch of working time, half-open. */
export interface Opening {
  readonly from: Instant
  readonly to: Instant
}

/** Working time of one calendar version; every length is real elapsed milliseconds. */
export interface Calendar {
  readonly alwaysOpen: boolean
  readonly timeZone: string
  /** `from` itself when it is working time, else the next opening; null when the calendar stays shut for 366 days. */
  nextWorking(from: Instant): Instant | null
  /** The instant at which `ms` of working time after `from` have passed; null as above. */
  addWorking(from: Instant, ms: number): Instant | null
  /** Working time within [from, to), in order, clipped to it. */
  openingsBetween(from: Instant, to: Instant): readonly Opening[]
  /** Working milliseconds in [from, to). */
  workingBetween(from: Instant, to: Instant): number
  /** Same wall-clock time on the Nth working day after the one of `from` (or of the next opening); `endOfDay`: that day's last close. */
  addBusinessDays(from: Instant, days: number, endOfDay?: boolean): Instant | null
}

/** No working time for so long means the calendar is wrong: nothing may wait for it (INCIDENTS 2.5). */
export const SEARCH_DAYS = 366
const CACHED_DAYS = 2_000

/** Days since 1970-01-01, by the local calendar. Plain numbers: walking days must not cost a date object each. */
type DayNumber = number

const isoDateOf = (day: DayNumber): string => new Date(day * DAY).toISOString().slice(0, 10)
/** ISO: Monday is 1; 1970-01-01 was a Thursday. */
const weekdayOf = (day: DayNumber): number => ((((day + 3) % 7) + 7) % 7) + 1

/** Temporal's `compatible` rule: a skipped wall time moves later, a repeated one takes the first. */
const instantAt = (day: DayNumber, minute: number, timeZone: string): Instant => {
  const within = minute % 1_440
  const wall = Temporal.PlainDateTime.from({ year: 1970, month: 1, day: 1, hour: Math.floor(within / 60), minute: within % 60 }).add({ days: day + Math.floor(minute / 1_440) })
  return instantOf(wall.toZonedDateTime(timeZone).epochMilliseconds)
}

const merged = (openings: readonly Opening[]): readonly Opening[] => {
  const sorted = openings.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)
  const out: Opening[] = []
  for (const next of sorted) {
    const last = out.at(-1)
    if (last === undefined || next.from > last.to) out.push(next)
    else if (next.to > last.to) out[out.length - 1] = { from: last.from, to: next.to }
  }
  return out
}

export const calendarOf = (settings: CalendarSettings): Calendar => (settings.alwaysOpen ? alwaysOpen(settings.timeZone) : weekly(settings))

const plusWallDays = (from: Instant, days: number, timeZone: string): Instant =>
  instantOf(Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).add({ days }).epochMilliseconds)

const midnightAfter = (at: Instant, timeZone: string): Instant => instantOf(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).add({ days: 1 }).startOfDay().epochMilliseconds)

const alwaysOpen = (timeZone: string): Calendar => ({
  alwaysOpen: true,
  timeZone,
  nextWorking: (from) => from,
  addWorking: (from, ms) => instantOf(from + ms),
  openingsBetween: (from, to) => (to > from ? [{ from, to }] : []),
  workingBetween: (from, to) => Math.max(0, to - from),
  addBusinessDays: (from, days, endOfDay = false) => (endOfDay ? midnightAfter(plusWallDays(from, days, timeZone), timeZone) : plusWallDays(from, days, timeZone)),
})

const weekly = (settings: CalendarSettings): Calendar => {
  const { timeZone } = settings
  const cache = new Map<DayNumber, readonly Opening[]>()

  /** Openings that begin on a local day. */
  const openingsOn = (day: DayNumber): readonly Opening[] => {
    const known = cache.get(day)
    if (known !== undefined) return known
    const walls = wallIntervalsOf(settings, isoDateOf(day), weekdayOf(day))
    const openings = merged(walls.map(({ from, to }) => ({ from: instantAt(day, from, timeZone), to: instantAt(day, to, timeZone) })))
    if (cache.size >= CACHED_DAYS) cache.clear()
    cache.set(day, openings)
    return openings
  }

  /** Openings from `from` on, in order, not overlapping, clipped to it. No zone is two days away from UTC. */
  function* openingsFrom(from: Instant, untilDays: number): Generator<Opening> {
    const first = Math.floor(from / DAY) - 2
    let reached = from
    for (let day = first; day <= first + 3 + untilDays; day += 1) {
      for (const opening of openingsOn(day)) {
        if (opening.to <= reached) continue
        const begin = opening.from > reached ? opening.from : reached
        reached = opening.to
        yield { from: begin, to: opening.to }
      }
    }
  }

  const nextWorking = (from: Instant): Instant | null => {
    for (const opening of openingsFrom(from, SEARCH_DAYS)) return opening.from
    return null
  }

  const addWorking = (from: Instant, ms: number): Instant | null => {
    let left = ms
    let at = from
    if (left <= 0) return from
    for (;;) {
      let moved = false
      for (const opening of openingsFrom(at, SEARCH_DAYS)) {
        const length = opening.to - opening.from
        if (left <= length) return instantOf(opening.from + left)
        left -= length
        at = opening.to
        moved = true
      }
      if (!moved) return null
    }
  }

  const openingsBetween = (from: Instant, to: Instant): readonly Opening[] => {
    const found: Opening[] = []
    if (to <= from) return found
    for (const opening of openingsFrom(from, Math.ceil((to - from) / DAY) + 1)) {
      if (opening.from >= to) break
      found.push({ from: opening.from, to: instantOf(Math.min(opening.to, to)) })
    }
    return found
  }

  const workingBetween = (from: Instant, to: Instant): number => openingsBetween(from, to).reduce((sum, opening) => sum + opening.to - opening.from, 0)

  const addBusinessDays = (from: Instant, days: number, endOfDay: boolean): Instant | null => {
    const start = nextWorking(from)
    if (start === null) return null
    const zoned = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone)
    let day = Math.round(Date.UTC(zoned.year, zoned.month - 1, zoned.day) / DAY)
    let left = days
    for (let step = 0; left > 0; step += 1) {
      if (step > SEARCH_DAYS * (days + 1)) return null
      day += 1
      if (openingsOn(day).length > 0) left -= 1
    }
    if (endOfDay) return openingsOn(day).at(-1)?.to ?? null
    const wall = zoned.toPlainDateTime().add({ days: day - Math.round(Date.UTC(zoned.year, zoned.month - 1, zoned.day) / DAY) })
    return withinDay(openingsOn(day), instantOf(wall.toZonedDateTime(timeZone).epochMilliseconds))
  }

  /** A clock asks for the same due day at every step of its life. */
  const dueDays = new Map<string, Instant | null>()
  const addBusinessDaysOnce = (from: Instant, days: number, endOfDay = false): Instant | null => {
    const key = `${from}/${days}/${String(endOfDay)}`
    const known = dueDays.get(key)
    if (known !== undefined) return known
    if (dueDays.size >= CACHED_DAYS) dueDays.clear()
    const due = addBusinessDays(from, days, endOfDay)
    dueDays.set(key, due)
    return due
  }

  return { alwaysOpen: false, timeZone, nextWorking, addWorking, openingsBetween, workingBetween, addBusinessDays: addBusinessDaysOnce }
}

/** A wall time at which that day does not work: its next opening on that day, or the day's last close. */
const withinDay = (openings: readonly Opening[], wall: Instant): Instant => {
  const here = openings.find(({ to }) => wall <= to)
  if (here !== undefined) return wall < here.from ? here.from : wall
  return openings.at(-1)?.to ?? wall
}
