import { instantOf, type Instant } from '../domain/time.ts'

/**
 * Now, for what is due, late or absent by the clock alone: a floor on which nothing moves is not told of every minute, and one of which nothing
 * was heard has no time at all. Never before the newest entry of the log.
 */
export const momentOf = (floor: { readonly asOf: Instant }, now: () => Instant): Instant => instantOf(Math.max(floor.asOf, now()))
