import { dateOf } from '../domain/business-day.ts'
import type { Instant } from '../domain/time.ts'

/** The calendar year on the site's wall at an instant: incidents are numbered by it. */
export const yearAt = (at: Instant, timeZone: string): number => Number(dateOf(at, timeZone).slice(0, 4))
