import { AGENT_STATES, AGENT_TIMES, NO_TIME, type AgentTime } from '../agent-states.ts'
import type { ReportedAgentState } from '../platform-events.ts'

/** Places in AGENT_STATES. */
export const PRIMARY = { offline: 0, available: 1, ringing: 2, onContact: 3, acw: 4, aux: 5, unreachable: 6, notQueued: 7 } as const
export const PRIMARY_STATES = AGENT_STATES.length

export const REPORTED: Readonly<Record<ReportedAgentState, number>> = { offline: 0, available: 1, ringing: 2, 'on-contact': 3, acw: 4, aux: 5 }
/** Nothing was reported since the platform started: an agent who takes a contact is evidently there. */
export const UNREPORTED = -1

/** What an agent's state follows from. */
export interface Standing {
  reported: number
  /** They were in a contact since the platform started. */
  seenOnContact: boolean
  onContact: number
  inAcw: number
  ringing: number
  silent: boolean
  /** It is known that they serve no queue. */
  queueless: boolean
}

export const NOBODY_YET: Readonly<Standing> = { reported: UNREPORTED, seenOnContact: false, onContact: 0, inAcw: 0, ringing: 0, silent: false, queueless: false }

/** Exactly one state: contact before wrap-up before ringing before AUX before available. */
export const primaryOf = ({ reported, seenOnContact, onContact, inAcw, ringing, silent, queueless }: Standing): number => {
  if (onContact > 0 || reported === REPORTED['on-contact']) return PRIMARY.onContact
  if (inAcw > 0 && reported !== REPORTED.offline) return PRIMARY.acw
  if (reported === REPORTED.acw) return PRIMARY.acw
  if (reported === REPORTED.offline || (reported === UNREPORTED && !seenOnContact)) return PRIMARY.offline
  if (ringing > 0 || reported === REPORTED.ringing) return PRIMARY.ringing
  if (reported === REPORTED.aux) return PRIMARY.aux
  if (silent) return PRIMARY.unreachable
  return queueless ? PRIMARY.notQueued : PRIMARY.available
}

/** By place: what time in a state counts as. */
const TIMES: readonly AgentTime[] = AGENT_STATES.map((state) => AGENT_TIMES[state])
/** What the time in a primary state counts as; of whoever is not known, as nothing. */
export const timeOf = (primary: number | null): AgentTime => (primary === null ? NO_TIME : TIMES[primary])
export const isThere = (primary: number): boolean => TIMES[primary][2] === 1
