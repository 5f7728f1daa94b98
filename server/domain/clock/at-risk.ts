import type { Priority, SlaClock } from '../incident/incident.ts'
import { instantOf, later, type Instant } from '../time.ts'
import type { Calendar } from './calendar.ts'
import { noticeAt } from './reminders.ts'
import { isCounting, reachedAt, targetOf } from './sla-clock.ts'

/** The next instant at which a clock alone makes something happen. */
export type ClockMark =
  /** `reachedAt`: when the share was reached; `at`: when it is told. */
  | { readonly kind: 'warning'; readonly share: number; readonly at: Instant; readonly reachedAt: Instant }
  /** One ms after the due instant: breached is strictly after it. */
  | { readonly kind: 'breach'; readonly at: Instant }

const shareAt = (clock: SlaClock, calendar: Calendar, share: number): Instant | null => {
  // A promise is a wall-clock instant: its shares are too.
  if (clock.promisedAt !== null) return instantOf(clock.startedAt + Math.floor((clock.promisedAt - clock.startedAt) * share))
  const target = targetOf(clock, calendar)
  return target === null ? null : reachedAt(clock, calendar, Math.floor(target * share))
}

/** Thresholds not yet warned of, highest first crossed last; none while paused or after a breach. */
export const nextMark = (clock: SlaClock, calendar: Calendar, shares: readonly number[], priority: Priority): ClockMark | null => {
  if (clock.stoppedAt !== null || clock.dueAt === null) return null
  const breach: ClockMark = { kind: 'breach', at: later(clock.dueAt, 1) }
  if (clock.state === 'paused') return breach
  if (!isCounting(clock) || clock.state !== 'running') return null
  const share = shares.find((candidate) => candidate > clock.warned && candidate < 1)
  const reached = share === undefined ? null : shareAt(clock, calendar, share)
  if (share === undefined || reached === null) return breach
  const at = noticeAt(priority, calendar, reached)
  return at >= breach.at ? breach : { kind: 'warning', share, at, reachedAt: reached }
}

/** Highest threshold crossed at `now` and not warned of; the rest of what one change crosses is only listed. */
export const crossedShares = (clock: SlaClock, calendar: Calendar, shares: readonly number[], now: Instant): readonly number[] => {
  if (!isCounting(clock) || clock.state !== 'running') return []
  return shares.filter((share) => {
    const at = share > clock.warned && share < 1 ? shareAt(clock, calendar, share) : null
    return at !== null && at <= now
  })
}
