import { crossedShares, nextMark } from '../clock/at-risk.ts'
import { natureOf } from '../clock/clock-kinds.ts'
import { nextReminderAt, noticeAt } from '../clock/reminders.ts'
import { fallbackTargets, reachesAnyone, resolvedTargets, type Directory } from '../escalation/directory.ts'
import { onDutyAt } from '../escalation/duty.ts'
import { opensBy } from '../escalation/hours.ts'
import { ladderRun } from '../escalation/ladder.ts'
import type { Timer } from '../escalation/plan-timers.ts'
import { sharesOf, timersOf } from '../escalation/plan-timers.ts'
import { later, type Instant } from '../time.ts'
import { emptyFieldsOf } from './completeness.ts'
import { remindedOfFollowUp } from './decide-review.ts'
import { missingForClosing } from './closing.ts'
import type { IncidentEvent } from './events.ts'
import { systemActor, type IncidentRecord, type PersonId, type SlaClock } from './incident.ts'
import { deploymentDue } from './decide-deployment-timer.ts'
import { leaseGrace, unownedEvery } from './limits.ts'
import { policyOf, slaOf, type Rules } from './rules.ts'

export interface TimerSituation {
  readonly now: Instant
  /** The instant of the claim by Redis TIME. */
  readonly firedAt: Instant
  readonly rules: Rules
  readonly directory: Directory
}

/** What a due timer makes happen. A timer that the incident no longer has, or of an old generation, makes nothing happen. */
export const decideTimer = (record: IncidentRecord, timer: Pick<Timer, 'id' | 'generation'>, asked: TimerSituation): readonly IncidentEvent[] => {
  const live = timersOf(record, asked.rules).find(({ id }) => id === timer.id)
  if (live === undefined || live.generation !== timer.generation || live.dueAt > asked.firedAt) return []
  const situation = { ...asked, directory: onDutyAt(asked.directory, asked.firedAt) }
  switch (live.purpose) {
    case 'ownership':
      return climbed(record, situation)
    case 'clock':
      return live.clock === null ? [] : marked(record, live.clock, situation)
    case 'reminder':
      return live.clock === null ? [] : reminded(record, live.clock, situation)
    case 'lease':
      return leaseOver(record, situation)
    case 'hold':
      return [{ type: 'resumed', ...bySystem(situation), why: 'review-time' }]
    case 'snooze':
      return [{ type: 'snooze-ended', ...bySystem(situation) }]
    case 'handover':
      return handoverLapsed(record, situation)
    case 'completion':
      return [{ type: 'completion-asked', ...bySystem(situation), missing: emptyFieldsOf(record), people: [...new Set([record.loggedBy, ...(record.owner === null ? [] : [record.owner])])] }]
    case 'help':
      return record.help === null ? [] : [{ type: 'help-unanswered', ...bySystem(situation), help: record.help.id, people: resolvedTargets([{ role: 'duty-manager' }], situation.directory).flatMap(({ people }) => people) }]
    case 'deployment':
      return live.deployment === undefined ? [] : deploymentDue(record, live.deployment, situation)
    case 'follow-up':
      return remindedOfFollowUp(record, situation)
    case 'confirm':
      return confirmed(record, situation)
    default: {
      const never: never = live.purpose
      return never
    }
  }
}

const bySystem = ({ now }: TimerSituation) => ({ at: now, by: systemActor })

/** Nobody took it over: the offerer keeps it, unless their shift is over. */
const handoverLapsed = (record: IncidentRecord, situation: TimerSituation): readonly IncidentEvent[] => {
  if (record.handover === null) return []
  const lapsed: IncidentEvent = { type: 'handover-lapsed', ...bySystem(situation), to: record.handover.to }
  const { owner } = record
  return owner !== null && situation.directory.offShift?.includes(owner) === true ? [lapsed, { type: 'owner-gone', ...bySystem(situation), before: owner, why: 'shift-over' }] : [lapsed]
}

/** First the question, five minutes later the loss: then the ladder begins at level 1. */
const leaseOver = (record: IncidentRecord, situation: TimerSituation): readonly IncidentEvent[] => {
  if (record.lease === null) return []
  if (record.lease.prompted) return [{ type: 'lease-lost', ...bySystem(situation), before: record.owner }]
  return [{ type: 'lease-prompted', ...bySystem(situation), dueAt: later(situation.firedAt, leaseGrace(record)) }]
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
  const policy = policyOf(rules, record.policy.id)
  const opens = opensBy(policy, record, rules)
  const nextReminder = opens(1, later(firedAt, unownedEvery(priority)))
  if (ownership.state === 'ended') return [{ ...stamp, type: 'unowned-reminded', generation: ownership.generation, firedAt, people: peopleToRemind(directory), nextDueAt: nextReminder }]
  const run = ladderRun({ ladder: policy.ownership, position: ownership, priority, directory, opens, now: firedAt })
  const levels = run.steps.map(({ outcome, targets, level, cycle, dueAt }): IncidentEvent => {
    const common = { ...stamp, ladder: 'ownership' as const, generation: ownership.generation, cycle, level, dueAt, nextDueAt: run.nextDueAt }
    return outcome === 'fire' ? { ...common, type: 'level-fired', clock: null, firedAt, targets } : { ...common, type: 'level-skipped', why: outcome }
  })
  const cycle = run.steps.at(-1)?.cycle ?? ownership.cycle
  const unmanned: readonly IncidentEvent[] = run.unmanned ? [{ ...stamp, type: 'ladder-unmanned', generation: ownership.generation, cycle, firedAt, targets: fallbackTargets(directory), nextDueAt: run.nextDueAt }] : []
  const ended: readonly IncidentEvent[] = run.nextDueAt === null ? [{ ...stamp, type: 'ladder-ended', generation: ownership.generation, nextDueAt: nextReminder }] : []
  return [...levels, ...unmanned, ...ended]
}

