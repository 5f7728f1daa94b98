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
  /** Working milliseconds in [from, to). */
  workingBetween(from: Instant, to: Instant): number
  /** Same wall-clock time on the Nth working day after the one of `from` (or of the next opening). */
  addBusinessDays(from: Instant, days: number): Instant | null
}

/** No working time for so long means the calendar is wrong: nothing may wait for it (INCIDENTS 2.5). */
export const SEARCH_DAYS = 366
const CACHED_DAYS = 2_000

const dateAt = (at: Instant, timeZone: string): Temporal.PlainDate => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()

/** Temporal's `compatible` rule: a skipped wall time moves later, a repeated one takes the first. */
const instantAt = (date: Temporal.PlainDate, minute: number, timeZone: string): Instant => {
  const day = date.add({ days: Math.floor(minute / 1_440) })
  const within = minute % 1_440
  const wall = day.toPlainDateTime({ hour: Math.floor(within / 60), minute: within % 60 })
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

const alwaysOpen = (timeZone: string): Calendar => ({
  alwaysOpen: true,
  timeZone,
  nextWorking: (from) => from,
  addWorking: (from, ms) => instantOf(from + ms),
  workingBetween: (from, to) => Math.max(0, to - from),
  addBusinessDays: (from, days) => plusWallDays(from, days, timeZone),
})

const weekly = (settings: CalendarSettings): Calendar => {
  const { timeZone } = settings
  const cache = new Map<string, readonly Opening[]>()

  /** Openings that begin on a local date, plus the tail of the day before that runs past midnight in real time (DST). */
  const openingsOn = (date: Temporal.PlainDate): readonly Opening[] => {
    const key = date.toString()
    const known = cache.get(key)
    if (known !== undefined) return known
    const walls = wallIntervalsOf(settings, key, date.dayOfWeek)
    const openings = merged(walls.map(({ from, to }) => ({ from: instantAt(date, from, timeZone), to: instantAt(date, to, timeZone) })))
    if (cache.size >= CACHED_DAYS) cache.clear()
    cache.set(key, openings)
    return openings
  }

  /** Openings from the local day of `from` on, in order, not overlapping, clipped to `from`. */
  function* openingsFrom(from: Instant, untilDays: number): Generator<Opening> {
    let date = dateAt(from, timeZone).subtract({ days: 1 })
    let reached = from
    for (let day = -1; day <= untilDays; day += 1, date = date.add({ days: 1 })) {
      for (const opening of openingsOn(date)) {
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

  const workingBetween = (from: Instant, to: Instant): number => {
    if (to <= from) return 0
    let sum = 0
    for (const opening of openingsFrom(from, Math.ceil((to - from) / DAY) + 1)) {
      if (opening.from >= to) break
      sum += Math.min(opening.to, to) - opening.from
    }
    return sum
  }

  const addBusinessDays = (from: Instant, days: number): Instant | null => {
    const start = nextWorking(from)
    if (start === null) return null
    const startZoned = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone)
    let date = startZoned.toPlainDate()
    let left = days
    for (let step = 0; left > 0; step += 1) {
      if (step > SEARCH_DAYS * (days + 1)) return null
      date = date.add({ days: 1 })
      if (openingsOn(date).length > 0) left -= 1
    }
    const wall = instantOf(date.toPlainDateTime(startZoned.toPlainTime()).toZonedDateTime(timeZone).epochMilliseconds)
    return withinDay(openingsOn(date), wall)
  }

  return { alwaysOpen: false, timeZone, nextWorking, addWorking, workingBetween, addBusinessDays }
}

/** A wall time at which that day does not work: its next opening on that day, or the day's last close. */
const withinDay = (openings: readonly Opening[], wall: Instant): Instant => {
  const here = openings.find(({ to }) => wall <= to)
  if (here !== undefined) return wall < here.from ? here.from : wall
  return openings.at(-1)?.to ?? wall
}
