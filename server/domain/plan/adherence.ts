import type { AgentBand } from '../agent-figures.ts'
import { instantOf, type Instant } from '../time.ts'
import { isOnQueue } from './queue-bands.ts'

/** One planned stretch of an agent's day: `work`, `break`, `lunch`, `training`, ... */
export interface Activity {
  readonly activity: string
  readonly from: Instant
  readonly to: Instant
}

export interface ActivityRule {
  /** On the queue, or away from it. */
  readonly expects: 'queue' | 'away'
  /** A stretch out of plan that lasts no longer is none. */
  readonly toleranceMs: number
}

export interface Adherence {
  readonly scheduledMs: number
  readonly exceptionMs: number
  /** 1 - exception / scheduled, never below 0; null without anything scheduled so far. */
  readonly adherence: number | null
  readonly onQueueMs: number
  readonly scheduledOnQueueMs: number
  /** On queue / scheduled on queue: may be above 1, and looks perfect when somebody is late and stays late. */
  readonly conformance: number | null
}

/** Two minutes of grace, as the break board gives. */
export const DEFAULT_TOLERANCE_MS = 120_000
const WORK = new Set(['work', 'on-queue', 'queue', 'shift'])
/** Who is marked so is not measured. */
export const EXCUSED = new Set(['sick', 'leave', 'holiday', 'day-off'])

export const ruleOf = (activity: string, rules: Readonly<Record<string, Partial<ActivityRule>>>): ActivityRule => {
  const own = Object.hasOwn(rules, activity) ? rules[activity] : undefined
  return { expects: own?.expects ?? (WORK.has(activity) ? 'queue' : 'away'), toleranceMs: own?.toleranceMs ?? DEFAULT_TOLERANCE_MS }
}

const clipped = (band: { readonly from: number; readonly to: number }, from: number, to: number): number => Math.max(0, Math.min(band.to, to) - Math.max(band.from, from))

/** Stretches of [from, to) in which the agent was not what the plan says; unknown time is neither. */
const exceptionsIn = (bands: readonly AgentBand[], from: number, to: number, { expects, toleranceMs }: ActivityRule): { readonly exceptionMs: number; readonly unknownMs: number } => {
  let exceptionMs = 0
  let unknownMs = 0
  let running = 0
  const close = (): void => {
    if (running > toleranceMs) exceptionMs += running
    running = 0
  }
  // Before the first word nobody was there.
  const first = bands[0]?.from ?? Infinity
  const lead = Math.max(0, Math.min(first, to) - from)
  if (expects === 'queue') running += lead
  for (const band of bands) {
    const ms = clipped(band, from, to)
    if (ms === 0) continue
    if (band.state === 'unreachable') {
      unknownMs += ms
      close()
    } else if (isOnQueue(band.state) === (expects === 'queue')) close()
    else running += ms
  }
  close()
  return { exceptionMs, unknownMs }
}

/** How far the day so far went as planned. `bands` are those of the agent in order of time; only what lies before `asOf` is judged. */
export const adherenceOf = (activities: readonly Activity[], bands: readonly AgentBand[], { asOf, rules }: { readonly asOf: Instant; readonly rules: Readonly<Record<string, Partial<ActivityRule>>> }): Adherence => {
  let [scheduledMs, exceptionMs, scheduledOnQueueMs] = [0, 0, 0]
  const excused = activities.filter(({ activity }) => EXCUSED.has(activity))
  const judged = activities.filter(({ activity, from, to }) => !EXCUSED.has(activity) && from < asOf && !excused.some((absence) => absence.from <= from && absence.to >= to))
  for (const { activity, from, to } of judged) {
    const end = Math.min(to, asOf)
    const rule = ruleOf(activity, rules)
    const found = exceptionsIn(bands, from, end, rule)
    scheduledMs += end - from - found.unknownMs
    exceptionMs += found.exceptionMs
    if (rule.expects === 'queue') scheduledOnQueueMs += end - from
  }
  const begin = judged.reduce((least, { from }) => Math.min(least, from), Infinity)
  const finish = judged.reduce((most, { to }) => Math.max(most, to), -Infinity)
  // Work before and after the shift counts for conformance: that is why it may be above 1.
  const onQueueMs = judged.length === 0 ? 0 : bands.reduce((sum, band) => sum + (isOnQueue(band.state) ? clipped(band, begin - SHIFT_EDGE_MS, Math.min(finish + SHIFT_EDGE_MS, asOf)) : 0), 0)
  return {
    scheduledMs,
    exceptionMs,
    adherence: scheduledMs > 0 ? Math.max(0, 1 - exceptionMs / scheduledMs) : null,
    onQueueMs,
    scheduledOnQueueMs,
    conformance: scheduledOnQueueMs > 0 ? onQueueMs / scheduledOnQueueMs : null,
  }
}

/** Work this far outside the shift belongs to it. */
const SHIFT_EDGE_MS = 7_200_000

/** First and last instant of a day's activities that are no absence; null for nobody's day. */
export const shiftOf = (activities: readonly Activity[]): { readonly from: Instant; readonly to: Instant } | null => {
  const own = activities.filter(({ activity }) => !EXCUSED.has(activity))
  return own.length === 0 ? null : { from: instantOf(Math.min(...own.map(({ from }) => from))), to: instantOf(Math.max(...own.map(({ to }) => to))) }
}
