import { shareOf } from '../kpi/service-level.ts'

type Counts = { readonly offered: number; readonly abandoned: number; readonly answeredInTarget: number }

export interface KpiLoss {
  readonly offered: number
  readonly abandoned: number
  readonly abandonRate: number | null
  readonly inTarget: number | null
  /** null: nothing is known of the weeks before. */
  readonly usual: { readonly abandonRate: number | null; readonly inTarget: number | null; readonly weeks: number } | null
  /** Callers who gave up beyond what is usual. */
  readonly lostMore: number | null
}

const summed = (rows: readonly Counts[]): Counts => rows.reduce((sum, row) => ({ offered: sum.offered + row.offered, abandoned: sum.abandoned + row.abandoned, answeredInTarget: sum.answeredInTarget + row.answeredInTarget }), { offered: 0, abandoned: 0, answeredInTarget: 0 })
const share = (numerator: number, denominator: number): number | null => shareOf({ numerator, denominator })

/** What an incident cost its queue, beside the same hours of the weeks before. */
export const kpiLossOf = (during: readonly Counts[], weeksBefore: readonly (readonly Counts[])[]): KpiLoss => {
  const now = summed(during)
  const known = weeksBefore.filter((rows) => rows.some(({ offered }) => offered > 0))
  const before = summed(known.flat())
  const usual = known.length === 0 ? null : { abandonRate: share(before.abandoned, before.offered), inTarget: share(before.answeredInTarget, before.offered), weeks: known.length }
  const expected = usual?.abandonRate ?? null
  return { offered: now.offered, abandoned: now.abandoned, abandonRate: share(now.abandoned, now.offered), inTarget: share(now.answeredInTarget, now.offered), usual, lostMore: expected === null ? null : Math.max(0, Math.round(now.abandoned - expected * now.offered)) }
}
