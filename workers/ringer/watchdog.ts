import type { Logger } from '../../server/log.ts'
import { looked, STUCK, unstuck } from '../stuck.ts'

export interface WatchdogDeps {
  /** How long the oldest due timer of any site has been due, ms; 0: nothing is due. Rejects when Redis is away: that is nobody's wedge. */
  readonly overdueMs: () => Promise<number>
  /** When this process last claimed, or found that there is nothing to claim (ms of the monotonic clock). */
  readonly movedAt: () => number
  /** Claims over a new connection, by a new loop. */
  readonly rebuild: () => Promise<void>
  /** This process does not come back by itself: whoever watches it starts a fresh one. */
  readonly wedged: () => void
  readonly log: Logger
  readonly ticks?: () => number
  readonly everyMs?: number | null
}

/** Timers are due and this process claims nothing: alive, but it will never read again (taskforcesh/bullmq#3185). */
export const openWatchdog = ({ overdueMs, movedAt, rebuild, wedged, log, ticks = () => performance.now(), everyMs = STUCK.lookMs }: WatchdogDeps): { readonly look: () => Promise<void>; readonly close: () => void } => {
  let stuck = unstuck(ticks())
  let looking = false
  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    try {
      const moved = movedAt()
      const quiet = ticks() - moved
      const overdue = quiet < STUCK.lookMs ? 0 : await overdueMs().catch(() => 0)
      const found = looked(stuck, ticks(), overdue > 0 ? String(moved) : null)
      stuck = found.stuck
      const figures = { overdueMs: Math.round(overdue), quietMs: Math.round(quiet) }
      if (found.verdict === 'rebuild') {
        log.error({ ...figures, attempt: stuck.rebuilt }, 'timers are due and this worker does not claim them: its claiming is built anew')
        await rebuild().catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'claiming could not be built anew'))
      }
      if (found.verdict === 'end') {
        log.fatal(figures, 'timers are due and this worker does not claim them: it is started anew')
        wedged()
      }
    } finally {
      looking = false
    }
  }
  const beat = everyMs === null ? null : setInterval(() => void look(), everyMs).unref()
  return {
    look,
    close: () => {
      if (beat !== null) clearInterval(beat)
    },
  }
}
