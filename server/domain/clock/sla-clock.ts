import type { ClockKind, SlaClock } from '../incident/incident.ts'
import { instantOf, type Instant } from '../time.ts'
import type { Calendar } from './calendar.ts'

/** Target of one clock: working ms, or business days that keep the wall-clock time. */
export interface ClockTarget {
  readonly targetMs: number | null
  readonly targetDays: number | null
  readonly endOfDay?: boolean
}

type Segment = SlaClock['segments'][number]

/** A calendar without working time counts every hour: never "no deadline" (INCIDENTS 2.5). */
const plusWorking = (calendar: Calendar, from: Instant, ms: number): Instant => calendar.addWorking(from, ms) ?? instantOf(from + ms)

const workedIn = (segment: Segment, calendar: Calendar, now: Instant): number => {
  const to = segment.to === null || segment.to > now ? now : segment.to
  return calendar.nextWorking(segment.from) === null ? Math.max(0, to - segment.from) : calendar.workingBetween(segment.from, to)
}

/** Working ms inside the running segments up to `now`. */
export const elapsedOf = (clock: SlaClock, calendar: Calendar, now: Instant): number => clock.segments.reduce((sum, segment) => sum + workedIn(segment, calendar, now), 0)

const plainDue = (clock: SlaClock, calendar: Calendar): Instant | null => {
  const start = clock.segments[0]?.from
  if (start === undefined) return null
  if (clock.targetDays !== null) return calendar.addBusinessDays(start, clock.targetDays, clock.endOfDay) ?? instantOf(start + clock.targetDays * 86_400_000)
  return clock.targetMs === null ? null : plusWorking(calendar, start, clock.targetMs)
}

/** The target in working ms, grace left out; null when the clock has no target. */
export const targetOf = (clock: SlaClock, calendar: Calendar): number | null => {
  if (clock.targetMs !== null) return clock.targetMs
  const start = clock.segments[0]?.from
  const due = plainDue(clock, calendar)
  if (start === undefined || due === null) return null
  return workedIn({ from: start, to: due }, calendar, due)
}

/** When the clock's working time reaches `ms`; null when its segments end before that (paused, stopped). */
export const reachedAt = (clock: SlaClock, calendar: Calendar, ms: number): Instant | null => {
  let left = ms
  for (const segment of clock.segments) {
    const worked = segment.to === null ? Number.POSITIVE_INFINITY : workedIn(segment, calendar, segment.to)
    if (left <= worked) return plusWorking(calendar, segment.from, left)
    left -= worked
  }
  return null
}

/** No working time lies between a close and the next opening. Days that end with an opening go on doing so, so that a pause of nothing moves nothing. */
const asItWas = (clock: SlaClock, calendar: Calendar, due: Instant | null): Instant | null => {
  const plain = due === null || clock.targetDays === null ? null : plainDue(clock, calendar)
  if (due === null || plain === null) return due
  const atOpening = calendar.nextWorking(plain) === plain && calendar.workingBetween(instantOf(plain - 1), plain) === 0
  return atOpening ? (calendar.nextWorking(due) ?? due) : due
}

/** The due time that the segments say; what `dueAt` caches. */
export const dueOf = (clock: SlaClock, calendar: Calendar): Instant | null => {
  if (clock.promisedAt !== null) return clock.promisedAt
  const target = targetOf(clock, calendar)
  if (target === null) return null
  const paused = clock.segments.length > 1
  const due = !paused && clock.graceMs === 0 && clock.targetDays !== null && isCounting(clock) ? plainDue(clock, calendar) : asItWas(clock, calendar, reachedAt(clock, calendar, target + clock.graceMs))
  if (due === null) return null
  return clock.notBefore !== null && clock.notBefore > due ? clock.notBefore : due
}

export const isCounting = (clock: SlaClock): boolean => clock.stoppedAt === null && clock.segments.at(-1)?.to === null

const withDue = (clock: SlaClock, calendar: Calendar): SlaClock => ({ ...clock, dueAt: dueOf(clock, calendar) })

export interface ClockStart extends ClockTarget {
  readonly kind: ClockKind
  readonly name: string | null
  readonly calendar: string
  readonly calendarVersion: number
  readonly at: Instant
}

export const startedClock = ({ kind, name, targetMs, targetDays, endOfDay = false, calendar, calendarVersion, at }: ClockStart, rules: Calendar): SlaClock =>
  withDue(
    {
      kind,
      name,
      state: 'running',
      generation: 1,
      targetMs,
      targetDays,
      endOfDay,
      calendar,
      calendarVersion,
      startedAt: at,
      segments: [{ from: at, to: null }],
      dueAt: null,
      breachedAt: null,
      stoppedAt: null,
      notBefore: null,
      promisedAt: null,
      graceMs: 0,
      warned: 0,
      reminder: null,
      excused: null,
    },
    rules,
  )

const closedSegments = (clock: SlaClock, at: Instant): readonly Segment[] =>
  clock.segments.map((segment) => (segment.to === null ? { from: segment.from, to: at < segment.from ? segment.from : at } : segment))

/** Pausing a paused clock changes nothing: pauses do not stack. */
export const pausedClock = (clock: SlaClock, at: Instant): SlaClock =>
  isCounting(clock) ? { ...clock, state: clock.state === 'running' ? 'paused' : clock.state, segments: closedSegments(clock, at), dueAt: clock.state === 'running' ? null : clock.dueAt } : clock

