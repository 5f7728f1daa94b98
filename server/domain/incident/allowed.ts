import type { CommandType } from './commands.ts'
import type { IncidentRecord, IncidentState } from './incident.ts'

/** What is still to be done when it is over. */
const afterwards: readonly CommandType[] = ['link-problem', 'write-review', 'add-review-action', 'complete-review-action', 'move-review']
const always: readonly CommandType[] = ['note', 'amend', 'categorise', 'update-stakeholders', 'approve-update', 'reject-update', 'propose-major', 'declare-major', 'stop-sending', 'stand-down', 'cancel-major', 'assign-role', 'report-methane', 'excuse-breach', 'report-regulator', 'link-problem']
const active: readonly CommandType[] = [...always, 'consult', 'ask-help', 'answer-help', 'acknowledge', 'resolve', 'set-priority', 'escalate', 'assign', 'merge', 'absorb', 'plan-recovery', 'customer-reply', 'deploy', 'confirm-deployment', 'release-deployment', 'lose-deployment']

/** Commands that a state accepts (INCIDENTS 2.2); anything absent is refused with this list. */
const accepted: Readonly<Record<IncidentState, readonly CommandType[]>> = {
  draft: ['open', 'note', 'categorise', 'cancel'],
  open: [...active, 'start', 'cancel', 'reclassify'],
  acknowledged: [...active, 'unacknowledge', 'start', 'hold', 'snooze', 'offer-handover', 'accept-handover', 'cancel', 'reclassify'],
  'in-progress': [...active, 'unacknowledge', 'hold', 'snooze', 'offer-handover', 'accept-handover'],
  'on-hold': [...active, 'resume', 'offer-handover', 'accept-handover'],
  resolved: ['note', 'amend', 'update-stakeholders', 'approve-update', 'reject-update', 'stand-down', 'cancel-major', 'reopen', 'close', 'review', 'excuse-breach', 'report-regulator', ...afterwards],
  // What caused it is often found when it is long over, and what was learnt is done later.
  closed: afterwards,
  cancelled: [],
  merged: [],
}

const studied: readonly CommandType[] = ['note', 'amend', 'categorise', 'set-priority', 'assign', 'start', 'declare-known-error', 'propose-fix', 'fix', 'cancel', 'take-in', 'let-go']

/** A problem has no ladder and no clock; it is over when its fix has held, and even then may come again. */
const acceptedOfProblem: Readonly<Record<IncidentState, readonly CommandType[]>> = {
  draft: accepted.draft,
  open: [...studied, 'reclassify'],
  acknowledged: [...studied, 'reclassify'],
  'in-progress': studied,
  'on-hold': studied,
  resolved: ['note', 'amend', 'categorise', 'reopen', 'close', 'take-in', 'let-go'],
  closed: ['reopen', 'take-in', 'let-go'],
  cancelled: [],
  merged: [],
}

const listOf = ({ type, state }: Pick<IncidentRecord, 'type' | 'state'>): readonly CommandType[] => (type === 'problem' ? acceptedOfProblem : accepted)[state]
/** The other sides of a merge, a link and a pre-emption: nobody orders them. */
const ofOtherSide: readonly CommandType[] = ['absorb', 'take-in', 'let-go', 'lose-deployment']

export const allowedIn = (record: Pick<IncidentRecord, 'type' | 'state'>): readonly CommandType[] => listOf(record).filter((type) => !ofOtherSide.includes(type))
export const accepts = (record: Pick<IncidentRecord, 'type' | 'state'>, type: CommandType): boolean => listOf(record).includes(type)
