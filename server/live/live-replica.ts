import type { Floor, FloorChanges } from '../domain/floor.ts'
import type { LogEntry } from '../domain/log-entry.ts'

/** What the live part needs of a replica (`replica/replicas`). */
export interface LiveReplica {
  readonly site: string
  /** Replaced by a reload: read anew each time. */
  readonly floor: Floor
  revision(): string
  onChange(changed: (changes: FloorChanges, revision: string, entry: LogEntry, entries: readonly LogEntry[]) => void): () => void
  onReload(reloaded: () => void): () => void
  waitFor(entry: string, ms: number): Promise<boolean>
  lag(): { readonly heardMsAgo: number }
}
