import type { SourceFigures } from '../floor.ts'
import { later, type Instant } from '../time.ts'

/** A source that cannot be heard: from when, and when somebody has to be woken. */
export interface LostFeed {
  readonly since: Instant
  readonly alertAt: Instant
}

/** By day people look at the wall; at night a line that comes back by itself wakes nobody (PRACTICE section 1). */
const BY_DAY_MS = 60_000
const AT_NIGHT_MS = 180_000
const BEATS = 12

/** Null for a source that is heard or that promises no beat: such a one may be quiet for ever. */
export const lostFeedOf = (source: SourceFigures, { open }: { readonly open: boolean }): LostFeed | null => {
  const { beatMs, connected, lastAliveAt, lastEventAt } = source
  // A connected source that we dial lives with whoever dials it; one that only sends lives by what it sends.
  if (beatMs === null || (connected && source.pushed !== true)) return null
  const since = lastEventAt !== null && lastEventAt > lastAliveAt ? lastEventAt : lastAliveAt
  return { since, alertAt: later(since, Math.max(open ? BY_DAY_MS : AT_NIGHT_MS, BEATS * beatMs) + 1) }
}
