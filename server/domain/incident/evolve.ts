import { completenessOf } from './completeness.ts'
import { audienceClocksAfter } from './audience-clocks.ts'
import type { EventOf, IncidentEvent } from './events.ts'
import { allStopped, allVoided, breachExcused, breachReminded, heldUntil, marked, owedAgain, recomputedClocks, recoveryPlanned, regulatorReported, reopenedClocks, resolutionPaused, resolutionResumed, retargeted, withLaw } from './evolve-clocks.ts'
import { allEnded, deploymentAnswered, deploymentEnded, deploymentLate, deploymentReceipt, deploymentRequested, deploymentsMoved, deploymentStillOn, deploymentUnanswered } from './evolve-deployment.ts'
import { approvedOrSent, updateDrafted } from './evolve-updates.ts'
import { acknowledged, unacknowledged } from './evolve-ownership.ts'
import { endedLadders, freshLadder, ownerless, stoppedLadder, toldJustNow, toldWithReceipt, withTold } from './evolve-ladder.ts'
import { helpChanged } from './evolve-help.ts'
import { counselAfter } from './evolve-counsel.ts'
import { isOfMajor, majorChanged } from './evolve-major.ts'
import { isOfReview, reviewBegun, reviewChanged, reviewReopened } from './evolve-review.ts'
import { atStage, isOfProblem, problemChanged } from './evolve-problem.ts'
import type { IncidentRecord } from './incident.ts'
import type { Instant } from '../time.ts'
import { confirmWindow, latestReview, latestSnooze, leaseFrom } from './limits.ts'
import { regulatoryClocks } from './regulatory.ts'
import { policyIdFor, type Rules } from './rules.ts'

const resolved = (record: IncidentRecord, event: EventOf<'resolved'>, rules: Rules): IncidentRecord => ({
  ...record,
  ...endedLadders(record, event.at),
  state: 'resolved',
  owner: record.owner ?? event.by.id,
  acknowledgedAt: record.acknowledgedAt ?? event.receivedAt,
  resolvedAt: event.receivedAt,
  firstResolvedAt: record.firstResolvedAt ?? event.receivedAt,
  resolutionCode: event.code,
  deployments: allEnded(record, event.at, 'stood-down'),
  texts: { ...record.texts, resolution: event.text },
  clocks: allStopped(record, event.receivedAt),
  confirmUntil: confirmWindow(event.at, rules, record),
  pir: reviewBegun(record, event, rules),
})

const reopened = (record: IncidentRecord, event: EventOf<'reopened'>, rules: Rules): IncidentRecord => ({
  ...record,
  state: event.take ? 'in-progress' : 'open',
  owner: event.take ? event.by.id : null,
  resolvedAt: null,
  confirmUntil: null,
  resolutionCode: null,
  reopens: record.reopens + 1,
  reactionGranted: [],
  review: 'none',
  pir: reviewReopened(record),
  updates: { ...record.updates, closing: false },
  clocks: reopenedClocks(record, event, rules),
  ownership: event.take ? stoppedLadder(record.ownership, event.at) : freshLadder(record, event.at, rules),
  deadline: { ...record.deadline, generation: record.deadline.generation + 1, since: event.at, state: 'idle', level: 0 },
  lease: event.take ? leaseFrom(record, event.at) : null,
})

/** What waits may wait no longer than the new priority lets it. */
const waitsOf = (record: IncidentRecord, at: Instant, rules: Rules): Pick<IncidentRecord, 'snoozedUntil' | 'hold'> => ({
  snoozedUntil: record.snoozedUntil === null ? null : earlier(record.snoozedUntil, latestSnooze(record.priority, at)),
  hold: record.hold === null ? null : { ...record.hold, reviewAt: earlier(record.hold.reviewAt, latestReview(record, at, rules)) },
})
const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)

/** The old ladder's generation dies and the new one starts at level 1, unless somebody has taken the incident. */
const prioritySet = (held: IncidentRecord, event: EventOf<'priority-set'>, rules: Rules): IncidentRecord => {
  const { impact, urgency, priority, overridden, granted } = event
  // What cannot wait is not held by planned work: it counts from its report.
  const freed = held.maintenance !== null && (priority === 'P1' || priority === 'P2')
  const record: IncidentRecord = freed ? { ...held, maintenance: null, clocks: heldUntil(held, null, rules) } : held
  const base = { ...record, impact, urgency, priority, priorityOverridden: overridden }
  if (priority === record.priority || record.openedAt === null) return base
  const policied = { ...base, policy: { ...record.policy, id: policyIdFor(rules.settings, base) } }
  return {
    ...policied,
    reactionGranted: granted ? [...record.reactionGranted, priority] : record.reactionGranted,
    clocks: retargeted(record, priority, event, rules),
    ownership: record.state === 'open' ? freshLadder(policied, event.at, rules, toldJustNow(record, event.at)) : record.ownership,
    deadline: { ...record.deadline, generation: record.deadline.generation + 1, since: event.at },
    lease: record.lease === null ? null : leaseFrom(policied, event.at),
    ...waitsOf(policied, event.at, rules),
  }
}

