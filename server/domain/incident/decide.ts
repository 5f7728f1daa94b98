import { rungAfter } from '../escalation/ladder.ts'
import { resolvedTargets } from '../escalation/directory.ts'
import { onDutyAt } from '../escalation/duty.ts'
import { opensBy } from '../escalation/hours.ts'
import { instantOf, later, type Instant } from '../time.ts'
import { accepts } from './allowed.ts'
import type { CommandOf, IncidentCommand } from './commands.ts'
import { acceptHandover, acknowledge, assign, offerHandover, snooze, taken, unacknowledge } from './decide-ownership.ts'
import { approveUpdate, rejectUpdate, updateStakeholders } from './decide-updates.ts'
import { excuseBreach, planRecovery, reportRegulator } from './decide-clocks.ts'
import { cancel, close, customerReply, hold, merge, reopen, resolve, resume } from './decide-progress.ts'
import { addReviewAction, completeReviewAction, moveReview, review, writeReview } from './decide-review.ts'
import { assignRole, cancelMajor, declareMajor, proposeMajor, reportMethane, standDown, stopSending } from './decide-major.ts'
import { openDraft } from './decide-open.ts'
import { answerHelp, askHelp } from './decide-help.ts'
import { consult } from './decide-counsel.ts'
import { confirmDeployment, deploy, loseDeployment, releaseDeployment } from './decide-deployment.ts'
import { absorb } from './decide-absorb.ts'
import { closeProblem, declareKnownError, fixProblem, letGo, linkProblem, proposeFix, reopenProblem, takeIn } from './decide-problem.ts'
import { amend } from './decide-log.ts'
import { reclassify } from './decide-reclassify.ts'
import { judgedAgain, priorityEvents } from './decide-priority.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'
import { unownedEvery } from './limits.ts'
import { assessedPriority, lowestGiven, moreUrgent } from './priority.ts'
import { policyOf } from './rules.ts'
import { afterLateAudiences, lateClocks, ofKind, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const because: Readonly<Partial<Record<IncidentRecord['state'], string>>> = {
  draft: 'is a draft: open it first',
  resolved: 'is resolved already',
  closed: 'is closed: a late fault is logged as a new incident',
  cancelled: 'was cancelled',
  merged: 'was merged into another incident',
}

/** Given the incident, when the command: the events that follow, or why not. */
export const decide = (record: IncidentRecord, command: IncidentCommand, situation: Situation): Decision => {
  if (!accepts(record, command.type)) {
    const code = because[record.state] === undefined ? 'not_in_this_state' : `already_${record.state.replace('-', '_')}`
    const why = record.successor === null ? (because[record.state] ?? `is ${record.state}`) : `goes on as ${record.successor}`
    return refuse(record.state === 'draft' ? 'is_draft' : code, `incident ${record.ref} ${why}: "${command.type}" is not accepted`)
  }
  switch (command.type) {
    case 'open':
      return openDraft(record, command, situation)
    case 'acknowledge':
      return acknowledge(record, situation)
    case 'unacknowledge':
      return unacknowledge(record, command, situation)
    case 'start':
      return start(record, situation)
    case 'note':
      return { events: [{ type: 'note-added', ...stamp(situation), text: command.text }] }
    case 'ask-help':
      return askHelp(record, command, situation)
    case 'answer-help':
      return answerHelp(record, command, situation)
    case 'consult':
      return consult(record, command, situation)
    case 'amend':
      return amend(record, command, situation)
    case 'hold':
      return hold(record, command, situation)
    case 'resume':
      return resume(record, situation)
    case 'resolve':
      return resolve(record, command, situation)
    case 'reopen':
      return record.type === 'problem' ? reopenProblem(record, command, situation) : reopen(record, command, situation)
    case 'close':
      return record.type === 'problem' ? closeProblem(record, situation) : close(record, situation)
    case 'cancel':
      return cancel(record, command, situation)
    case 'reclassify':
      return reclassify(record, command, situation)
    case 'merge':
      return merge(record, command, situation)
    case 'absorb':
      return absorb(record, command, situation)
    case 'assign':
      return assign(record, command, situation)
    case 'offer-handover':
      return offerHandover(record, command, situation)
    case 'accept-handover':
      return acceptHandover(record, situation)
    case 'snooze':
      return snooze(record, command, situation)
    case 'set-priority':
      return setPriority(record, command, situation)
    case 'categorise':
      return categorise(record, command, situation)
    case 'escalate':
      return escalate(record, command, situation)
    case 'update-stakeholders':
      return updateStakeholders(record, command, situation)
    case 'approve-update':
      return approveUpdate(record, command, situation)
    case 'reject-update':
      return rejectUpdate(record, command, situation)
    case 'review':
      return review(record, command, situation)
    case 'write-review':
      return writeReview(record, command, situation)
    case 'add-review-action':
      return addReviewAction(record, command, situation)
    case 'complete-review-action':
      return completeReviewAction(record, command, situation)
    case 'move-review':
      return moveReview(record, command, situation)
    case 'propose-major':
      return proposeMajor(record, command, situation)
    case 'declare-major':
      return declareMajor(record, command, situation)
    case 'stop-sending':
      return stopSending(record, command, situation)
    case 'stand-down':
      return standDown(record, command, situation)
    case 'cancel-major':
      return cancelMajor(record, command, situation)
    case 'assign-role':
      return assignRole(record, command, situation)
    case 'report-methane':
      return reportMethane(record, command, situation)
    case 'excuse-breach':
      return excuseBreach(record, command, situation)
    case 'report-regulator':
      return reportRegulator(record, command, situation)
    case 'plan-recovery':
      return planRecovery(record, command, situation)
    case 'customer-reply':
      return customerReply(record, command, situation)
    case 'deploy':
      return deploy(record, command, situation)
    case 'confirm-deployment':
      return confirmDeployment(record, command, situation)
    case 'release-deployment':
      return releaseDeployment(record, command, situation)
    case 'lose-deployment':
      return loseDeployment(record, command, situation)
    case 'link-problem':
      return linkProblem(record, command, situation)
    case 'take-in':
      return takeIn(record, command, situation)
    case 'let-go':
      return letGo(record, command, situation)
    case 'declare-known-error':
      return declareKnownError(record, command, situation)
    case 'propose-fix':
      return proposeFix(record, command, situation)
    case 'fix':
      return fixProblem(record, command, situation)
    default: {
      const never: never = command
      return never
    }
  }
}

/** Working on it takes it. */
const start = (record: IncidentRecord, situation: Situation): Decision =>
  record.category === null
    ? refuse('category_required', `incident ${record.ref} has no category: categorise it first`)
    : { events: [...lateClocks(record, ofKind('response'), situation), ...taken(record, situation), { type: 'started', ...stamp(situation) }] }

/** A first category needs no reason; another one does, and the priority is judged again. */
const categorise = (record: IncidentRecord, { category, reason }: CommandOf<'categorise'>, situation: Situation): Decision => {
  if (!Object.hasOwn(situation.rules.settings.categories, category)) return refuse('unknown_category', `"${category}" is not a category of this site: ${Object.keys(situation.rules.settings.categories).join(', ')}`)
  if (category === record.category) return { events: [] }
  if (record.category !== null && reason === null) return refuse('reason_required', `incident ${record.ref} is in category "${record.category}": another one needs a reason`)
  const event: IncidentEvent = { type: 'categorised', ...stamp(situation), category, before: record.category, reason }
  return { events: afterLateAudiences(record, [event, ...judgedAgain(record, { category }, situation)], situation) }
}

const setPriority = (record: IncidentRecord, command: CommandOf<'set-priority'>, situation: Situation): Decision => {
  const { rules } = situation
  const override = 'priority' in command
  const lowest = override ? lowestGiven(record) : null
  if (override && lowest !== null && moreUrgent(command.priority, lowest) !== command.priority) {
    const why = record.callerSafe === false ? 'the caller is not safe; amend callerSafe when they are' : 'it is a breach of personal data; categorise it when it is none'
    return refuse('below_floor', `incident ${record.ref} is ${lowest} or more urgent: ${why}`)
  }
  const assessed = override
    ? { impact: record.impact ?? 4, urgency: record.urgency ?? 4, priority: command.priority }
    : { ...assessedPriority({ ...command, category: record.category, callerSafe: record.callerSafe }, rules.settings), urgency: command.urgency }
  const same = assessed.impact === record.impact && assessed.urgency === record.urgency && assessed.priority === record.priority && record.priorityOverridden === override
  return { events: same ? [] : priorityEvents(record, assessed, override, override ? command.reason : null, situation) }
}

/** Tells the next level at once. The level the user saw must still stand, else two people would climb two rungs. */
const escalate = (record: IncidentRecord, command: CommandOf<'escalate'>, situation: Situation): Decision => {
  const { ownership, priority } = record
  if (command.level !== ownership.level) return refuse('level_changed', `incident ${record.ref} stands at level ${ownership.level}, not ${command.level}: look again before escalating`)
  const policy = policyOf(situation.rules, record.policy.id)
  const ladder = policy.ownership
  const rung = priority === null ? null : rungAfter(ownership, ladder, priority)
  if (rung === null) return refuse('no_further_level', `incident ${record.ref} has reached the last level of policy "${record.policy.id}"`)
  const following = priority === null ? null : rungAfter(rung, ladder, priority)
  const opens = opensBy(policy, record, situation.rules)
  const nextDueAt: Instant | null = following === null || priority === null ? null : opens(following.level, instantOf(situation.now + (ladder.levels[following.level - 1]?.waitMs ?? 0)))
  const targets = resolvedTargets(ladder.levels[rung.level - 1]?.targets ?? [], onDutyAt(situation.directory, situation.now))
  // The last rung of a ladder that climbs: from here on supervisors are told that nobody has it, as when it climbs by itself.
  const ended: readonly IncidentEvent[] = nextDueAt === null && priority !== null && ownership.state === 'running' ? [{ type: 'ladder-ended', ...stamp(situation), generation: ownership.generation, nextDueAt: opens(1, later(situation.now, unownedEvery(priority))) }] : []
  return {
    events: [
      { type: 'escalated', ...stamp(situation), fromLevel: ownership.level, toLevel: rung.level, reason: command.reason },
      { type: 'level-fired', ...stamp(situation), ladder: 'ownership', generation: ownership.generation, ...rung, dueAt: situation.now, firedAt: situation.now, clock: null, targets, nextDueAt },
      ...ended,
    ],
  }
}
