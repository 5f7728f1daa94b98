import type { AgentGains, AgentPlace } from '../agent-figures.ts'
import { addAgentSums, emptyAgentSums, type AgentSums } from '../kpi/agent-sums.ts'
import { addCohortSums, type CohortSums } from '../kpi/cohort-sums.ts'
import type { AgentNumber, Channel } from '../platform-events.ts'
import { instantOf, type Instant } from '../time.ts'
import { teamHistory } from './team-history.ts'

export const agentGroupings = ['agent', 'team', 'day'] as const
export type AgentGrouping = (typeof agentGroupings)[number]

/** Sums of one agent: of the range, of their part in one team, or of one business day. */
export interface AgentPart {
  readonly agent: AgentNumber
  /** The newest of which anything is known. */
  readonly team: string | null
  /** When the business day began; null where parts are not told apart by days. */
  readonly day: Instant | null
  readonly sums: AgentSums
  /** Queues of the contacts they had, also of those that were not asked for. */
  readonly queues: ReadonlySet<string>
}

export interface AgentTallyQuery {
  readonly by: AgentGrouping
  /** Only contacts of this queue or channel; clock time is the agent's own, whatever they served. */
  readonly queue?: string | undefined
  readonly channel?: Channel | undefined
  /** When the business day began that an instant lies in. */
  readonly dayOf: (at: Instant) => Instant
}

export interface AgentTally {
  /** Takes what is told of an agent who was of `team` then. */
  readonly gains: (teamOf: (agent: AgentNumber) => string | null) => AgentGains
  /** Takes what was planned for an agent in a day. */
  readonly planned: (agent: AgentNumber, at: Instant, plan: { readonly scheduledMs: number; readonly exceptionMs: number }) => void
  /** Takes what an agent has of a matured cohort; of the queue and channel that are asked for. */
  readonly cohort: (agent: AgentNumber, at: Instant, channel: Channel, sums: Readonly<CohortSums>) => void
  /** Whether one day of the report, and one team of each agent, holds all of a stretch: its sums say enough. */
  readonly asOne: (from: Instant, to: Instant) => boolean
  readonly parts: () => readonly AgentPart[]
}

interface OpenPart extends AgentPart {
  team: string | null
  readonly queues: Set<string>
}

/** Adds up what agents did and were. */
export const agentTally = ({ by, queue, channel, dayOf }: AgentTallyQuery): AgentTally => {
  const parts = new Map<string, OpenPart>()
  /** By what was told last of what agents did: plans are of that team. */
  const newest = new Map<AgentNumber, string | null>()
  const teams = teamHistory()
  // What is told comes in runs of one quarter hour.
  let known: { readonly at: Instant; readonly day: Instant } | null = null
  const dayAt = (at: Instant): Instant => {
    if (known?.at !== at) known = { at, day: dayOf(at) }
    return known.day
  }
  let last: { readonly agent: AgentNumber; readonly team: string | null; readonly day: Instant | null; readonly part: OpenPart } | null = null
  const partOf = (agent: AgentNumber, team: string | null, at: Instant): OpenPart => {
    const day = by === 'day' ? dayAt(at) : null
    if (last !== null && last.agent === agent && last.team === team && last.day === day) return last.part
    const key = by === 'team' ? `${agent} ${team ?? ''}` : by === 'day' ? `${agent} ${day}` : String(agent)
    let part = parts.get(key)
    if (part === undefined) {
      part = { agent, team, day, sums: emptyAgentSums(), queues: new Set() }
      parts.set(key, part)
    }
    part.team = team ?? part.team
    last = { agent, team, day, part }
    return part
  }
  const toldOf = (agent: AgentNumber, team: string | null, at: Instant): OpenPart => {
    if (by === 'team') teams.told(agent, team, at)
    const part = partOf(agent, team, at)
    newest.set(agent, part.team)
    return part
  }
  const wanted = (place: AgentPlace): boolean => (queue === undefined || place.queue === queue) && (channel === undefined || place.channel === channel)

  return {
    gains: (teamOf) => ({
      count: (agent, at, place, counter, amount) => {
        const { sums, queues } = toldOf(agent, teamOf(agent), at)
        if (place.queue !== null) queues.add(place.queue)
        if (wanted(place)) sums.counts[counter] += amount
      },
      time: (agent, at, state, reason, ms) => {
        const { states, reasons } = toldOf(agent, teamOf(agent), at).sums
        states[state] += ms
        if (state === 'aux') reasons.set(reason ?? '', (reasons.get(reason ?? '') ?? 0) + ms)
      },
    }),
    planned: (agent, at, { scheduledMs, exceptionMs }) => {
      const { sums } = partOf(agent, newest.get(agent) ?? null, at)
      sums.scheduledMs += scheduledMs
      sums.exceptionMs += exceptionMs
    },
    cohort: (agent, at, of, sums) => {
      if (channel === undefined || of === channel) addCohortSums(partOf(agent, by === 'team' ? teams.of(agent, at) : (newest.get(agent) ?? null), at).sums.cohort, sums)
    },
    asOne: (from, to) => (by !== 'day' || dayOf(from) === dayOf(instantOf(to - 1))) && (by !== 'team' || !teams.changed(from, to)),
    parts: () => [...parts.values()],
  }
}

/** A team's line: each agent once, figures of sums. */
export interface TeamPart {
  readonly team: string | null
  readonly agents: number
  readonly sums: AgentSums
}

export const teamParts = (parts: readonly AgentPart[]): readonly TeamPart[] => {
  const teams = new Map<string | null, AgentPart[]>()
  for (const part of parts) {
    const own = teams.get(part.team)
    if (own === undefined) teams.set(part.team, [part])
    else own.push(part)
  }
  return [...teams].map(([team, own]) => ({ team, agents: new Set(own.map(({ agent }) => agent)).size, sums: addAgentSums(own.map(({ sums }) => sums)) }))
}
