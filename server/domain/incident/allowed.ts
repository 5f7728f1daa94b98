import type { CommandType } from './commands.ts'
import type { IncidentState } from './incident.ts'

const always: readonly CommandType[] = ['note', 'amend', 'categorise', 'update-stakeholders', 'approve-update', 'reject-update', 'declare-major', 'stand-down', 'excuse-breach', 'report-regulator']
const active: readonly CommandType[] = [...always, 'ask-help', 'answer-help', 'acknowledge', 'resolve', 'set-priority', 'escalate', 'assign', 'merge', 'absorb', 'plan-recovery', 'customer-reply', 'deploy', 'confirm-deployment', 'release-deployment', 'lose-deployment']

/** Commands that a state accepts (INCIDENTS 2.2); anything absent is refused with this list. */
const accepted: Readonly<Record<IncidentState, readonly CommandType[]>> = {
  draft: ['open', 'note', 'categorise', 'cancel'],
  open: [...active, 'start', 'cancel'],
  acknowledged: [...active, 'unacknowledge', 'start', 'hold', 'snooze', 'offer-handover', 'accept-handover', 'cancel'],
  'in-progress': [...active, 'unacknowledge', 'hold', 'snooze', 'offer-handover', 'accept-handover'],
  'on-hold': [...active, 'resume', 'offer-handover', 'accept-handover'],
  resolved: ['note', 'amend', 'update-stakeholders', 'approve-update', 'reject-update', 'stand-down', 'reopen', 'close', 'review', 'excuse-breach', 'report-regulator'],
  closed: [],
  cancelled: [],
  merged: [],
}

/** The other sides of a merge and of a pre-emption: nobody orders them. */
const inner: readonly CommandType[] = ['absorb', 'lose-deployment']
export const allowedIn = (state: IncidentState): readonly CommandType[] => accepted[state].filter((type) => !inner.includes(type))
export const accepts = (state: IncidentState, type: CommandType): boolean => accepted[state].includes(type)
