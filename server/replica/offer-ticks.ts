import type { Instant } from '../domain/time.ts'
import type { FloorLog } from '../redis/floor-log.ts'

/** Keeps a timer for the instant at which time alone changes the floor, and offers a tick then; the script appends it only if nobody was first. */
export interface TickOffers {
  /** After every change of the floor: when it wants its next tick, and the instant of its newest entry. */
  readonly arm: (due: Instant | null, newestAt: Instant) => void
  readonly close: () => void
}

/** Holders do not all ask at the same millisecond: mostly the first one's tick arrives before the others' timers run out. */
const MOST_STAGGER_MS = 40
const RETRY_MS = 500
const LONGEST_TIMER_MS = 60_000

export const offerTicks = ({ log, site, eager }: { readonly log: Pick<FloorLog, 'tick'>; readonly site: string; readonly eager: boolean }): TickOffers => {
  const stagger = eager ? 0 : Math.random() * MOST_STAGGER_MS
  /** Redis TIME minus this machine's clock, from below: an entry arrives after it was written. */
  let ahead: number | null = null
  let due: Instant | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const wait = (ms: number) => {
    clearTimeout(timer)
    if (closed || due === null) return
    timer = setTimeout(() => void offer(), Math.min(Math.max(0, ms), LONGEST_TIMER_MS))
  }
  const offer = async () => {
    const wanted = due
    if (wanted === null) return
    const remaining = wanted - (Date.now() + (ahead ?? 0))
    if (remaining > 0) return wait(remaining)
    try {
      const { waitMs } = await log.tick(site, wanted)
      if (waitMs > 0) ahead = wanted - waitMs - Date.now()
      // The tick, ours or another's, comes back through the log and arms the next; this is for one that does not.
      if (due === wanted) wait(waitMs > 0 ? waitMs : RETRY_MS)
    } catch {
      wait(RETRY_MS)
    }
  }
  return {
    arm: (next, newestAt) => {
      const heard = newestAt - Date.now()
      if (ahead === null || heard > ahead) ahead = heard
      if (next === due) return
      due = next
      if (next === null) clearTimeout(timer)
      else wait(next - (Date.now() + ahead) + stagger)
    },
    close: () => {
      closed = true
      clearTimeout(timer)
    },
  }
}
