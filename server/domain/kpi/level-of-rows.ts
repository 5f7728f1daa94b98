import type { ServiceLevelVariant } from '../settings.ts'
import { serviceLevelOf, type Ratio, type ServiceCounts } from './service-level.ts'

/** What an interval counts of a service level. */
export interface LevelRow extends ServiceCounts {
  readonly callbacks: number
  readonly basis: 'outcome' | 'arrival'
}

/** By what the interval of a row was judged, and in which business day it lies. */
export interface RuleOfRow {
  readonly variant: ServiceLevelVariant
  readonly day: number | string
  /** When the interval began, UTC ms. */
  readonly at: number
}

/** A day over a change of the variant is read by the newer one, as the floor reads its day: by which of its variants each row is read, where rows are read together. */
export const readByDay = <Row extends { readonly queue: string }>(rows: readonly Row[], ruleOf: (row: Row) => RuleOfRow | null, otherwise: (row: Row) => ServiceLevelVariant): ((row: Row) => ServiceLevelVariant) => {
  const newest = new Map<string, RuleOfRow>()
  const keyOf = ({ queue }: Row, { day }: RuleOfRow): string => `${day} ${queue}`
  for (const row of rows) {
    const rule = ruleOf(row)
    if (rule !== null && rule.at >= (newest.get(keyOf(row, rule))?.at ?? -Infinity)) newest.set(keyOf(row, rule), rule)
  }
  return (row) => {
    const rule = ruleOf(row)
    return rule === null ? otherwise(row) : (newest.get(keyOf(row, rule)) ?? rule).variant
  }
}

/** Both sides of the level of any rows together, each by its variant (METRICS R7). On the outcome basis V6 and V7 divide by what has ended. */
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
