import type { IncidentLists } from '../redis/incident-lists.ts'

/** Records that are parsed in one go: nothing else runs meanwhile. */
const BATCH = 200

/** The queue of each record that exists, which says whose area it is in; no more than a batch of records is held for it. */
export const queuesOf = async (lists: Pick<IncidentLists, 'records'>, site: string, refs: readonly string[]): Promise<ReadonlyMap<string, string | null>> => {
  const queues = new Map<string, string | null>()
  for (let from = 0; from < refs.length; from += BATCH) for (const { ref, queue } of await lists.records(site, refs.slice(from, from + BATCH))) queues.set(ref, queue)
  return queues
}
