import { isLateAt } from '../clock/sla-clock.ts'
import { rungAfter } from '../escalation/ladder.ts'
import { resolvedTargets } from '../escalation/directory.ts'
import { instantOf, type Instant } from '../time.ts'
import { allowedIn } from './allowed.ts'
import type { IncidentCommand } from './commands.ts'
import type { IncidentEvent } from './events.ts'
import type { ClockKind, IncidentRecord } from './incident.ts'
import { assessedPriority } from './priority.ts'
import { policyOf, slaOf } from './rules.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

type CommandOf<T extends IncidentCommand['type']> = Extract<IncidentCommand, { type: T }>

/** An acknowledgement by mistake is taken back within this without a reason. */
const SLIP_MS = 10_000

const because: Readonly<Partial<Record<IncidentRecord['state'], string>>> = {
  draft: 'is a draft: open it first',
  resolved: 'is resolved already',
  closed: 'is closed: a late fault is logged as a new incident',
  cancelled: 'was cancelled',
  merged: 'was merged into another incident',
}

/** Given the incident, when the command: the events that follow, or why not. */
export const decide = (record: IncidentRecord, command: IncidentCommand, situation: Situation): Decision => {
  if (!allowedIn(record.state).includes(command.type)) {
    const code = because[record.state] === undefined ? 'not_in_this_state' : `already_${record.state.replace('-', '_')}`
    return refuse(record.state === 'draft' ? 'is_draft' : code, `incident ${record.ref} ${because[record.state] ?? `is ${record.state}`}: "${command.type}" is not accepted`)
  }
  switch (command.type) {
    case 'acknowledge':
      return acknowledge(record, situation)
    case 'unacknowledge':
      return unacknowledge(record, command, situation)
    case 'start':
      return { events: [...lateClocks(record, ['response'], situation), ...taken(record, situation), { type: 'started', ...stamp(situation) }] }
    case 'note':
      return { events: [{ type: 'note-added', ...stamp(situation), text: command.text }] }
    case 'resolve':
      return resolve(record, command, situation)
    case 'set-priority':
      return setPriority(record, command, situation)
    case 'escalate':
      return escalate(record, command, situation)
    default: {
      const never: never = command
      return never
    }
  }
}

const stamp = ({ now, actor }: Situation) => ({ at: now, by: actor })

/** Breaches that nobody has recorded yet are recorded before the clock stops; their ladders have nothing left to tell. */
export const lateClocks = (record: IncidentRecord, kinds: readonly ClockKind[], situation: Situation): readonly IncidentEvent[] =>
  record.clocks.flatMap((clock) =>
    kinds.includes(clock.kind) && clock.state === 'running' && clock.dueAt !== null && isLateAt(clock, situation.receivedAt)
      ? [{ type: 'clock-breached' as const, ...stamp(situation), clock: clock.kind, name: clock.name, dueAt: clock.dueAt, detectedAt: situation.now }]
      : [],
  )

/** Taking an incident that nobody has taken yet. */
const taken = (record: IncidentRecord, situation: Situation): readonly IncidentEvent[] =>
  record.state === 'open' ? [{ type: 'acknowledged', ...stamp(situation), receivedAt: situation.receivedAt }] : []

/** The first owns it; a second gets success, the owner's name, and joins as helper (INCIDENTS 2.11 row 2). */
const acknowledge = (record: IncidentRecord, situation: Situation): Decision => {
  const { id } = situation.actor
  if (record.state === 'open') return { events: [...lateClocks(record, ['response'], situation), ...taken(record, situation)] }
  return { events: record.owner === id || record.helpers.includes(id) ? [] : [{ type: 'helper-joined', ...stamp(situation) }] }
}

/** Within 10 s the ladder goes on as if nothing had been; later it goes on where it stood, the time since not counted. */
const unacknowledge = (record: IncidentRecord, command: CommandOf<'unacknowledge'>, situation: Situation): Decision => {
  const { stoodAt } = record.ownership
  const slip = stoodAt !== null && situation.receivedAt - stoodAt.stoppedAt <= SLIP_MS
  if (!slip && command.reason === null) return refuse('reason_required', `incident ${record.ref} was acknowledged more than 10 s ago: taking that back needs a reason`)
  const nextDueAt = stoodAt === null ? null : slip ? stoodAt.nextDueAt : instantOf(situation.now + Math.max(0, stoodAt.nextDueAt - stoodAt.stoppedAt))
  return { events: [{ type: 'unacknowledged', ...stamp(situation), reason: command.reason, nextDueAt }] }
}

const resolve = (record: IncidentRecord, { code, text, serviceRestored }: CommandOf<'resolve'>, situation: Situation): Decision => {
  if (!serviceRestored) return refuse('service_not_restored', `incident ${record.ref} is resolved only when the service is restored: check it, then send serviceRestored true`)
  return { events: [...lateClocks(record, ['response', 'update', 'resolution'], situation), { type: 'resolved', ...stamp(situation), receivedAt: situation.receivedAt, code, text, serviceRestored }] }
}

const setPriority = (record: IncidentRecord, command: CommandOf<'set-priority'>, situation: Situation): Decision => {
  const { rules } = situation
  const before = { impact: record.impact, urgency: record.urgency, priority: record.priority }
  const override = 'priority' in command
  const assessed = override
    ? { impact: record.impact ?? 4, urgency: record.urgency ?? 4, priority: command.priority }
    : { ...assessedPriority({ ...command, category: record.category, callerSafe: record.callerSafe }, rules.settings), urgency: command.urgency }
  const same = assessed.impact === before.impact && assessed.urgency === before.urgency && assessed.priority === before.priority && record.priorityOverridden === override
  if (same) return { events: [] }
  const granted = assessed.priority !== before.priority && !record.reactionGranted.includes(assessed.priority) && slaOf(rules, assessed.priority).minimumReactionMs > 0
  return { events: [...lateClocks(record, ['response', 'update', 'resolution'], situation), { type: 'priority-set', ...stamp(situation), ...assessed, overridden: override, granted, reason: override ? command.reason : null, before }] }
}

/** Tells the next level at once. The level the user saw must still stand, else two people would climb two rungs. */
const escalate = (record: IncidentRecord, command: CommandOf<'escalate'>, situation: Situation): Decision => {
  const { ownership, priority } = record
  if (command.level !== ownership.level) return refuse('level_changed', `incident ${record.ref} stands at level ${ownership.level}, not ${command.level}: look again before escalating`)
  const ladder = policyOf(situation.rules, record.policy.id).ownership
  const rung = priority === null ? null : rungAfter(ownership, ladder, priority)
  if (rung === null) return refuse('no_further_level', `incident ${record.ref} has reached the last level of policy "${record.policy.id}"`)
  const following = priority === null ? null : rungAfter(rung, ladder, priority)
  const nextDueAt: Instant | null = following === null ? null : instantOf(situation.now + (ladder.levels[following.level - 1]?.waitMs ?? 0))
  const targets = resolvedTargets(ladder.levels[rung.level - 1]?.targets ?? [], situation.directory)
  return {
    events: [
      { type: 'escalated', ...stamp(situation), fromLevel: ownership.level, toLevel: rung.level, reason: command.reason },
      { type: 'level-fired', ...stamp(situation), ladder: 'ownership', generation: ownership.generation, ...rung, dueAt: situation.now, firedAt: situation.now, clock: null, targets, nextDueAt },
    ],
  }
}
