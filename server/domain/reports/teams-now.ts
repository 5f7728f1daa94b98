import { AGENT_STATES, countedTimes, isSignedIn, ofStates } from '../agent-states.ts'
import type { AgentBand, AgentFigures, AgentState } from '../agent-figures.ts'
import { occupancy } from '../kpi/occupancy.ts'
import type { AgentNumber } from '../platform-events.ts'
import { instantOf, MINUTE, type Instant } from '../time.ts'

/** Who has been longest in a state. */
export interface LongestInState {
  readonly state: AgentState
  readonly agent: AgentNumber
  readonly since: Instant
}

/** A team as it stands now. States add up to its people. */
export interface TeamNow {
  readonly team: string | null
  readonly agents: number
  readonly signedIn: number
  readonly states: Readonly<Record<AgentState, number>>
  /** One for each state that anybody is in, save for those of nobody being there. */
  readonly longest: readonly LongestInState[]
  /** R30 as queues have it, a ratio of sums over all its people; null under 5 minutes of signed-in time. */
  readonly occupancy: number | null
}

export interface TeamMember {
  readonly figures: Pick<AgentFigures, 'agent' | 'state' | 'since'>
  readonly team: string | null
  /** Of the window that `windowOf` names. */
  readonly bands: readonly AgentBand[]
}

/** The running minute is one of the 30, and its time counts when it is over. */
const WHOLE_MINUTES = 29
/** What the live window of a queue's occupancy (R30) holds. */
export const windowOf = (asOf: Instant): { readonly from: Instant; readonly to: Instant } => {
  const to = Math.floor(asOf / MINUTE) * MINUTE
  return { from: instantOf(to - WHOLE_MINUTES * MINUTE), to: instantOf(to) }
}

const teamOf = (team: string | null, members: readonly TeamMember[]): TeamNow => {
  const states = ofStates(() => 0)
  const spent = ofStates(() => 0)
  const longest = new Map<AgentState, LongestInState>()
  for (const { figures, bands } of members) {
    const { agent, state, since } = figures
    states[state] += 1
    const known = longest.get(state)
    if (isSignedIn(state) && (known === undefined || since < known.since || (since === known.since && agent < known.agent))) longest.set(state, { state, agent, since })
    for (const band of bands) spent[band.state] += band.to - band.from
  }
  const { handlingMs, availableMs, signedInMs } = countedTimes(spent)
  return {
    team, agents: members.length, signedIn: AGENT_STATES.filter(isSignedIn).reduce((sum, state) => sum + states[state], 0), states,
    longest: AGENT_STATES.flatMap((state) => longest.get(state) ?? []), occupancy: occupancy(handlingMs, availableMs, signedInMs),
  }
}

/** By name; whoever has no team last. */
export const teamsNow = (members: readonly TeamMember[]): readonly TeamNow[] => {
  const teams = new Map<string | null, TeamMember[]>()
  for (const member of members) {
    const own = teams.get(member.team)
    if (own === undefined) teams.set(member.team, [member])
    else own.push(member)
  }
  return [...teams].map(([team, own]) => teamOf(team, own)).sort((a, b) => Number(a.team === null) - Number(b.team === null) || ((a.team ?? '') < (b.team ?? '') ? -1 : 1))
}
