import { shareOf } from './service-level.ts'

export interface HandleSums {
  readonly handled: number
  readonly talkMsTotal: number
  readonly holdMsTotal: number
  readonly acwMsTotal: number
  /** Legs whose platform told of hold and of after-call work at all. */
  readonly holdKnown: number
  readonly acwKnown: number
}

export interface HandleTimes {
  readonly ahtMs: number | null
  readonly talkMs: number | null
  readonly holdMs: number | null
  readonly acwMs: number | null
}

/** Averages over all legs that ended in the window (END basis), so that the parts add up to the whole; hold and wrap-up are null where no platform tells of them. */
export const handleTimes = (sums: HandleSums): HandleTimes => {
  const over = (total: number): number | null => shareOf({ numerator: total, denominator: sums.handled })
  return {
    ahtMs: over(sums.talkMsTotal + sums.holdMsTotal + sums.acwMsTotal),
    talkMs: over(sums.talkMsTotal),
    holdMs: sums.holdKnown > 0 ? over(sums.holdMsTotal) : null,
    acwMs: sums.acwKnown > 0 ? over(sums.acwMsTotal) : null,
  }
}

/** Finished legs plus running ones with the time they took so far; provisional. `runningStartTotal` is the sum of their answer instants. */
export const handleTimeSoFar = (sums: HandleSums, running: number, runningStartTotal: number, asOf: number): number | null =>
  shareOf({ numerator: sums.talkMsTotal + sums.holdMsTotal + sums.acwMsTotal + Math.max(0, running * asOf - runningStartTotal), denominator: sums.handled + running })
