import { shareOf } from './service-level.ts'

/** Below this many answers the figure is shown without colour. */
export const LEAST_SURVEYS = 30

/** Share of the top two boxes of a 1 to 5 scale; other scales are mapped onto it. */
export const satisfaction = (satisfied: number, surveys: number): number | null => shareOf({ numerator: satisfied, denominator: surveys })

/** Mean score on the 1 to 5 scale. */
export const meanScore = (scoreTotal: number, surveys: number): number | null => shareOf({ numerator: scoreTotal, denominator: surveys })
