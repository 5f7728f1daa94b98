import type { SourceRow } from '../contract/rows.ts'
import type { LogEntry } from '../domain/log-entry.ts'
import type { Instant } from '../domain/time.ts'
import type { LiveReplica } from './live-replica.ts'
import { DIRECT, sourceRows } from './source-rows.ts'
import type { Timers } from './timers.ts'

/** How the sources of a site are now: what the log says of them, and whether their keeper lives. */
export interface SourceWatch {
  readonly note: (entries: readonly LogEntry[]) => void
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
  const lastEventAt = new Map<string, Instant>()
  let keeperSeen: Instant | null = null
  let askedAt = -Infinity
  return {
    note: (entries) => {
      for (const entry of entries) if (entry.kind === 'facts') for (const fact of entry.facts) lastEventAt.set(fact.source ?? DIRECT, entry.at)
    },
    ask: async () => {
      askedAt = timers.now()
      keeperSeen = (await keeperAliveAt(replica.site).catch(() => null)) ?? keeperSeen
    },
    olderThan: (ms) => timers.now() - askedAt > ms,
    rows: () => sourceRows({ statuses: replica.floor.sources(), lastEventAt, keeperAliveAt: keeperSeen, logSilentMs: replica.lag().heardMsAgo, now: now() }),
  }
}
