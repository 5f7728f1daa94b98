import type { Calendar } from '../clock/calendar.ts'
import { HOUR, MINUTE, SECOND, instantOf, later, type Instant } from '../time.ts'
import type { HoldReason, IncidentRecord, Priority } from './incident.ts'
import { calendarFor, type Rules } from './rules.ts'

/** How long things may wait (INCIDENTS 2.2, 2.7). */

const pausing: readonly HoldReason[] = ['waiting-for-reporter', 'third-party', 'appointment']
/** Only these stop the resolution clock. */
export const pausesResolution = (reason: HoldReason): boolean => pausing.includes(reason)

type OfService = Pick<IncidentRecord, 'service'>
const serviceCalendar = (rules: Rules, incident: OfService): Calendar => calendarFor(rules, 'service', incident)

/** The latest review of a hold: P1 30 min, P2 4 h, else 5 business days. */
export const latestReview = (incident: Pick<IncidentRecord, 'priority' | 'service'>, now: Instant, rules: Rules): Instant => {
  const { priority } = incident
  if (priority === 'P1') return later(now, 30 * MINUTE)
  if (priority === 'P2') return later(now, 4 * HOUR)
  return serviceCalendar(rules, incident).addBusinessDays(now, 5) ?? later(now, 120 * HOUR)
}

/** P1 at most 15 min, others 12 h. */
export const latestSnooze = (priority: Priority | null, now: Instant): Instant => later(now, priority === 'P1' ? 15 * MINUTE : 12 * HOUR)

/** Without activity for so long the owner is asked; P3 and P4 are not. */
const leaseMs: Readonly<Partial<Record<Priority, number>>> = { P1: 20 * MINUTE, P2: 60 * MINUTE }
/** From the question to the loss. */
const LEASE_GRACE = 5 * MINUTE
export const leaseGrace = ({ exercise }: Pick<IncidentRecord, 'exercise'>): number => LEASE_GRACE / (exercise?.speed ?? 1)
export const leaseFrom = (record: Pick<IncidentRecord, 'priority' | 'type' | 'exercise'>, at: Instant): IncidentRecord['lease'] => {
  const length = record.priority === null || record.type !== 'incident' ? undefined : leaseMs[record.priority]
  return length === undefined ? null : { dueAt: later(at, Math.round(length / (record.exercise?.speed ?? 1))), prompted: false }
}

/** How often supervisors hear of an incident that every level has heard of and nobody has taken. */
export const unownedEvery = (priority: Priority): number => (priority === 'P1' || priority === 'P2' ? 15 * MINUTE : HOUR)

export const HANDOVER_LAPSES = 10 * MINUTE
/** A log that was begun with four fields is whole within this (R5). What a machine reports has nobody to ask. */
const COMPLETED_WITHIN = 10 * MINUTE
export const completionFrom = ({ completeness, channel, exercise }: Pick<IncidentRecord, 'completeness' | 'channel' | 'exercise'>, at: Instant): IncidentRecord['completion'] =>
  completeness === 1 || channel === 'monitoring' ? null : { dueAt: later(at, COMPLETED_WITHIN / (exercise?.speed ?? 1)), asked: false }

/** Of a major incident the first word is said within five minutes of declaring it, its scope within five more, then something every twenty (INCIDENTS 2.10). */
const MAJOR_SOON = 5 * MINUTE
export const MAJOR_EVERY = 20 * MINUTE
export const majorSoon = ({ exercise }: Pick<IncidentRecord, 'exercise'>): number => Math.round(MAJOR_SOON / (exercise?.speed ?? 1))
/** When something is to be said by at the latest, after so many updates; who names a time themselves has it. */
export const majorUpdateBy = (updates: number, { exercise }: Pick<IncidentRecord, 'exercise'>, at: Instant): Instant => later(at, Math.round((updates < 2 ? MAJOR_SOON : MAJOR_EVERY) / (exercise?.speed ?? 1)))

/** Somebody comes within this, or the duty managers hear of it. */
export const helpDueFrom = ({ priority, exercise }: Pick<IncidentRecord, 'priority' | 'exercise'>, at: Instant): Instant => later(at, Math.round((priority === 'P1' || priority === 'P2' ? 2 * MINUTE : 5 * MINUTE) / (exercise?.speed ?? 1)))

/** Whoever is asked to come answers within this; then the next one is asked too (INCIDENTS 2.12). */
const ANSWERED_WITHIN_P1 = 90 * SECOND
const ANSWERED_WITHIN = 2 * MINUTE
type OfPace = Pick<IncidentRecord, 'priority' | 'exercise'>
export const answerDueFrom = ({ priority, exercise }: OfPace, at: Instant): Instant => later(at, Math.round((priority === 'P1' ? ANSWERED_WITHIN_P1 : ANSWERED_WITHIN) / (exercise?.speed ?? 1)))

/** A person who is sent for is there within a day; a supplier may take longer. */
export const latestArrival = (now: Instant): Instant => later(now, 24 * HOUR)

/** So much of the way past the time that was given, they are asked where they are. */
const LATE_BY = 0.2
export const lateFrom = (eta: Instant, givenAt: Instant): Instant => later(eta, Math.round(Math.max(0, eta - givenAt) * LATE_BY))

/** Nobody is on a task for so long without being asked whether they still are. */
const ON_TASK_ASKED = 2 * HOUR
/** A message to callers or a route of calls that should be taken back stands for every caller. */
const REVERT_ASKED_AGAIN = 30 * MINUTE
export const onTaskAskedFrom = ({ exercise }: OfPace, at: Instant): Instant => later(at, Math.round(ON_TASK_ASKED / (exercise?.speed ?? 1)))
/** A supplier that is late, or a thing that should be taken back, is asked about again and again. */
export const askedAgainFrom = ({ exercise }: OfPace, at: Instant): Instant => later(at, Math.round(REVERT_ASKED_AGAIN / (exercise?.speed ?? 1)))

/** An acknowledgement by mistake is taken back within this without a reason. */
export const SLIP = 10 * SECOND

/** A resolution may be taken back within 24 business hours. */
export const confirmWindow = (at: Instant, rules: Rules, incident: OfService): Instant => serviceCalendar(rules, incident).addWorking(at, 24 * HOUR) ?? instantOf(at + 72 * HOUR)
