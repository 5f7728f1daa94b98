import type { AgentState } from '../../server/domain/agent-figures.ts'
import type { AgentRow } from '../../server/contract/rows.ts'
import { activeWorthSaying } from '../format/active-time.ts'
import { sortedBy, type Figure } from '../format/sort-rows.ts'

export const stateOrder: readonly AgentState[] = ['available', 'ringing', 'on-contact', 'acw', 'aux', 'unreachable', 'not-queued', 'offline']

export const tally = (rows: readonly AgentRow[]): readonly { readonly state: AgentState; readonly agents: number }[] =>
  stateOrder.map((state) => ({ state, agents: rows.filter((row) => row.state === state).length })).filter(({ state, agents }) => agents > 0 || ['available', 'on-contact', 'acw', 'aux'].includes(state))

/** Answers they wrote today, first and later ones. */
export const answersOf = (row: AgentRow): number => (row.today.responses?.firstResponses ?? 0) + (row.today.responses?.nextResponses ?? 0)

const figures: Readonly<Record<string, Figure<AgentRow>>> = {
  name: (row) => row.name ?? row.agent,
  team: (row) => row.team,
  state: (row) => stateOrder.indexOf(row.state),
  since: (row) => -Date.parse(row.since),
  handled: (row) => row.today.handled,
  aht: (row) => row.today.ahtMs,
  active: (row) => activeWorthSaying(row.today),
  csat: (row) => row.today.csat,
  occupancy: (row) => row.today.occupancy,
  firstAnswer: (row) => row.today.responses?.firstResponseMs ?? null,
  rings: (row) => row.today.ringNoAnswer,
}

export const sortPeople = (rows: readonly AgentRow[], column: string, descending: boolean): readonly AgentRow[] => {
  const name = (row: AgentRow): string => row.name ?? row.agent
  return sortedBy(rows, figures[column] ?? name, descending, (a, b) => name(a).localeCompare(name(b)))
}

export const filterPeople = (rows: readonly AgentRow[], text: string, state: string): readonly AgentRow[] => {
  const wanted = text.trim().toLowerCase()
  return rows.filter((row) => (state === '' || row.state === state) && (wanted === '' || `${row.name ?? ''} ${row.agent} ${row.team ?? ''} ${row.queues.join(' ')} ${row.reason ?? ''}`.toLowerCase().includes(wanted)))
}

/** Wrap-up beyond the cap of the handle time is a forgotten one (METRICS section 3, trap 3). */
const FORGOTTEN_ACW_MS = 1_800_000
export const isForgotten = (row: AgentRow, now: number): boolean => row.state === 'acw' && now - Date.parse(row.since) > FORGOTTEN_ACW_MS
