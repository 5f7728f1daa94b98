import { shareOf } from './service-level.ts'

export interface HandleSums {
  readonly handled: number
  readonly talkMsTotal: number
  readonly holdMsTotal: number
  readonly acwMsTotal: number
  /** Of these three together, the part that is the leg's where its agent had others at once; NaN where not all rows counted it. */
  readonly activeMsTotal: number
  /** Legs whose platform told of hold and of after-call work at all. */
  readonly holdKnown: number
  readonly acwKnown: number
  /** Legs that had hold, that had after-call work. */
  readonly held: number
  readonly wrapped: number
}

export interface HandleTimes {
  /** Session time: what each leg took by the clock, whatever else its agent had meanwhile. */
  readonly ahtMs: number | null
  /** Active time: of time with k legs at once each has 1/k (METRICS section 3), so it is what a leg takes of an agent's day. */
  readonly activeMs: number | null
  readonly talkMs: number | null
  readonly holdMs: number | null
  readonly acwMs: number | null
  /** Over the legs that had it, where `holdMs` and `acwMs` are over all. */
  readonly holdOfHeldMs: number | null
  readonly acwOfWrappedMs: number | null
}

/** Averages over all legs that ended in the window (END basis), so that the parts add up to the whole; hold and wrap-up are null where no platform tells of them. */
export const handleTimes = (sums: HandleSums): HandleTimes => {
  const over = (total: number): number | null => shareOf({ numerator: total, denominator: sums.handled })
  return {
    ahtMs: over(sums.talkMsTotal + sums.holdMsTotal + sums.acwMsTotal),
    activeMs: over(sums.activeMsTotal),
    talkMs: over(sums.talkMsTotal),
    holdMs: sums.holdKnown > 0 ? over(sums.holdMsTotal) : null,
    acwMs: sums.acwKnown > 0 ? over(sums.acwMsTotal) : null,
    holdOfHeldMs: shareOf({ numerator: sums.holdMsTotal, denominator: sums.held }),
    acwOfWrappedMs: shareOf({ numerator: sums.acwMsTotal, denominator: sums.wrapped }),
  }
}

/** Finished legs plus running ones with the time they took so far; provisional. `runningStartTotal` is the sum of their answer instants. */
export const handleTimeSoFar = (sums: Pick<HandleSums, 'handled' | 'talkMsTotal' | 'holdMsTotal' | 'acwMsTotal'>, running: number, runningStartTotal: number, asOf: number): number | null =>
  shareOf({ numerator: sums.talkMsTotal + sums.holdMsTotal + sums.acwMsTotal + Math.max(0, running * asOf - runningStartTotal), denominator: sums.handled + running })