export const resumedClock = (clock: SlaClock, at: Instant, calendar: Calendar): SlaClock => {
  if (clock.stoppedAt !== null || isCounting(clock)) return clock
  return withDue({ ...clock, state: clock.state === 'paused' ? 'running' : clock.state, segments: [...clock.segments, { from: at, to: null }] }, calendar)
}

/** Met when stopped at or before its due instant. */
export const stoppedClock = (clock: SlaClock, at: Instant): SlaClock => {
  if (clock.stoppedAt !== null) return clock
  const late = clock.state === 'breached' || isLateAt(clock, at)
  return { ...clock, state: late ? 'breached' : 'met', breachedAt: late ? (clock.breachedAt ?? clock.dueAt) : clock.breachedAt, segments: closedSegments(clock, at), stoppedAt: at, reminder: null }
}

export const isLateAt = (clock: SlaClock, at: Instant): boolean => isCounting(clock) && clock.dueAt !== null && at > clock.dueAt

/** Ends without a verdict (cancelled, merged); a breach that happened stays. */
export const voidedClock = (clock: SlaClock, at: Instant): SlaClock =>
  clock.stoppedAt !== null ? clock : { ...clock, state: clock.state === 'breached' ? 'breached' : 'void', segments: closedSegments(clock, at), stoppedAt: at, reminder: null }

export const breachedClock = (clock: SlaClock, dueAt: Instant, reminder: SlaClock['reminder']): SlaClock => ({ ...clock, state: 'breached', breachedAt: clock.breachedAt ?? dueAt, reminder })

export const warnedClock = (clock: SlaClock, share: number): SlaClock => ({ ...clock, warned: Math.max(clock.warned, share) })

export interface NewTarget extends ClockTarget {
  readonly calendar: string
  readonly calendarVersion: number
  readonly notBefore: Instant | null
}

/** New target from the original start, less all pauses; a breach is never erased, a met clock stays met. */
export const retargetedClock = (clock: SlaClock, target: NewTarget, calendar: Calendar): SlaClock => {
  if (clock.stoppedAt !== null) return clock
  const next = { ...clock, ...target, endOfDay: target.endOfDay ?? false, generation: clock.generation + 1, warned: 0 }
  // On hold a clock is due only where it had run past the new target before.
  return clock.state === 'paused' && next.notBefore !== null ? { ...next, dueAt: null } : withDue(next, calendar)
}

/** A clock that has not been paused begins at another moment than was thought. */
export const movedClock = (clock: SlaClock, at: Instant, calendar: Calendar): SlaClock =>
  isCounting(clock) && clock.state === 'running' && clock.segments.length === 1 ? withDue({ ...clock, generation: clock.generation + 1, startedAt: at, segments: [{ from: at, to: null }], warned: 0 }, calendar) : clock

/** The update clock starts afresh with each qualifying update; an earlier breach stays in `breachedAt`. */
export const restartedClock = (clock: SlaClock, at: Instant, promisedAt: Instant | null, calendar: Calendar): SlaClock =>
  withDue({ ...clock, state: 'running', generation: clock.generation + 1, startedAt: at, segments: [{ from: at, to: null }], stoppedAt: null, notBefore: null, promisedAt, graceMs: 0, warned: 0, reminder: null }, calendar)

/** Counts again from its own start, as if it had never been ended; what was late is late still, and told again with `reminder`. */
export const resumedFrom = (clock: SlaClock, { notBefore, reminder }: Pick<SlaClock, 'notBefore' | 'reminder'>, calendar: Calendar): SlaClock => {
  const late = clock.state === 'breached'
  return withDue({ ...clock, state: late ? 'breached' : 'running', generation: clock.generation + 1, segments: [{ from: clock.startedAt, to: null }], stoppedAt: null, notBefore, promisedAt: null, warned: 0, reminder: late ? reminder : null }, calendar)
}

/** Share of the target that a reopened clock has at least left (INCIDENTS 2.11 row 5). */
const REOPEN_SHARE = 0.25

/** Runs on after a reopening: elapsed kept, the resolved gap not counted. The grace is given once per incident. */
export const reopenedClock = (clock: SlaClock, at: Instant, calendar: Calendar, withGrace: boolean): SlaClock => {
  const target = targetOf(clock, calendar) ?? 0
  const elapsed = elapsedOf(clock, calendar, at)
  const graceMs = withGrace ? Math.max(clock.graceMs, elapsed + REOPEN_SHARE * target - target, 0) : clock.graceMs
  return withDue({ ...clock, state: 'running', generation: clock.generation + 1, segments: [...clock.segments, { from: at, to: null }], stoppedAt: null, notBefore: null, graceMs, warned: 0, reminder: null }, calendar)
}

/** The due time that the target alone gives, without a minimum reaction: reports show both. */
export const targetDueOf = (clock: SlaClock, calendar: Calendar): Instant | null => dueOf({ ...clock, notBefore: null }, calendar)

/** After an edit of its calendar: due anew, but not before `notBefore` where the edit moves it forward. A verdict that was given stays. */
export const recomputedClock = (clock: SlaClock, calendar: Calendar, calendarVersion: number, notBefore: Instant): SlaClock => {
  if (clock.stoppedAt !== null || clock.state !== 'running') return clock
  const due = dueOf(clock, calendar)
  if (due === clock.dueAt) return clock
  const earlier = due !== null && clock.dueAt !== null && due < clock.dueAt
  return withDue({ ...clock, calendarVersion, generation: clock.generation + 1, notBefore: earlier && due < notBefore ? notBefore : clock.notBefore }, calendar)
}
