import { isSignedIn } from '../../server/domain/agent-states.ts'
import type { AgentState } from '../../server/domain/agent-figures.ts'
import type { AgentRow } from '../../server/contract/rows.ts'
import { sortedBy } from '../format/sort-rows.ts'

export interface TeamLine {
  readonly team: string | null
  readonly people: number
  readonly signedIn: number
  /** How many are in a state, and who has been longest. */
  readonly states: Readonly<Partial<Record<AgentState, { readonly agents: number; readonly longest: AgentRow }>>>
  /** Of the last 30 minutes; null where it is not known. */
  readonly occupancy: number | null
}

/** The states that a team's line shows, in the order of the tally. */
export const teamStates = ['available', 'ringing', 'on-contact', 'acw', 'aux'] as const satisfies readonly AgentState[]

/** Teams of the people that are shown; each person once. */
export const teamLines = (rows: readonly AgentRow[], occupancy: ReadonlyMap<string | null, number | null>): readonly TeamLine[] => {
  const teams = new Map<string | null, AgentRow[]>()
  for (const row of rows) {
    const own = teams.get(row.team)
    if (own === undefined) teams.set(row.team, [row])
    else own.push(row)
  }
  return [...teams].map(([team, own]): TeamLine => {
    const states: Partial<Record<AgentState, { readonly agents: number; readonly longest: AgentRow }>> = {}
    for (const row of own) {
      const known = states[row.state]
      states[row.state] = { agents: (known?.agents ?? 0) + 1, longest: known !== undefined && known.longest.since <= row.since ? known.longest : row }
    }
    return { team, people: own.length, signedIn: own.filter(({ state }) => isSignedIn(state)).length, states, occupancy: occupancy.get(team) ?? null }
  })
}

const valueOf = (line: TeamLine, column: string): number | string | null => {
  if (column === 'name') return line.team
  if (column === 'signedIn') return line.signedIn
  if (column === 'occupancy') return line.occupancy
  return line.states[column as AgentState]?.agents ?? 0
}

/** People without a team, and what is not known, last. */
export const sortTeams = (lines: readonly TeamLine[], column: string, descending: boolean): readonly TeamLine[] =>
  sortedBy(lines, (line) => valueOf(line, column), descending, (a, b) => (a.team ?? '\uffff').localeCompare(b.team ?? '\uffff'))
