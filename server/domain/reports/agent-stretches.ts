import type { AgentGains, AgentPlace, AgentState } from '../agent-figures.ts'
import type { Floor } from '../floor.ts'
import type { AgentCounter } from '../kpi/agent-sums.ts'
import type { AgentNumber } from '../platform-events.ts'
import type { Instant } from '../time.ts'

/** What one agent did and was in a stretch of time, by quarter hour: what a closed day keeps of them. */
export interface AgentStretch {
  readonly agent: AgentNumber
  /** As they were when the day was folded. */
  readonly team: string | null
  readonly contacts: readonly { readonly quarter: Instant; readonly place: AgentPlace; readonly counts: Readonly<Partial<Record<AgentCounter, number>>> }[]
  readonly times: readonly { readonly quarter: Instant; readonly state: AgentState; readonly reason: string | null; readonly ms: number }[]
}

interface Open {
  readonly contacts: Map<string, { readonly quarter: Instant; readonly place: AgentPlace; readonly counts: Partial<Record<AgentCounter, number>> }>
  readonly times: Map<string, { readonly quarter: Instant; readonly state: AgentState; readonly reason: string | null; ms: number }>
}

/** Of everybody who did or was anything in the quarter hours that begin in [from, to). */
export const agentStretches = (floor: Pick<Floor, 'agentGains' | 'agent'>, from: Instant, to: Instant): readonly AgentStretch[] => {
  const found = new Map<AgentNumber, Open>()
  const open = (agent: AgentNumber): Open => {
    const known = found.get(agent) ?? { contacts: new Map(), times: new Map() }
    found.set(agent, known)
    return known
  }
  const gains: AgentGains = {
    count: (agent, quarter, place, counter, amount) => {
      const { contacts } = open(agent)
      const key = `${quarter} ${place.channel} ${place.queue ?? ''}`
      const cell = contacts.get(key) ?? { quarter, place, counts: {} }
      cell.counts[counter] = (cell.counts[counter] ?? 0) + amount
      contacts.set(key, cell)
    },
    time: (agent, quarter, state, reason, ms) => {
      const { times } = open(agent)
      const key = `${quarter} ${state} ${reason ?? ''}`
      const cell = times.get(key) ?? { quarter, state, reason, ms: 0 }
      cell.ms += ms
      times.set(key, cell)
    },
  }
  // All of it at once: nothing may happen to the floor between.
  Array.from(floor.agentGains({ from, to }, gains))
  return [...found].sort(([a], [b]) => a - b).map(([agent, { contacts, times }]) => ({ agent, team: floor.agent(agent)?.team ?? null, contacts: [...contacts.values()], times: [...times.values()] }))
}
