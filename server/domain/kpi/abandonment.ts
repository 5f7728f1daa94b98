import { shareOf } from './service-level.ts'

/** (B - B_S) / (O_closed - B_S), with O_closed = A + B + C + F: no pending, no system drops, no short abandons. */
export const abandonRate = (counts: { readonly answered: number; readonly abandoned: number; readonly shortAbandoned: number; readonly callbacks: number; readonly flowedOut: number }): number | null =>
  shareOf({ numerator: counts.abandoned - counts.shortAbandoned, denominator: counts.answered + counts.abandoned + counts.callbacks + counts.flowedOut - counts.shortAbandoned })

/** Mean wait of those who gave up, short abandons left out. */
export const timeToAbandon = (sums: { readonly abandonWaitMsTotal: number; readonly shortAbandonWaitMsTotal: number; readonly abandoned: number; readonly shortAbandoned: number }): number | null =>
  shareOf({ numerator: sums.abandonWaitMsTotal - sums.shortAbandonWaitMsTotal, denominator: sums.abandoned - sums.shortAbandoned })
