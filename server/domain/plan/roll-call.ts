import { isSignedIn } from '../agent-states.ts'
import type { AgentBand, AgentFigures } from '../agent-figures.ts'
import { later, MINUTE, type Instant } from '../time.ts'
import { EXCUSED, shiftOf, type Activity } from './adherence.ts'

/** Where somebody stands in the roll-call of the day. */
export type RollState = 'due' | 'in' | 'late' | 'absent' | 'left-early' | 'finished' | 'excused' | 'not-planned'

export interface RollCall {
  readonly state: RollState
  readonly shiftFrom: Instant | null
  readonly shiftTo: Instant | null
  /** When they first signed in during the shift (or up to two hours before it). */
  readonly inAt: Instant | null
  readonly lateMs: number | null
  readonly excuse: string | null
}

const GRACE_MS = 2 * MINUTE
/** Who has not come by then is no longer just late. */
const ABSENT_MS = 30 * MINUTE
const EARLY_MS = 120 * MINUTE

export const rollCallOf = (activities: readonly Activity[], agent: Pick<AgentFigures, 'state'> | null, bands: readonly AgentBand[], asOf: Instant): RollCall => {
  const shift = shiftOf(activities)
  const excuse = activities.find(({ activity }) => EXCUSED.has(activity))?.activity ?? null
  const here = agent !== null && isSignedIn(agent.state)
  const none = { shiftFrom: shift?.from ?? null, shiftTo: shift?.to ?? null, inAt: null, lateMs: null, excuse }
  if (excuse !== null && !here) return { ...none, state: 'excused' }
  if (shift === null) return { ...none, state: here ? 'in' : 'not-planned' }
  const first = bands.find(({ state, to }) => isSignedIn(state) && to > shift.from - EARLY_MS)
  const inAt = first === undefined ? null : first.from
  const lateMs = inAt === null ? (asOf > shift.from ? asOf - shift.from : null) : Math.max(0, inAt - shift.from)
  const told = { ...none, inAt, lateMs }
  if (asOf >= shift.to) return { ...told, state: inAt === null ? 'absent' : here ? 'in' : 'finished' }
  if (here) return { ...told, state: 'in' }
  if (inAt !== null) return { ...told, state: asOf < shift.from ? 'due' : 'left-early' }
  if (asOf < later(shift.from, GRACE_MS)) return { ...told, state: 'due' }
  return { ...told, state: asOf < later(shift.from, ABSENT_MS) ? 'late' : 'absent' }
}
