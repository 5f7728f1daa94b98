import { breachedClock, resumedClock, retargetedClock, stoppedClock, warnedClock } from '../clock/sla-clock.ts'
import type { Instant } from '../time.ts'
import type { IncidentEvent } from './events.ts'
import type { ClockKind, IncidentRecord, LadderPosition, SlaClock } from './incident.ts'
import { slaOf, type Rules } from './rules.ts'
import { firstDueAt } from '../escalation/ladder.ts'
import { policyIdFor, policyOf } from './rules.ts'

type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>

const mapClocks = (record: IncidentRecord, kind: ClockKind | 'all', change: (clock: SlaClock) => SlaClock): readonly SlaClock[] =>
  record.clocks.map((clock) => (kind === 'all' || clock.kind === kind ? change(clock) : clock))

/** A stopped ladder answers no timer: its generation is over. Where it stood is kept for an acknowledgement taken back. */
export const stoppedLadder = (ladder: LadderPosition, at: Instant): LadderPosition => ({
  ...ladder,
  generation: ladder.generation + 1,
  state: 'stopped',
  nextDueAt: null,
  stoodAt: ladder.nextDueAt === null ? ladder.stoodAt : { nextDueAt: ladder.nextDueAt, stoppedAt: at },
})

const acknowledged = (record: IncidentRecord, event: EventOf<'acknowledged'>): IncidentRecord => ({
  ...record,
  state: 'acknowledged',
  owner: event.by.id,
  acknowledgedAt: record.acknowledgedAt ?? event.receivedAt,
  clocks: mapClocks(record, 'response', (clock) => stoppedClock(clock, event.receivedAt)),
  ownership: stoppedLadder(record.ownership, event.at),
})

const unacknowledged = (record: IncidentRecord, event: EventOf<'unacknowledged'>): IncidentRecord => ({
  ...record,
  state: 'open',
  owner: null,
  ownership: { ...record.ownership, generation: record.ownership.generation + 1, state: event.nextDueAt === null ? 'stopped' : 'running', nextDueAt: event.nextDueAt, stoodAt: null },
})

const resolved = (record: IncidentRecord, event: EventOf<'resolved'>): IncidentRecord => ({
  ...record,
  state: 'resolved',
  owner: record.owner ?? event.by.id,
  acknowledgedAt: record.acknowledgedAt ?? event.receivedAt,
  resolvedAt: event.receivedAt,
  firstResolvedAt: record.firstResolvedAt ?? event.receivedAt,
  resolutionCode: event.code,
  texts: { ...record.texts, resolution: event.text },
  snoozedUntil: null,
  clocks: mapClocks(record, 'all', (clock) => (clock.kind === 'regulatory' ? clock : stoppedClock(clock, event.receivedAt))),
  ownership: stoppedLadder(record.ownership, event.at),
  deadline: stoppedLadder(record.deadline, event.at),
})

/** The old ladder's generation dies and the new one starts at level 1, unless somebody has taken the incident. */
const prioritySet = (record: IncidentRecord, event: EventOf<'priority-set'>, rules: Rules): IncidentRecord => {
  const { impact, urgency, priority, overridden, granted } = event
  const base = { ...record, impact, urgency, priority, priorityOverridden: overridden }
  if (priority === record.priority || record.openedAt === null) return base
  const sla = slaOf(rules, priority)
  const policy = policyIdFor(rules.settings, base)
  const notBefore = granted ? ((event.at + sla.minimumReactionMs) as Instant) : null
  const calendar = rules.calendar(sla.calendar)
  const common = { calendar: sla.calendar, calendarVersion: rules.settings.version, notBefore }
  const targets: Readonly<Record<ClockKind, { targetMs: number | null; targetDays: number | null } | null>> = {
    response: { targetMs: sla.responseMs, targetDays: null },
    update: { targetMs: sla.updateMs, targetDays: sla.updateDays },
    resolution: { targetMs: sla.resolutionMs, targetDays: sla.resolutionDays },
    regulatory: null,
  }
  const running = record.ownership.state === 'running'
  return {
    ...base,
    policy: { ...record.policy, id: policy },
    reactionGranted: granted ? [...record.reactionGranted, priority] : record.reactionGranted,
    clocks: mapClocks(base, 'all', (clock) => {
      const target = targets[clock.kind]
      return target === null ? clock : retargetedClock(clock, { ...target, ...common }, calendar)
    }),
    ownership: running ? { generation: record.ownership.generation + 1, state: 'running', level: 0, cycle: 1, nextDueAt: firstDueAt(policyOf(rules, policy).ownership, event.at), stoodAt: null } : record.ownership,
    deadline: { ...record.deadline, generation: record.deadline.generation + 1 },
  }
}