const levelPassed = (record: IncidentRecord, event: EventOf<'level-fired' | 'level-skipped'>): IncidentRecord => {
  const told = event.type === 'level-fired' ? withTold(record, event.targets, event.firedAt) : record.told
  if (event.ladder === 'deadline') return { ...record, told, deadline: { ...record.deadline, level: Math.max(record.deadline.level, event.level), state: 'running' } }
  // A level told by hand after the acknowledgement leaves the stopped ladder stopped.
  const { state } = record.ownership
  const running = state === 'running' || state === 'ended'
  return { ...record, told, ownership: { ...record.ownership, level: event.level, cycle: event.cycle, nextDueAt: running ? event.nextDueAt : null, unmanned: event.type === 'level-fired' ? false : record.ownership.unmanned } }
}

const categorised = (record: IncidentRecord, { category, at }: EventOf<'categorised'>, rules: Rules): IncidentRecord => {
  const moved = { ...record, category, discreet: rules.settings.categories[category]?.discreet === true }
  // Clocks of the law that run stay: a regulator who had to be told is told.
  const next = { ...moved, clocks: [...record.clocks, ...(record.openedAt === null ? [] : regulatoryClocks(moved, at, rules))] }
  return judgedWhole(next)
}

/** A log that has become whole is asked for no more. */
const judgedWhole = (record: IncidentRecord): IncidentRecord => {
  const completeness = completenessOf(record)
  return { ...record, completeness, completion: completeness === 1 ? null : record.completion }
}

const changed = (record: IncidentRecord, event: IncidentEvent, rules: Rules): IncidentRecord => {
  const { at } = event
  if (isOfProblem(event)) return problemChanged(record, event)
  if (isOfReview(event)) return reviewChanged(record, event)
  if (isOfMajor(event)) return majorChanged(record, event, rules)
  switch (event.type) {
    case 'opened':
    case 'drafted':
      return event.record
    case 'acknowledged':
      return acknowledged(record, event)
    case 'helper-joined':
      return { ...record, helpers: [...new Set([...record.helpers, event.by.id])] }
    case 'unacknowledged':
      return unacknowledged(record, event)
    case 'started':
      return { ...record, state: 'in-progress', problem: atStage(record, 'analysing') }
    case 'held':
      return { ...record, state: 'on-hold', hold: { reason: event.reason, reviewAt: event.reviewAt }, snoozedUntil: null, lease: null, clocks: event.pauses ? resolutionPaused(record, at) : record.clocks }
    case 'resumed':
      return { ...record, state: 'in-progress', hold: null, lease: leaseFrom(record, at), clocks: resolutionResumed(record, at, rules) }
    case 'resolved':
      return resolved(record, event, rules)
    case 'reopened':
      return reopened(record, event, rules)
    case 'closed':
      return { ...record, state: 'closed', confirmUntil: null, problem: atStage(record, 'closed') }
    case 'review-awaited':
      return { ...record, confirmUntil: null }
    case 'cancelled':
    case 'reclassified':
      return { ...record, ...endedLadders(record, at), state: 'cancelled', clocks: allVoided(record, at), deployments: allEnded(record, at, 'stood-down'), successor: event.type === 'reclassified' ? event.into : null }
    case 'merged':
      return { ...record, ...endedLadders(record, at), state: 'merged', mergedInto: event.into, pendingUpdate: null, help: null, clocks: allVoided(record, at), deployments: allEnded(record, at, 'reassigned') }
    case 'assigned':
      return { ...record, owner: event.person, handover: null }
    case 'handover-offered':
      return { ...record, handover: { to: event.to, by: event.by.id, lapsesAt: event.lapsesAt } }
    case 'handover-accepted':
      // Whoever takes it has acknowledged it: the other's snooze ends.
      return { ...record, owner: event.by.id, handover: null, ...(record.snoozedUntil === null ? {} : { snoozedUntil: null, lease: leaseFrom(record, at) }) }
    case 'handover-lapsed':
      return { ...record, handover: null }
    case 'categorised':
      return categorised(record, event, rules)
    case 'priority-set':
      return prioritySet(record, event, rules)
    case 'snoozed':
      return { ...record, snoozedUntil: event.until, lease: null }
    case 'snooze-ended':
    case 'lease-lost':
      return ownerless(record, at, rules)
    case 'lease-prompted':
      return { ...record, lease: { dueAt: event.dueAt, prompted: true } }
    case 'stakeholders-updated':
      return approvedOrSent(record, event, rules)
    case 'help-asked':
    case 'help-accepted':
    case 'help-given':
    case 'help-unanswered':
      return helpChanged(record, event)
    case 'amended':
      return judgedWhole({ ...record, ...event.fields, texts: { ...record.texts, ...event.texts } })
    case 'completion-asked':
      return { ...record, completion: record.completion === null ? null : { ...record.completion, asked: true } }
    case 'update-drafted':
      return updateDrafted(record, event)
    case 'update-rejected':
      return { ...record, pendingUpdate: null }
    case 'level-fired':
    case 'level-skipped':
      return levelPassed(record, event)
    case 'clock-warned':
    case 'clock-breached':
      return { ...record, clocks: marked(record, event, rules) }
    case 'breach-reminded':
      return { ...record, clocks: breachReminded(record, event) }
    case 'breach-excused':
      return { ...record, clocks: breachExcused(record, event) }
    case 'regulator-reported':
      return { ...record, clocks: regulatorReported(record, event) }
    case 'recovery-planned':
      return { ...record, clocks: recoveryPlanned(record, event) }
    case 'clocks-recomputed':
      return { ...record, clocks: recomputedClocks(record, event, rules) }
    case 'maintenance-moved':
      return { ...record, maintenance: event.hold, clocks: heldUntil(record, event.hold?.until ?? event.at, rules), ownership: freshLadder(record, at, rules) }
    case 'report-attached':
      return { ...record, reports: record.reports + 1 }
    case 'customer-replied':
      return { ...record, replyUnread: true }
    case 'ladder-unmanned':
      return { ...record, told: withTold(record, event.targets, event.firedAt), ownership: { ...record.ownership, nextDueAt: event.nextDueAt, unmanned: true } }
    case 'ladder-ended':
    case 'unowned-reminded':
      return { ...record, ownership: { ...record.ownership, state: 'ended', nextDueAt: event.nextDueAt } }
    case 'owner-gone':
      return ownerless(record, at, rules)
    case 'deployment-requested':
      return deploymentRequested(record, event)
    case 'deployment-answered':
      return deploymentAnswered(record, event)
    case 'deployment-unanswered':
      return deploymentUnanswered(record, event)
    case 'deployment-late':
      return deploymentLate(record, event)
    case 'deployment-still-on':
      return deploymentStillOn(record, event)
    case 'deployment-ended':
      return deploymentEnded(record, event)
    case 'absorbed':
      return { ...deploymentsMoved(record, event), callerSafe: event.callerSafe ?? record.callerSafe, ...(event.reportedAt === undefined ? {} : { firstReportedAt: event.reportedAt }), clocks: withLaw(event.owedTo === undefined ? record.clocks : owedAgain(record, at, rules), event.clocks) }
    case 'delivered':
      return { ...deploymentReceipt(record, event), told: toldWithReceipt(record, event.delivery) }
    case 'delivery-failed':
    case 'delivery-replayed':
    case 'delivery-purged':
      return deploymentReceipt(record, event)
    case 'note-added':
    case 'consulted':
    case 'escalated':
    case 'caller-revealed':
      return record
    default: {
      const never: never = event
      return never
    }
  }
}

