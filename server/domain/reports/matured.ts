import { businessDayOf } from '../business-day.ts'
import type { BusinessDay } from '../settings.ts'
import { instantOf, type Instant } from '../time.ts'

export interface MaturedQuestion {
  readonly from: Instant
  readonly to: Instant
  readonly asOf: Instant
  /** D, ms. */
  readonly windowMs: number
  readonly day: BusinessDay
}

/** Where the matured part of [from, to) ends: all of it once the last contact has had its D, else whole business days; `from` when nothing has matured. */
export const maturedUntil = ({ from, to, asOf, windowMs, day }: MaturedQuestion): Instant => {
  if (to + windowMs <= asOf) return to
  const at = instantOf(asOf - windowMs)
  return at <= from ? from : instantOf(Math.max(from, businessDayOf(day, at).from))
}