const levelPassed = (record: IncidentRecord, event: EventOf<'level-fired' | 'level-skipped'>): IncidentRecord => {
  if (event.ladder === 'deadline') return { ...record, deadline: { ...record.deadline, level: Math.max(record.deadline.level, event.level), state: 'running' } }
  // A level told by hand after the acknowledgement leaves the stopped ladder stopped.
  const running = record.ownership.state === 'running'
  return { ...record, ownership: { ...record.ownership, level: event.level, cycle: event.cycle, nextDueAt: running ? event.nextDueAt : null } }
}

const clocked = (record: IncidentRecord, event: EventOf<'clock-warned' | 'clock-breached'>): IncidentRecord => ({
  ...record,
  clocks: record.clocks.map((clock) => {
    if (clock.kind !== event.clock || clock.name !== event.name) return clock
    return event.type === 'clock-warned' ? warnedClock(clock, event.share) : breachedClock(clock, event.dueAt)
  }),
})

const changed = (record: IncidentRecord, event: IncidentEvent, rules: Rules): IncidentRecord => {
  switch (event.type) {
    case 'opened':
    case 'drafted':
      return event.record
    case 'acknowledged':
      return acknowledged(record, event)
    case 'helper-joined':
      return { ...record, helpers: [...record.helpers, event.by.id] }
    case 'unacknowledged':
      return unacknowledged(record, event)
    case 'started':
      return { ...record, state: 'in-progress', clocks: mapClocks(record, 'resolution', (clock) => resumedClock(clock, event.at, rules.calendar(clock.calendar))) }
    case 'resolved':
      return resolved(record, event)
    case 'priority-set':
      return prioritySet(record, event, rules)
    case 'level-fired':
    case 'level-skipped':
      return levelPassed(record, event)
    case 'clock-warned':
    case 'clock-breached':
      return clocked(record, event)
    case 'ladder-unmanned':
      return { ...record, ownership: { ...record.ownership, nextDueAt: event.nextDueAt } }
    case 'ladder-ended':
      return { ...record, ownership: { ...record.ownership, nextDueAt: null } }
    case 'note-added':
    case 'escalated':
    case 'delivered':
    case 'delivery-failed':
      return record
    default: {
      const never: never = event
      return never
    }
  }
}

/** The record after one event; each raises the version by one. */
export const evolve = (record: IncidentRecord | null, event: IncidentEvent, rules: Rules): IncidentRecord => {
  if (record === null) {
    if (event.type !== 'opened' && event.type !== 'drafted') throw new Error(`an incident cannot begin with "${event.type}"`)
    return event.record
  }
  const receipt = event.type === 'delivered' || event.type === 'delivery-failed'
  return { ...changed(record, event, rules), version: record.version + 1, revision: record.revision + (receipt ? 0 : 1), changedAt: event.at }
}

export const evolved = (record: IncidentRecord | null, events: readonly IncidentEvent[], rules: Rules): IncidentRecord => {
  const after = events.reduce<IncidentRecord | null>((state, event) => evolve(state, event, rules), record)
  if (after === null) throw new Error('no event, no incident')
  return after
}