/** What shows that somebody is on it and extends the lease. */
const activity: readonly IncidentEvent['type'][] = ['started', 'note-added', 'stakeholders-updated', 'update-drafted', 'update-rejected', 'amended', 'help-asked', 'help-given', 'consulted', 'handover-accepted', 'categorised', 'escalated', 'helper-joined', 'deployment-requested', 'deployment-answered', 'deployment-ended', 'role-assigned', 'methane-reported']
/** What shows that the customer's answer was seen. */
const showsReading: readonly IncidentEvent['type'][] = ['acknowledged', 'started', 'note-added', 'stakeholders-updated', 'update-drafted', 'handover-accepted', 'resolved']
/** What changes nothing that people see of the incident: a command that was decided before it stands. */
const receipts: readonly IncidentEvent['type'][] = ['caller-revealed', 'delivered', 'delivery-failed', 'delivery-replayed', 'delivery-purged']

/** The record after one event; each raises the version by one. */
export const evolve = (record: IncidentRecord | null, event: IncidentEvent, rules: Rules): IncidentRecord => {
  if (record === null) {
    if (event.type !== 'opened' && event.type !== 'drafted') throw new Error(`an incident cannot begin with "${event.type}"`)
    return event.record
  }
  const next = changed(record, event, rules)
  // What another incident brings along shows nothing of who works on this one.
  const own = !('from' in event)
  const lease = next.lease !== null && own && activity.includes(event.type) ? leaseFrom(next, event.at) : next.lease
  const replyUnread = next.replyUnread && !(event.by.id !== 'system' && own && showsReading.includes(event.type))
  return { ...next, lease, replyUnread, counsel: counselAfter(record, event), clocks: audienceClocksAfter(next, event, rules), version: record.version + 1, revision: record.revision + (receipts.includes(event.type) ? 0 : 1), changedAt: event.at }
}

export const evolved = (record: IncidentRecord | null, events: readonly IncidentEvent[], rules: Rules): IncidentRecord => {
  const after = events.reduce<IncidentRecord | null>((state, event) => evolve(state, event, rules), record)
  if (after === null) throw new Error('no event, no incident')
  return after
}
