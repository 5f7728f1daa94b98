import { businessDayOf, dateOf } from '../business-day.ts'
import { shareOf } from '../kpi/service-level.ts'
import type { BusinessDay } from '../settings.ts'
import { DAY, instantOf, type Instant } from '../time.ts'
import type { CohortRow } from './cohort-tally.ts'

/** First-contact resolution by repeats: contacts that ended in a cohort, and whether their customer came again within D. */
export interface FcrCohort {
  /** Local date of the day, or of the week's Monday. */
  readonly cohort: string
  readonly from: Instant
  readonly to: Instant
  /** When the last of them has had its D: only then is the figure final. */
  readonly maturesAt: Instant
  readonly matured: boolean
  readonly eligible: number
  readonly resolvedAtFirst: number
  /** resolvedAtFirst / eligible once it has matured; null before, and without eligible contacts. */
  readonly fcr: number | null
  /** The same as far as it is known: before the cohort has matured it can only fall. */
  readonly soFar: number | null
  /** Of all answered inbound contacts of the cohort those whose customer is known: the others cannot be judged. */
  readonly identifiedShare: number | null
}

export interface CohortQuestion {
  /** Where the rows end: a cohort that reaches beyond it is of what lies before. */
  readonly to: Instant
  readonly windowMs: number
  readonly step: 'day' | 'week'
  readonly day: BusinessDay
  readonly asOf: Instant
}

interface Sum {
  readonly bounds: { readonly from: Instant; readonly to: Instant }
  answered: number
  eligible: number
  resolvedAtFirst: number
}

/** Cohorts as sums of the rows of one queue, or of the site. */
export const fcrCohorts = (rows: readonly CohortRow[], { to, windowMs, step, day, asOf }: CohortQuestion): readonly FcrCohort[] => {
  const cohortOf = (at: Instant): { readonly from: Instant; readonly to: Instant } => {
    const own = businessDayOf(day, at)
    if (step === 'day') return own
    const weekday = new Date(`${dateOf(own.from, day.timeZone)}T00:00:00Z`).getUTCDay()
    const monday = businessDayOf(day, instantOf(own.from - ((weekday + 6) % 7) * DAY + DAY / 2))
    return { from: monday.from, to: businessDayOf(day, instantOf(monday.from + 6.5 * DAY)).to }
  }
  const cohorts = new Map<number, Sum>()
  for (const { from, answered, eligible, resolvedAtFirst } of rows) {
    const bounds = cohortOf(from)
    const sum = cohorts.get(bounds.from) ?? { bounds, answered: 0, eligible: 0, resolvedAtFirst: 0 }
    sum.answered += answered
    sum.eligible += eligible
    sum.resolvedAtFirst += resolvedAtFirst
    cohorts.set(bounds.from, sum)
  }
  return [...cohorts.values()]
    .sort((a, b) => a.bounds.from - b.bounds.from)
    .map(({ bounds, answered, eligible, resolvedAtFirst }) => {
      const maturesAt = instantOf(Math.min(bounds.to, to) + windowMs)
      const matured = asOf >= maturesAt
      const soFar = shareOf({ numerator: resolvedAtFirst, denominator: eligible })
      return { cohort: dateOf(bounds.from, day.timeZone), from: bounds.from, to: bounds.to, maturesAt, matured, eligible, resolvedAtFirst, fcr: matured ? soFar : null, soFar, identifiedShare: shareOf({ numerator: eligible, denominator: answered }) }
    })
}
