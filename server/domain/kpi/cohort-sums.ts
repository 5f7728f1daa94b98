/** What resolution at first contact by repeats is a ratio of (METRICS section 4). */
export interface CohortSums {
  /** Answered inbound contacts, whether or not their customer is known. */
  answered: number
  /** Interactions of known customers. */
  eligible: number
  resolvedAtFirst: number
}

/** `none`: it is not eligible, since nobody knows its customer or a later leg of its interaction speaks for it. */
export const COHORT_VERDICTS = ['none', 'again', 'resolved'] as const
export type CohortVerdict = (typeof COHORT_VERDICTS)[number]

export const emptyCohortSums = (): CohortSums => ({ answered: 0, eligible: 0, resolvedAtFirst: 0 })

export const addVerdict = (sums: CohortSums, verdict: CohortVerdict): void => {
  sums.answered += 1
  if (verdict !== 'none') sums.eligible += 1
  if (verdict === 'resolved') sums.resolvedAtFirst += 1
}

export const addCohortSums = (sums: CohortSums, more: Readonly<CohortSums>): void => {
  sums.answered += more.answered
  sums.eligible += more.eligible
  sums.resolvedAtFirst += more.resolvedAtFirst
}
