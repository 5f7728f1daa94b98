import { shareOf } from './service-level.ts'

/** Below this many answers the figure is shown without colour. */
export const LEAST_SURVEYS = 30

/** Share of the top two boxes of a 1 to 5 scale; other scales are mapped onto it. */
export const satisfaction = (satisfied: number, surveys: number): number | null => shareOf({ numerator: satisfied, denominator: surveys })

/** Mean score on the 1 to 5 scale. */
export const meanScore = (scoreTotal: number, surveys: number): number | null => shareOf({ numerator: scoreTotal, denominator: surveys })

/** Share of 9 and 10 less share of 0 to 6, in points from -100 to 100; of answers on a scale from 0 to 10 alone. */
export const promoterScore = (sums: { readonly npsAnswers: number; readonly npsPromoters: number; readonly npsDetractors: number }): number | null =>
  shareOf({ numerator: 100 * (sums.npsPromoters - sums.npsDetractors), denominator: sums.npsAnswers })
