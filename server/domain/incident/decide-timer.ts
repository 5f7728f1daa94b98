import { crossedShares, nextMark } from '../clock/at-risk.ts'
import { fallbackTargets, resolvedTargets, type Directory } from '../escalation/directory.ts'
import { ladderRun } from '../escalation/ladder.ts'
import type { Timer } from '../escalation/plan-timers.ts'
import { timersOf } from '../escalation/plan-timers.ts'
import { later, type Instant } from '../time.ts'
import { missingForClosing } from './closing.ts'
import type { IncidentEvent } from './events.ts'
import { systemActor, type IncidentRecord, type PersonId, type SlaClock } from './incident.ts'
import { LEASE_GRACE } from './limits.ts'
import { policyOf, slaOf, type Rules } from './rules.ts'

export interface TimerSituation {
  readonly now: Instant
  /** The instant of the claim by Redis TIME. */
  readonly firedAt: Instant
  readonly rules: Rules
  readonly directory: Directory
}

/** What a due timer makes happen. A timer that the incident no longer has, or of an old generation, makes nothing happen. */
export const decideTimer = (record: IncidentRecord, timer: Pick<Timer, 'id' | 'generation'>, situation: TimerSituation): readonly IncidentEvent[] => {
  const live = timersOf(record, situation.rules).find(({ id }) => id === timer.id)
  if (live === undefined || live.generation !== timer.generation || live.dueAt > situation.firedAt) return []
  switch (live.purpose) {
    case 'ownership':
      return climbed(record, situation)
    case 'clock':
      return live.clock === null ? [] : marked(record, live.clock, situation)
    case 'lease':
      return leaseOver(record, situation)
    case 'hold':
      return [{ type: 'resumed', ...bySystem(situation), why: 'review-time' }]
    case 'snooze':
      return [{ type: 'snooze-ended', ...bySystem(situation) }]
    case 'handover':
      return record.handover === null ? [] : [{ type: 'handover-lapsed', ...bySystem(situation), to: record.handover.to }]
    case 'confirm':
      return confirmed(record, situation)
    default: {
      const never: never = live.purpose
      return never
    }
  }
}

const bySystem = ({ now }: TimerSituation) => ({ at: now, by: systemActor })

/** First the question, five minutes later the loss: then the ladder begins at level 1. */
const leaseOver = (record: IncidentRecord, situation: TimerSituation): readonly IncidentEvent[] => {
  if (record.lease === null) return []
  if (record.lease.prompted) return [{ type: 'lease-lost', ...bySystem(situation), before: record.owner }]
  return [{ type: 'lease-prompted', ...bySystem(situation), dueAt: later(situation.firedAt, LEASE_GRACE) }]
}

/** The window is over: closed, or resolved still, with what is owed. */
const confirmed = (record: IncidentRecord, situation: TimerSituation): readonly IncidentEvent[] => {
  const missing = missingForClosing(record)
  return [missing.length === 0 ? { type: 'closed', ...bySystem(situation), why: 'window-over' } : { type: 'review-awaited', ...bySystem(situation), missing }]
}

const climbed = (record: IncidentRecord, { now, firedAt, rules, directory }: TimerSituation): readonly IncidentEvent[] => {
  const { ownership, priority } = record
  if (priority === null) return []
  const stamp = { at: now, by: systemActor }
  const run = ladderRun({ ladder: policyOf(rules, record.policy.id).ownership, position: ownership, priority, directory, now: firedAt })
  const levels = run.steps.map(({ outcome, targets, level, cycle, dueAt }): IncidentEvent => {
    const common = { ...stamp, ladder: 'ownership' as const, generation: ownership.generation, cycle, level, dueAt, nextDueAt: run.nextDueAt }
    return outcome === 'fire' ? { ...common, type: 'level-fired', clock: null, firedAt, targets } : { ...common, type: 'level-skipped', why: outcome }
  })
  const cycle = run.steps.at(-1)?.cycle ?? ownership.cycle
  const unmanned: readonly IncidentEvent[] = run.unmanned ? [{ ...stamp, type: 'ladder-unmanned', generation: ownership.generation, cycle, firedAt, targets: fallbackTargets(directory), nextDueAt: run.nextDueAt }] : []
  const ended: readonly IncidentEvent[] = run.nextDueAt === null ? [{ ...stamp, type: 'ladder-ended', generation: ownership.generation }] : []
  return [...levels, ...unmanned, ...ended]
}

/** Who is warned as a clock runs down: the assignee, from 75 % the supervisors too, from 90 % the duty managers (INCIDENTS 2.6). */
const warnedPeople = (record: IncidentRecord, share: number, directory: Directory): readonly PersonId[] => {
  const roles = [...(share >= 0.75 ? [{ role: 'supervisor' }] : []), ...(share >= 0.9 ? [{ role: 'duty-manager' }] : [])]
  const people = resolvedTargets(roles, directory).flatMap((target) => target.people)
  return [...new Set([...(record.owner === null ? [] : [record.owner]), ...people])]
}

const marked = (record: IncidentRecord, clock: SlaClock, situation: TimerSituation): readonly IncidentEvent[] => {
  const { now, firedAt, rules, directory } = situation
  if (record.priority === null || clock.dueAt === null) return []
  const stamp = { at: now, by: systemActor }
  const shares = slaOf(rules, record.priority).atRisk
  const calendar = rules.calendar(clock.calendar)
  const ofClock = { clock: clock.kind, name: clock.name }
  if (firedAt > clock.dueAt) return [{ ...stamp, type: 'clock-breached', ...ofClock, dueAt: clock.dueAt, detectedAt: firedAt }, ...deadlineLevels(record, 'breach', clock, clock.dueAt, situation)]
  const mark = nextMark(clock, calendar, shares)
  if (mark?.kind !== 'warning') return []
  const crossed = crossedShares(clock, calendar, shares, firedAt)
  const share = crossed.at(-1) ?? mark.share
  return [
    { ...stamp, type: 'clock-warned', ...ofClock, share, alsoCrossed: crossed.filter((other) => other !== share), dueAt: clock.dueAt, people: warnedPeople(record, share, directory) },
    ...deadlineLevels(record, share, clock, mark.at, situation),
  ]
}

const deadlineLevels = (record: IncidentRecord, at: number | 'breach', clock: SlaClock, dueAt: Instant, { now, firedAt, rules, directory }: TimerSituation): readonly IncidentEvent[] => {
  const { on } = policyOf(rules, record.policy.id).deadline
  // A policy without a deadline ladder still tells a human that a promise is broken.
  const steps = on.length === 0 ? [{ at: 'breach' as const, targets: [{ role: 'duty-manager' }] }] : on
  return steps.flatMap((step, index) =>
    step.at === at
      ? [{ type: 'level-fired' as const, at: now, by: systemActor, ladder: 'deadline' as const, generation: record.deadline.generation, cycle: 1, level: index + 1, dueAt, firedAt, clock: clock.kind, targets: resolvedTargets(step.targets, directory), nextDueAt: null }]
      : [],
  )
}
