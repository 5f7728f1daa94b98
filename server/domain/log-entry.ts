import type { FactBatch } from './fold/fact-batch.ts'
import type { IncidentRecord } from './incident/incident.ts'
import type { Fact } from './platform-events.ts'
import type { FloorSettings } from './settings.ts'
import type { Instant } from './time.ts'

/** Id of an entry in the site's Redis stream; order only, never a clock. */
export type EntryId = string

export type SourceState = 'live' | 'late' | 'stale' | 'unknown'

export interface SourceStatus {
  readonly source: string
  readonly platform: string
  readonly connected: boolean
  /** The source's own beat in ms (AMI ping, follower stat); null: a push source without `expectedEveryMs`, never late. */
  readonly beatMs: number | null
  readonly lastAliveAt: Instant
  /** Words for people when not connected ("refused login", "file not found"), or when events of it are refused. Never a secret. */
  readonly detail: string | null
  /** Said by sources that read again what they missed (a file): all that was said since then has been read. */
  readonly wholeSince?: Instant
}

/** The content of one entry of THE LOG. */
export type EntryBody =
  /** `batch`: the same facts as the fold reads them, when the log's codec made them. */
  | { readonly kind: 'facts'; readonly facts: readonly Fact[]; readonly batch?: FactBatch }
  /** The incident's row by value after an event; texts are ids. */
  | { readonly kind: 'incident'; readonly event: string; readonly record: IncidentRecord }
  | { readonly kind: 'settings'; readonly settings: FloorSettings }
  /** A dialled source changed its state of connection (not its heartbeats). */
  | { readonly kind: 'source'; readonly status: SourceStatus }
  /** Time alone changed something: the fold's clock moves to `at`. */
  | { readonly kind: 'tick' }

export type LogEntry = EntryBody & {
  readonly id: EntryId
  /** Redis TIME at the append; the recorded time in a replay. */
  readonly at: Instant
}
