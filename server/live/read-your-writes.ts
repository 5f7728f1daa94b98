import { compareEntries } from '../redis/epoch.ts'
import type { EntryId } from '../domain/log-entry.ts'

/** What this server has acknowledged: its own reads wait for it (CONTRACT section 3). */
export interface Acknowledged {
  readonly note: (site: string, entry: EntryId) => void
  /** Resolves when this server's floor holds all of it, or after 2 s. */
  readonly seen: (site: string) => Promise<void>
}

const WAIT_MS = 2_000

export const acknowledgedEntries = (replicas: { readonly get: (site: string) => Promise<{ waitFor(entry: EntryId, ms: number): Promise<boolean> }> }): Acknowledged => {
  const newest = new Map<string, EntryId>()
  return {
    note: (site, entry) => {
      const known = newest.get(site)
      if (known === undefined || compareEntries(entry, known) > 0) newest.set(site, entry)
    },
    seen: async (site) => {
      const entry = newest.get(site)
      if (entry !== undefined) await (await replicas.get(site)).waitFor(entry, WAIT_MS)
    },
  }
}
