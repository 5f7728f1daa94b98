import { shareOf } from './service-level.ts'

/** Average speed of answer in ms over answered contacts only; null when none was answered. */
export const speedOfAnswer = (waitMsTotal: number, answered: number): number | null => shareOf({ numerator: waitMsTotal, denominator: answered })
