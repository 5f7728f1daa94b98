import { businessDayOf, dateOf } from '../business-day.ts'
import { clockAt } from '../wall-clock.ts'
import type { BusinessDay } from '../settings.ts'
import type { Instant } from '../time.ts'

export interface WallLabel {
  /** Local date of the business day, "YYYY-MM-DD". */
  readonly day: string
  /** Local time of the interval's begin, "HH:MM". */
  readonly slot: string
  /** True for the second pass of an hour that a clock change repeats. */
  readonly repeated: boolean
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** Where an interval stands on a wall of days and half-hours. */
export const wallLabel = (day: BusinessDay, at: Instant): WallLabel => {
  const { hour, minute, repeated } = clockAt(day.timeZone, at)
  return { day: dateOf(businessDayOf(day, at).from, day.timeZone), slot: `${twoDigits(hour)}:${twoDigits(minute)}`, repeated }
}
