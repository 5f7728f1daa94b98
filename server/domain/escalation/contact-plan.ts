import { calendarOf } from '../clock/calendar.ts'
import type { Priority } from '../incident/incident.ts'
import type { CalendarSettings } from '../incident-settings.ts'
import { DAY, later, type Instant } from '../time.ts'

/** Ways to one person. `desktop` is a screen they are signed in at. */
export type PersonalChannel = 'push' | 'sms' | 'voice' | 'mail' | 'slack' | 'teams' | 'desktop'

/** How one person is reached, as of now. */
export interface ContactPlan {
  /** Channels that exist for them, in the order they are tried for P1 and P2. */
  readonly urgent: readonly PersonalChannel[]
  /** For everything else: what makes no noise first. */
  readonly routine: readonly PersonalChannel[]
  /** Those that are known to reach them. */
  readonly verified: readonly PersonalChannel[]
  readonly quiet: QuietHours | null
}

export interface QuietHours {
  /** Its working hours are the quiet ones. */
  readonly hours: CalendarSettings
  /** Priorities that come through all the same. */
  readonly letThrough: readonly Priority[]
}

export const urgentOrder: readonly PersonalChannel[] = ['push', 'sms', 'voice', 'mail', 'slack', 'teams', 'desktop']
export const routineOrder: readonly PersonalChannel[] = ['mail', 'push', 'slack', 'teams', 'desktop']

/** Channels that can wake somebody. */
const waking: readonly PersonalChannel[] = ['push', 'sms', 'voice']

/** Nobody may be on call without one (INCIDENTS 2.8). */
export const hasVerifiedUrgentChannel = ({ urgent, verified }: ContactPlan): boolean => urgent.some((channel) => waking.includes(channel) && verified.includes(channel))

/** Quiet hours of every day of the week end somewhere within it. */
const LONGEST_QUIET = 7 * DAY

/** The first moment from `now` on that is not quiet; `now` itself when hours that never end were set. */
export const endOfQuiet = ({ hours }: QuietHours, now: Instant): Instant => {
  const limit = later(now, LONGEST_QUIET)
  // Hours over midnight belong to two days and touch.
  const end = calendarOf(hours).openingsBetween(now, limit).reduce((until, { from, to }) => (from === until ? to : until), now)
  return end >= limit ? now : end
}
