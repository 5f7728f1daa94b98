import type { CommandOf } from './commands.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'
import { leads } from './decide-progress.ts'
import { courseOf, watchedUntil } from './problem.ts'
import { stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

/** The incident's side of a link; null takes it away. Another one than before needs a reason, for both stay in the log. */
export const linkProblem = (record: IncidentRecord, { problem, found, reason }: CommandOf<'link-problem'>, situation: Situation): Decision => {
  if (problem === record.problemRef) return { events: [] }
  if (problem !== null && !found) return refuse('unknown_problem', `there is no problem record ${problem} that an incident could be linked to`)
  if (record.problemRef !== null && reason === null) return refuse('reason_required', `incident ${record.ref} is linked to problem ${record.problemRef}: another link needs a reason`)
  return { events: [{ type: 'problem-linked', ...stamp(situation), problem, before: record.problemRef, reason }] }
}

/** The problem's side. What was reported after the fix shows that it was none: the problem is open again. */
export const takeIn = (record: IncidentRecord, { incident, reportedAt }: CommandOf<'take-in'>, situation: Situation): Decision => {
  const course = courseOf(record)
  if (course.incidents.includes(incident)) return { events: [] }
  const again = course.fixedAt !== null && reportedAt > course.fixedAt
  return { events: [{ type: 'incident-linked', ...stamp(situation), incident }, ...(again ? [recurred(incident, situation)] : [])] }
}

export const letGo = (record: IncidentRecord, { incident }: CommandOf<'let-go'>, situation: Situation): Decision => ({ events: courseOf(record).incidents.includes(incident) ? [{ type: 'incident-unlinked', ...stamp(situation), incident }] : [] })

const recurred = (incident: string | null, situation: Situation, reason: CommandOf<'reopen'>['reason'] = null): IncidentEvent => ({ type: 'problem-recurred', ...stamp(situation), incident, reason })

export const reopenProblem = (_record: IncidentRecord, { reason }: CommandOf<'reopen'>, situation: Situation): Decision => ({ events: [recurred(null, situation, reason)] })

export const declareKnownError = (_record: IncidentRecord, { workaround, cause }: CommandOf<'declare-known-error'>, situation: Situation): Decision => ({
  events: [...(cause === null ? [] : [{ type: 'cause-found' as const, ...stamp(situation), text: cause }]), { type: 'known-error-declared', ...stamp(situation), text: workaround }],
})

export const proposeFix = (_record: IncidentRecord, { text }: CommandOf<'propose-fix'>, situation: Situation): Decision => ({ events: [{ type: 'fix-proposed', ...stamp(situation), text }] })

export const fixProblem = (_record: IncidentRecord, { text, watchDays }: CommandOf<'fix'>, situation: Situation): Decision => ({
  events: [{ type: 'problem-fixed', ...stamp(situation), text, watchedUntilAt: watchedUntil(situation.now, watchDays) }],
})

/** By itself it closes when its watch is over; before, only by whoever leads. */
export const closeProblem = (record: IncidentRecord, situation: Situation): Decision =>
  record.confirmUntil !== null && situation.now < record.confirmUntil && !leads(situation) ? refuse('still_watched', `problem ${record.ref} is being watched: it closes by itself when its watch is over, or a duty manager closes it now`) : { events: [{ type: 'closed', ...stamp(situation), why: 'asked' }] }
