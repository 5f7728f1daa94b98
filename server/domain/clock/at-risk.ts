import type { SlaClock } from '../incident/incident.ts'
import type { Instant } from '../time.ts'
import type { Calendar } from './calendar.ts'
import { isCounting, reachedAt, targetOf } from './sla-clock.ts'

/** The next instant at which a clock alone makes something happen. */
export type ClockMark =
  | { readonly kind: 'warning'; readonly share: number; readonly at: Instant }
  /** One ms after the due instant: breached is strictly after it. */
  | { readonly kind: 'breach'; readonly at: Instant }

/** Thresholds not yet warned of, highest first crossed last; none while paused or after a breach. */
export const nextMark = (clock: SlaClock, calendar: Calendar, shares: readonly number[]): ClockMark | null => {
  if (!isCounting(clock) || clock.state !== 'running' || clock.dueAt === null) return null
  const breach: ClockMark = { kind: 'breach', at: (clock.dueAt + 1) as Instant }
  const share = shares.find((candidate) => candidate > clock.warned && candidate < 1)
  const at = share === undefined ? null : shareAt(clock, calendar, share)
  return share === undefined || at === null || at >= breach.at ? breach : { kind: 'warning', share, at }
}

const shareAt = (clock: SlaClock, calendar: Calendar, share: number): Instant | null => {
  const target = targetOf(clock, calendar)
  return target === null ? null : reachedAt(clock, calendar, Math.floor(target * share))
}

/** Highest threshold crossed at `now` and not warned of; the rest of what one change crosses is only listed. */
export const crossedShares = (clock: SlaClock, calendar: Calendar, shares: readonly number[], now: Instant): readonly number[] => {
  if (!isCounting(clock) || clock.state !== 'running') return []
  return shares.filter((share) => {
    const at = share > clock.warned && share < 1 ? shareAt(clock, calendar, share) : null
    return at !== null && at <= now
  })
}
