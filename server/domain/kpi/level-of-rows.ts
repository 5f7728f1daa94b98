import type { ServiceLevelVariant } from '../settings.ts'
import { serviceLevelOf, type Ratio, type ServiceCounts } from './service-level.ts'

/** What an interval counts of a service level. */
export interface LevelRow extends ServiceCounts {
  readonly callbacks: number
  readonly basis: 'outcome' | 'arrival'
}

/** Both sides of the level of any rows together, each by the variant of its time (METRICS R7). On the outcome basis V6 and V7 divide by what has ended. */
export const levelOfRows = <Row extends LevelRow>(rows: readonly Row[], variantOf: (row: Row) => ServiceLevelVariant): Ratio => {
  let [numerator, denominator] = [0, 0]
  for (const row of rows) {
    const offered = row.basis === 'arrival' ? row.offered : row.answered + row.abandoned + row.callbacks + row.flowedOut
    const level = serviceLevelOf(variantOf(row), { ...row, offered })
    numerator += level.numerator
    denominator += level.denominator
  }
  return { numerator, denominator }
}