/** There is no silent end: supervisors are told again, or whoever stands in for them. */
const peopleToRemind = (directory: Directory): readonly PersonId[] => {
  const supervisors = resolvedTargets([{ role: 'supervisor' }], directory).flatMap(({ people }) => people)
  return supervisors.length > 0 ? supervisors : fallbackTargets(directory).flatMap(({ people }) => people)
}

/** Who is warned as a clock runs down: the assignee, from 75 % the supervisors too, from 90 % the duty managers (INCIDENTS 2.6). An update is its owner's to give. */
const warnedPeople = (record: IncidentRecord, clock: SlaClock, share: number, directory: Directory): readonly PersonId[] => {
  if (natureOf(clock).ofWords) return record.owner === null ? [] : [record.owner]
  const roles = [...(share >= 0.75 ? [{ role: 'supervisor' }] : []), ...(share >= 0.9 ? [{ role: 'duty-manager' }] : [])]
  const people = resolvedTargets(roles, directory).flatMap((target) => target.people)
  return [...new Set([...(record.owner === null ? [] : [record.owner]), ...people])]
}

const marked = (record: IncidentRecord, clock: SlaClock, situation: TimerSituation): readonly IncidentEvent[] => {
  const { now, firedAt, rules, directory } = situation
  if (record.priority === null || clock.dueAt === null) return []
  const stamp = { at: now, by: systemActor }
  const shares = sharesOf(clock, slaOf(rules, record.priority).atRisk)
  const calendar = rules.calendar(clock.calendar)
  const ofClock = { clock: clock.kind, name: clock.name }
  if (firedAt > clock.dueAt) {
    const told = noticeAt(record.priority, calendar, firedAt) <= firedAt
    return [{ ...stamp, type: 'clock-breached', ...ofClock, dueAt: clock.dueAt, detectedAt: firedAt }, ...(told ? deadlineLevels(record, 'breach', clock, clock.dueAt, situation) : [])]
  }
  const mark = nextMark(clock, calendar, shares, record.priority)
  if (mark?.kind !== 'warning') return []
  const crossed = crossedShares(clock, calendar, shares, firedAt)
  const share = crossed.at(-1) ?? mark.share
  return [
    { ...stamp, type: 'clock-warned', ...ofClock, share, alsoCrossed: crossed.filter((other) => other !== share), dueAt: clock.dueAt, people: warnedPeople(record, clock, share, directory) },
    // A promise of words is renewed again and again: before it is late its owner is warned, and nobody else is called.
    ...(natureOf(clock).ofWords ? [] : deadlineLevels(record, share, clock, mark.reachedAt, situation)),
  ]
}

/** Told for the first time where the hours begin after the breach; then again and again to the owner and the duty managers. */
const reminded = (record: IncidentRecord, clock: SlaClock, situation: TimerSituation): readonly IncidentEvent[] => {
  const { firedAt, rules, directory } = situation
  const { reminder, breachedAt } = clock
  if (record.priority === null || reminder === null || breachedAt === null) return []
  const managers = resolvedTargets([{ role: 'duty-manager' }], directory).flatMap(({ people }) => people)
  const people = [...new Set([...(record.owner === null ? [] : [record.owner]), ...managers])]
  const nextAt = nextReminderAt(record.priority, rules.calendar(clock.calendar), firedAt)
  const event: IncidentEvent = { ...bySystem(situation), type: 'breach-reminded', clock: clock.kind, name: clock.name, dueAt: breachedAt, told: reminder.told + 1, nextAt, people: reminder.told === 0 ? [] : people }
  return reminder.told === 0 ? [event, ...deadlineLevels(record, 'breach', clock, breachedAt, situation)] : [event]
}

const deadlineLevels = (record: IncidentRecord, at: number | 'breach', clock: SlaClock, dueAt: Instant, { now, firedAt, rules, directory }: TimerSituation): readonly IncidentEvent[] => {
  const { on } = policyOf(rules, record.policy.id).deadline
  // A policy without a deadline ladder still tells a human that a promise is broken, and so does one whose webhooks and people are gone.
  const steps = on.length === 0 ? [{ at: 'breach' as const, targets: [{ role: 'duty-manager' }] }] : on
  const due = steps.flatMap((step, index) => (step.at === at ? [{ level: index + 1, targets: resolvedTargets(step.targets, directory) }] : []))
  const silent = at === 'breach' && due.length > 0 && !due.some(({ targets }) => reachesAnyone(targets))
  const told = silent ? due.map((step, index) => (index === due.length - 1 ? { ...step, targets: [...step.targets, ...fallbackTargets(directory)] } : step)) : due
  return told.map(({ level, targets }) => ({ type: 'level-fired' as const, at: now, by: systemActor, ladder: 'deadline' as const, generation: record.deadline.generation, cycle: 1, level, dueAt, firedAt, clock: clock.kind, name: clock.name, life: clock.generation, targets, nextDueAt: null }))
}
