import type { Instant } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'

export interface Skew {
  /** Redis said that it was `now` between two readings of our clock. */
  seen(now: Instant, askedAt: number, answeredAt: number): void
  /** Our clock is not that of Redis. */
  off(): boolean
}

/** INCIDENTS 2.11 row 8. */
const OFF_MS = 2_000
const RIGHT_MS = 1_500

/** Compares the clock of this process with Redis TIME at every claim: what is due goes by Redis alone, but job queues trust the clocks of their workers. */
export const openSkew = ({ log, changed }: { readonly log: Logger; readonly changed: (off: boolean) => void }): Skew => {
  let off = false
  return {
    seen: (now, askedAt, answeredAt) => {
      const ahead = askedAt > now ? askedAt - now : answeredAt < now ? answeredAt - now : 0
      if (Math.abs(ahead) <= (off ? RIGHT_MS : OFF_MS) !== off) return
      off = !off
      if (off) log.error({ aheadMs: Math.round(ahead) }, `the clock of this machine is ${Math.abs(Math.round(ahead / 1_000))} s ${ahead > 0 ? 'ahead of' : 'behind'} that of Redis: this worker takes no jobs until it is right; what is due goes by Redis and is fired all the same. Set both by NTP`)
      else log.info('the clock of this machine is that of Redis again: this worker takes jobs')
      changed(off)
    },
    off: () => off,
  }
}
