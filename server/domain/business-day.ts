import { Temporal } from 'temporal-polyfill'
import type { BusinessDay } from './settings.ts'
import { DAY, instantOf, type Instant } from './time.ts'

export interface DayBounds {
  readonly from: Instant
  readonly to: Instant
}

const startOn = (date: Temporal.PlainDate, day: BusinessDay): number => {
  const [hour, minute] = day.startsAt.split(':').map(Number)
  return date.toPlainDateTime({ hour, minute }).toZonedDateTime(day.timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}

/** The last days asked for of each zone and start, newest first: most questions are about them again. */
const remembered = new Map<string, readonly DayBounds[]>()
const REMEMBERED = 4

/** The business day that holds `at`: 23, 24 or 25 hours by the zone's clock. `from` inclusive, `to` exclusive. */
export const businessDayOf = (day: BusinessDay, at: Instant): DayBounds => {
  const key = `${day.timeZone} ${day.startsAt}`
  const days = remembered.get(key) ?? []
  const known = days.find(({ from, to }) => at >= from && at < to)
  if (known !== undefined) return known
  const bounds = computeDay(day, at)
  remembered.set(key, [bounds, ...days.slice(0, REMEMBERED - 1)])
  return bounds
}

const computeDay = (day: BusinessDay, at: Instant): DayBounds => {
  let date = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(day.timeZone).toPlainDate()
  while (startOn(date, day) > at) date = date.subtract({ days: 1 })
  while (startOn(date.add({ days: 1 }), day) <= at) date = date.add({ days: 1 })
  return { from: instantOf(startOn(date, day)), to: instantOf(startOn(date.add({ days: 1 }), day)) }
}

/** The same wall-clock time `weeks` earlier: "last week, same interval". */
export const weeksBefore = (at: Instant, timeZone: string, weeks: number): Instant =>
  instantOf(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).subtract({ weeks }).epochMilliseconds)

/** Where the clock went on, when it leaves out this wall time; null for a time that there is. */
const wentOn = (wall: Temporal.PlainDateTime, timeZone: string): Temporal.ZonedDateTime | null => {
  if (wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).toPlainDateTime().equals(wall)) return null
  return wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')
}
const wallBefore = (at: Instant, timeZone: string, weeks: number): Temporal.PlainDateTime => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime().subtract({ weeks })

/** True where a clock change left out the whole of this interval `weeks` earlier; `begin`, where it would have begun. */
export const leftOutBefore = ({ from, to }: DayBounds, begin: Instant, timeZone: string, weeks: number): boolean => {
  // Without a change between the two there is nothing to look for.
  if ((from - begin) % DAY === 0) return false
  const on = wentOn(wallBefore(from, timeZone, weeks), timeZone)
  return on !== null && Temporal.PlainDateTime.compare(wallBefore(to, timeZone, weeks), on.toPlainDateTime()) <= 0
}

/** As `weeksBefore`, for the edge of a window: a wall time that the clock leaves out is where it went on. */
export const edgeBefore = (at: Instant, timeZone: string, weeks: number): Instant => {
  const on = wentOn(wallBefore(at, timeZone, weeks), timeZone)
  return on === null ? weeksBefore(at, timeZone, weeks) : instantOf(on.epochMilliseconds)
}

/** Local calendar date of a business day's start, "YYYY-MM-DD". */
export const dateOf = (at: Instant, timeZone: string): string => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()

/** Rows of intervals are kept for less than three days; a day cut short may lie among them. */
const PAST_DAYS = 5

export interface SavedDay {
  readonly day: BusinessDay
  readonly next: BusinessDay | null
  readonly from: number
  readonly to: number
  /** Absent in bases of older versions. */
  readonly past?: readonly DayBounds[]
  /** Absent where nothing was changed, and in bases of older versions. */
  readonly earlier?: readonly EarlierDay[]
}

/** What a business day was, up to the boundary at which another took over. */
interface EarlierDay {
  readonly day: BusinessDay
  readonly until: number
}

/** Business days of a queue over time: a changed start takes effect where the running day ends, never inside it. */
export class DayClock {
  #day: BusinessDay
  #next: BusinessDay | null = null
  #bounds: DayBounds
  /** Days that are over, oldest first. */
  #past: DayBounds[] = []
  /** What it was before, oldest first: days that nobody lived through here are cut by what held then. */
  #earlier: EarlierDay[] = []

  constructor(day: BusinessDay, at: Instant) {
    this.#day = day
    this.#bounds = businessDayOf(day, at)
  }

  get from(): Instant {
    return this.#bounds.from
  }

  get to(): Instant {
    return this.#bounds.to
  }

  /** `fresh`: nothing was counted yet, so the new day may hold at once. */
  change(day: BusinessDay, at: Instant, fresh: boolean): void {
    if (fresh) {
      this.#day = day
      this.#bounds = businessDayOf(day, at)
      this.#next = null
    } else this.#next = day.timeZone === this.#day.timeZone && day.startsAt === this.#day.startsAt ? null : day
  }

  /** Moves to the day that holds `at`; true when it is another one. */
  advance(at: Instant): boolean {
    if (at < this.#bounds.to) return false
    this.#past = [...this.#past.slice(1 - PAST_DAYS), this.#bounds]
    if (this.#next === null) {
      this.#bounds = businessDayOf(this.#day, at)
      return true
    }
    // The old day closes at its old boundary; what is left until the new start is a short day of its own.
    const boundary = this.#bounds.to
    this.#earlier = [...this.#earlier.slice(1 - PAST_DAYS), { day: this.#day, until: boundary }]
    this.#day = this.#next
    this.#next = null
    const holding = businessDayOf(this.#day, boundary)
    this.#bounds = { from: boundary, to: holding.to }
    if (at >= this.#bounds.to) this.#bounds = businessDayOf(this.#day, at)
    return true
  }

  /** The day that holds `at`, as it was or is; of what is still to come, as it would be now. */
  holding(at: Instant): DayBounds {
    const known = [this.#bounds, ...this.#past].find(({ from, to }) => at >= from && at < to)
    if (known !== undefined) return known
    if (at >= this.to) return businessDayOf(this.#next ?? this.#day, at)
    const held = this.#earlier.find(({ until }) => at < until)
    const since = this.#earlier.findLast(({ until }) => until <= at)?.until ?? 0
    const { from, to } = businessDayOf(held?.day ?? this.#day, at)
    return { from: instantOf(Math.max(from, since)), to: instantOf(Math.min(to, held?.until ?? to)) }
  }

  /** Portable state; `restore` is its inverse. */
  save(): SavedDay {
    return { day: this.#day, next: this.#next, from: this.from, to: this.to, past: this.#past, ...(this.#earlier.length === 0 ? {} : { earlier: this.#earlier }) }
  }

  restore({ day, next, from, to, past = [], earlier = [] }: SavedDay): void {
    this.#day = day
    this.#next = next
    this.#bounds = { from: instantOf(from), to: instantOf(to) }
    this.#past = [...past]
    this.#earlier = [...earlier]
  }
}
