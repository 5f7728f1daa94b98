import { AGENT_STATES } from '../agent-states.ts'
import type { AgentBand, AgentFigures } from '../agent-figures.ts'
import { occupancy, utilisation } from '../kpi/occupancy.ts'
import { responseFigures } from '../kpi/responses.ts'
import { satisfaction } from '../kpi/satisfaction.ts'
import { shareOf } from '../kpi/service-level.ts'
import { LEG, LEG_STRIDE, NONE } from '../legs.ts'
import type { AgentNumber } from '../platform-events.ts'
import { instantOf, type Instant } from '../time.ts'
import { AGENT_SUM } from './agents.ts'
import { PRIMARY } from './standing.ts'
import type { FloorState } from './floor-state.ts'

/** `within`: as whoever reaches these queues only sees the agent. Figures of the day are the agent's own, whatever the queue. */
export const readAgent = (state: FloorState, number: AgentNumber, within?: readonly string[]): AgentFigures | null => {
  const { agents, queues, legs } = state
  const seen = (queue: number): boolean => within === undefined || (queue !== NONE && within.includes(queues.ids[queue]))
  const index = agents.find(number)
  if (index < 0) return null
  const agent = agents.agents[index]
  const sum = (which: number): number => agents.sum(index, which)
  const responses = agents.responses(index)
  return {
    agent: number,
    team: agent.team,
    state: AGENT_STATES[agent.primary],
    reason: agent.primary === PRIMARY.aux || agent.primary === PRIMARY.offline || agent.primary === PRIMARY.acw ? agent.reason : null,
    since: instantOf(agent.since),
    reasonSince: agent.reason === null ? null : instantOf(agent.reasonSince),
    plannedEndAt: agent.plannedEndAt === 0 ? null : instantOf(agent.plannedEndAt),
    queues: agent.queues.filter(seen).map((queue) => queues.ids[queue]),
    // In an order that does not depend on what came first, so that a floor read from a base says the same.
    contacts: [...new Set(agent.legs.filter((leg) => within === undefined || seen(legs.cells[leg * LEG_STRIDE + LEG.queue])).map((leg) => legs.contactIdOf(leg)))].sort(),
    today: {
      handled: sum(AGENT_SUM.handled),
      ahtMs: shareOf({ numerator: sum(AGENT_SUM.handleMs), denominator: sum(AGENT_SUM.handled) }),
      activeMs: shareOf({ numerator: sum(AGENT_SUM.activeMs), denominator: sum(AGENT_SUM.handled) }),
      csat: satisfaction(sum(AGENT_SUM.satisfied), sum(AGENT_SUM.surveys)),
      surveys: sum(AGENT_SUM.surveys),
      ringNoAnswer: sum(AGENT_SUM.misses),
      ringNoAnswerMs: sum(AGENT_SUM.missedMs),
      ringMs: shareOf({ numerator: sum(AGENT_SUM.ringMs), denominator: sum(AGENT_SUM.rings) }),
      occupancy: occupancy(sum(AGENT_SUM.handlingMs), sum(AGENT_SUM.availableMs), sum(AGENT_SUM.signedInMs)),
      utilisation: utilisation(sum(AGENT_SUM.handlingMs), sum(AGENT_SUM.signedInMs)),
      ...(responses === null ? {} : { responses: responseFigures(responses.totals()) }),
    },
  }
}

/** The agent's states in [from, to), as far back as the fold looks; what came before the first word is not known. */
export const readBands = ({ agents, asOf }: FloorState, number: AgentNumber, from: Instant, to: Instant): readonly AgentBand[] => {
  const index = agents.find(number)
  if (index < 0) return []
  return agents.bands.of(index, from, Math.min(to, asOf)).map((band) => ({ state: AGENT_STATES[band.primary], from: instantOf(band.from), to: instantOf(band.to) }))
}
