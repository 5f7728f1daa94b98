import { commitmentsIn, type Commitment } from '../domain/deployment/commitments.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { within } from './unavailable.ts'

/** Whom all incidents of a site have or have asked, in one small hash: incident -> its part, written with every change of it. */
export interface Commitments {
  of(site: string): Promise<{ readonly all: readonly Commitment[]; readonly version: number }>
}

/** The field that counts changes, so that two incidents cannot take one person in the same moment. */
export const VERSION_FIELD = '#'
const DEADLINE_MS = 2_000

/** What an incident writes there; empty: nothing. */
export const commitmentText = (record: IncidentRecord | null): string => {
  const own = record === null ? [] : commitmentsIn(record)
  return own.length === 0 ? '' : JSON.stringify(own)
}

export const openCommitments = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Commitments => ({
  of: async (site) => {
    const { [VERSION_FIELD]: version = '0', ...parts } = await within(DEADLINE_MS, redis.hGetAll(keys.site(site).commitments))
    return { all: Object.values(parts).flatMap((text) => JSON.parse(text) as readonly Commitment[]), version: Number(version) }
  },
})
