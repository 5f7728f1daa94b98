import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Instant } from '../domain/time.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import { refScore } from '../redis/incident-log.ts'

const BATCH = 200
const MOST_LOOKED_AT = 50_000

/** Newest first. References are given in the order of opening, which reports of long ago may disturb by a batch. */
export const incidentsSince = async (lists: Pick<IncidentLists, 'newest'>, site: string, from: Instant): Promise<readonly IncidentRecord[]> => {
  const found: IncidentRecord[] = []
  for (let below: number | null = null; found.length < MOST_LOOKED_AT; ) {
    const batch: readonly IncidentRecord[] = await lists.newest(site, { below, count: BATCH, activeOnly: false })
    found.push(...batch)
    const last = batch.at(-1)
    if (last === undefined || batch.length < BATCH || batch.every(({ changedAt }) => changedAt < from)) return found
    below = refScore(last.ref)
  }
  return found
}
