import type { StillDue } from './channels/channel.ts'

/** What was looked at so long ago is looked at again before a message leaves. */
const FRESH_MS = 500
/** A database that takes longer than that for each look is not asked for ever: */
const LOOKS = 2
/** then a look counts that was begun no longer ago than this. */
const STALE_MS = 2_000

export interface FreshDeps {
  /** False: something has changed, or nobody can say whether. */
  readonly look: () => Promise<boolean>
  /** When the look began on which the message stands (ms of the monotonic clock). */
  readonly lookedAt: number
  readonly ticks: () => number
}

/**
 * Between the look at an incident and the leaving of its message lie the words, a name server, a handshake, and whatever a starved
 * process stands still for: an acknowledgement that came meanwhile must still hold the message back (grafana/oncall#5145).
 */
export const stillDueSince = ({ look, lookedAt, ticks }: FreshDeps): StillDue => {
  let seen = lookedAt
  return async () => {
    for (let looks = 0; looks < LOOKS && ticks() - seen > FRESH_MS; looks += 1) {
      const began = ticks()
      if (!(await look())) return false
      seen = Math.max(seen, began)
    }
    return ticks() - seen <= STALE_MS
  }
}
