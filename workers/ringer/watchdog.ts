import type { Logger } from '../../server/log.ts'

export interface WatchdogDeps {
  /** How long the oldest due timer of any site has been due, ms; 0: nothing is due. Rejects when Redis is away: that is nobody's wedge. */
  readonly overdueMs: () => Promise<number>
  /** When this process last went through all sites (ms of the monotonic clock). */
  readonly lastSweepAt: () => number
  /** This process does not come back by itself: whoever watches it starts a fresh one. */
  readonly wedged: () => void
  readonly log: Logger
  readonly ticks?: () => number
  readonly everyMs?: number | null
}

const EVERY_MS = 5_000
/** Due rows and no sweep for so long: alive, but it will never read again (taskforcesh/bullmq#3185). */
const WEDGED_MS = 30_000

export const openWatchdog = ({ overdueMs, lastSweepAt, wedged, log, ticks = () => performance.now(), everyMs = EVERY_MS }: WatchdogDeps): { readonly look: () => Promise<void>; readonly close: () => void } => {
  const look = async (): Promise<void> => {
    const quiet = ticks() - lastSweepAt()
    if (quiet < WEDGED_MS) return
    const overdue = await overdueMs().catch(() => 0)
    if (overdue < WEDGED_MS) return
    log.fatal({ overdueMs: Math.round(overdue), quietMs: Math.round(quiet) }, 'timers are due and this worker does not claim them: it is started anew')
    wedged()
  }
  const beat = everyMs === null ? null : setInterval(() => void look(), everyMs).unref()
  return {
    look,
    close: () => {
      if (beat !== null) clearInterval(beat)
    },
  }
}
