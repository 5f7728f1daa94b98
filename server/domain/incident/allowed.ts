import type { CommandType } from './commands.ts'
import type { IncidentState } from './incident.ts'

/** Commands that a state accepts (INCIDENTS 2.2); anything absent is refused with this list. */
const accepted: Readonly<Record<IncidentState, readonly CommandType[]>> = {
  draft: ['note'],
  open: ['acknowledge', 'start', 'note', 'resolve', 'set-priority', 'escalate'],
  acknowledged: ['acknowledge', 'unacknowledge', 'start', 'note', 'resolve', 'set-priority', 'escalate'],
  'in-progress': ['acknowledge', 'unacknowledge', 'note', 'resolve', 'set-priority', 'escalate'],
  'on-hold': ['acknowledge', 'note', 'resolve', 'set-priority', 'escalate'],
  resolved: ['note'],
  closed: [],
  cancelled: [],
  merged: [],
}

export const allowedIn = (state: IncidentState): readonly CommandType[] => accepted[state]
