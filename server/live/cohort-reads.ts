import { cohortTally, type CohortRow } from '../domain/reports/cohort-tally.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import { BEGAN_MS, windowOf, type CohortDays } from '../redis/cohort-days.ts'
import type { HistoryReads } from './history-reads.ts'
import type { Scope } from './scope.ts'

export interface CohortQuery {
  readonly from: Instant
  readonly to: Instant
  readonly queue: string | null
  readonly windowMs: number
}

interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** What of a stretch none of the days, oldest first, covers. */
const between = (days: readonly Stretch[], { from, to }: Stretch): readonly Stretch[] => {
  const edges = [from, ...days.flatMap((day) => [day.from, day.to]), to]
  return edges.flatMap((edge, index) => {
    const next = edges[index + 1]
    return index % 2 === 0 && next !== undefined && next > edge ? [{ from: edge, to: next }] : []
  })
}

/** Rows of cohorts: those of matured days as the keeper counted them, the others from their contacts. Whoever reaches some queues only has all counted from the contacts of these. */
export const cohortReads = ({ reads, cohorts }: { readonly reads: Pick<HistoryReads, 'contacts'>; readonly cohorts: CohortDays }) =>
  async (site: string, scope: Scope, { from, to, queue, windowMs }: CohortQuery): Promise<readonly CohortRow[]> => {
    const days = scope.area === null ? (await cohorts.within(site, from, to)).filter((day) => windowOf(day, queue) === windowMs) : []
    const rows: CohortRow[] = []
    for (const day of days) for (const row of await cohorts.rows(day, queue)) rows.push(row)
    for (const stretch of between(days, { from, to })) {
      const tally = cohortTally({ ...stretch, windowMs: () => windowMs })
      for await (const contact of reads.contacts(site, scope, { from: instantOf(stretch.from - BEGAN_MS), to: instantOf(stretch.to + windowMs + 1) })) tally.add(contact)
      rows.push(...tally.take(stretch.to).filter((row) => row.queue === queue))
    }
    return rows
  }
