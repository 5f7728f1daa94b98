import { OPENING } from './simulation.ts'

const MINUTE = 60_000
const DAY = 86_400_000

export interface Opening {
  /** A fixed offset such as `+03:17`: at this site it is 10:38 now, and clocks never change. */
  readonly timeZone: string
  /** Midnight of the live day there, ms since 1970. */
  readonly midnight: number
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Where it is 10:38 now: the nearer side of the date line. */
export const openingAt = (now: number): Opening => {
  const midnight = Math.floor(now / MINUTE) * MINUTE - OPENING
  const east = (((-midnight % DAY) + DAY) % DAY) / MINUTE
  const offset = east > 720 ? east - 1_440 : east
  const minutes = Math.abs(offset)
  return { timeZone: `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`, midnight }
}
