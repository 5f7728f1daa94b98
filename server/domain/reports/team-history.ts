import type { AgentNumber } from '../platform-events.ts'
import type { Instant } from '../time.ts'

/** Who was of which team when, as far as what is told of agents says it. */
export interface TeamHistory {
  /** An agent was of this team at this time; in any order within what is told of one team. */
  readonly told: (agent: AgentNumber, team: string | null, at: Instant) => void
  /** The team then; of a time of which nothing is told the one before it, else the first. */
  readonly of: (agent: AgentNumber, at: Instant) => string | null
  /** Whether anybody changed teams in (from, to). */
  readonly changed: (from: Instant, to: Instant) => boolean
}

interface Membership {
  since: Instant
  readonly team: string | null
}

export const teamHistory = (): TeamHistory => {
  const teams = new Map<AgentNumber, Membership[]>()
  return {
    told: (agent, team, at) => {
      const own = teams.get(agent)
      const last = own?.at(-1)
      if (own === undefined) teams.set(agent, [{ since: at, team }])
      else if (last?.team !== team) own.push({ since: at, team })
      else if (at < last.since) last.since = at
    },
    of: (agent, at) => {
      const own = teams.get(agent) ?? []
      let found: Membership | null = null
      for (const one of own) if (one.since <= at && (found === null || one.since >= found.since)) found = one
      return (found ?? own[0])?.team ?? null
    },
    changed: (from, to) => {
      for (const own of teams.values()) {
        if (own.length === 1) continue
        const first = Math.min(...own.map(({ since }) => since))
        if (own.some(({ since }) => since > first && since > from && since < to)) return true
      }
      return false
    },
  }
}
