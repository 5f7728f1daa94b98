import type { SourceRow } from '../contract/rows.ts'
import type { Instant } from '../domain/time.ts'
import type { LiveReplica } from './live-replica.ts'
import { sourceRows } from './source-rows.ts'
import type { Timers } from './timers.ts'

/** How the sources of a site are now: what the log says of them, and whether their keeper lives. */
export interface SourceWatch {
  /** Asks for the keeper's heartbeat. */
  readonly ask: () => Promise<void>
  /** True when the heartbeat was asked for longer ago than that. */
  readonly olderThan: (ms: number) => boolean
  readonly rows: () => readonly SourceRow[]
}

interface SourceWatchDeps {
  readonly replica: LiveReplica
  readonly keeperAliveAt: (site: string) => Promise<Instant | null>
  readonly now: () => Instant
  readonly timers: Timers
}

export const sourceWatch = ({ replica, keeperAliveAt, now, timers }: SourceWatchDeps): SourceWatch => {
  let keeperSeen: Instant | null = null
  let askedAt = -Infinity
  return {
    ask: async () => {
      askedAt = timers.now()
      keeperSeen = (await keeperAliveAt(replica.site).catch(() => null)) ?? keeperSeen
    },
    olderThan: (ms) => timers.now() - askedAt > ms,
    rows: () => sourceRows({ sources: replica.floor.sources(), unnamedEventAt: replica.floor.unnamedEventAt(), keeperAliveAt: keeperSeen, logSilentMs: replica.lag().heardMsAgo, now: now() }),
  }
}
