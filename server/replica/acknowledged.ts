import type { EntryId } from '../domain/log-entry.ts'
import { compareEntries, entryOfRevision, type Revision } from '../redis/epoch.ts'
import type { Replicas } from './replicas.ts'

/** What this process has acknowledged to anybody: its own readers see it (read your writes). */
export interface Acknowledged {
  readonly entry: (site: string, entry: EntryId) => void
  readonly revision: (site: string, revision: Revision) => void
  /** Resolves when this process's floor holds all of it, or after `ms`. */
  readonly seen: (site: string, ms: number) => Promise<void>
}

export const openAcknowledged = (replicas: Pick<Replicas, 'get'>): Acknowledged => {
  const latest = new Map<string, EntryId>()
  const entry = (site: string, id: EntryId) => {
    const known = latest.get(site)
    if (known === undefined || compareEntries(known, id) < 0) latest.set(site, id)
  }
  return {
    entry,
    revision: (site, revision) => entry(site, entryOfRevision(revision)),
    seen: async (site, ms) => {
      const id = latest.get(site)
      if (id !== undefined) await (await replicas.get(site)).waitFor(id, ms)
    },
  }
}
