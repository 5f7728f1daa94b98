import type { Revision } from '../contract/messages.ts'
import type { Iso } from '../contract/rows.ts'
import type { Instant } from '../domain/time.ts'
import type { Logger } from '../log.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { ChangeSet } from './change-ring.ts'
import type { IncidentRows } from './known-rows.ts'
import type { LiveReplica } from './live-replica.ts'
import type { Scope } from './scope.ts'
import type { Timers } from './timers.ts'
import type { ReadTable } from './to-views.ts'

/** One flush: what looks different between two revisions. `reset`: nothing sent before may be built upon. */
export interface Flush {
  readonly from: Revision
  readonly to: Revision
  readonly asOf: Iso
  readonly changes: ChangeSet
  readonly reset: boolean
}

export interface SiteFeedDeps {
  readonly replica: LiveReplica
  readonly sealed: Pick<Sealed, 'agents'>
  readonly incidents: IncidentRows
  /** Last heartbeat of the site's keeper on this machine's clock; null when none runs. */
  readonly keeperAliveAt: (site: string) => Promise<Instant | null>
  /** How many messages reached nobody; absent: walls do not say. */
  readonly deadLetters?: (site: string) => Promise<number>
  readonly now: () => Instant
  readonly log: Logger
  readonly timers?: Timers
}

/** A site's rows in this process: kept encoded at one flushed revision, from which every room, snapshot and answer is made. */
export interface SiteFeed {
  readonly site: string
  /** The flushed revision: tables, frames and snapshots are all of this one. */
  readonly revision: () => Revision
  readonly asOf: () => Iso
  readonly read: ReadTable
  /** Resolves when the tables are filled. */
  readonly ready: () => Promise<void>
  /** Resolves when the tables hold all that the replica holds now. */
  readonly current: () => Promise<void>
  /** Waits up to that long for the floor to reach a viewer's revision; then what changed since, or null when only a snapshot helps. */
  readonly changesSince: (revision: Revision, scope: Scope, waitMs: number) => Promise<ChangeSet | null>
  readonly changesSinceNow: (revision: Revision, scope: Scope) => ChangeSet | null
  readonly keepArea: (scope: Scope) => void
  /** Keeps an incident's timeline among the rows until it is released as often as it was held. */
  readonly holdTimeline: (ref: string) => Promise<void>
  readonly releaseTimeline: (ref: string) => void
  /** While somebody watches, flushes keep the beat; otherwise they wait for `current()`. */
  readonly watched: (watched: boolean) => void
  readonly onFlush: (flushed: (flush: Flush) => void) => () => void
  readonly onSettings: (changed: () => void) => () => void
  readonly close: () => void
}
