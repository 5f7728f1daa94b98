import type { Explanation } from '../explanation.ts'
import { shareInterval } from '../kpi/confidence.ts'
import { dictionary, formulaOf, type Metric, type MetricName } from '../kpi/dictionary.ts'
import { LEAST_SIGNED_IN_MS } from '../kpi/occupancy.ts'
import { shareOf } from '../kpi/service-level.ts'
import type { AgentNumber } from '../platform-events.ts'
import { instantOf } from '../time.ts'
import { AGENT_SUM } from './agents.ts'
import { explainedResponses, isResponseMetric, kindOfResponse } from './explain-responses.ts'
import type { FloorState } from './floor-state.ts'
import { resolverOf, surveyCountsAt, surveyedAgent, type LegView } from './leg-view.ts'
import { selectContacts } from './read-contacts.ts'

type Takes = (view: LegView) => boolean
interface Sides {
  readonly numerator: number
  readonly denominator: number | null
  readonly counted: Takes
  readonly all: Takes
}

const nobody: Takes = () => false

/** Where a figure of an agent's day comes from; null for an agent or a figure that does not exist. */
export const explainAgent = (state: FloorState, { metric, agent }: { readonly metric: string; readonly agent: AgentNumber }): Explanation | null => {
  const index = state.agents.find(agent)
  if (index < 0) return null
  const { dayFrom, dayTo } = state.agents
  const today = (at: number): boolean => at >= dayFrom && at < dayTo
  const sum = (which: number): number => state.agents.sum(index, which)
  if (isResponseMetric(metric)) {
    const kind = kindOfResponse(metric)
    const answered: Takes = (view) => {
      if (kind === 'resolution') return resolverOf(view) === agent && view.resolvedConversationAt !== 0 && today(view.resolvedConversationAt)
      for (let i = 0; i < view.responses; i++) if (view.responder[i] === agent && today(view.respondedAt[i]) && (kind === 'firstResponse') === (i === 0 && view.firstResponded)) return true
      return false
    }
    return explainedResponses(metric, state.agents.responses(index)?.totals() ?? null, { queue: null, window: 'today', from: instantOf(dayFrom), to: instantOf(state.asOf), threshold: null }, selectContacts(state, answered))
  }
  const handled: Takes = (view) => {
    for (let i = 0; i < view.handlings; i++) if (view.agent[i] === agent && view.countedAt[i] !== 0 && today(view.countedAt[i])) return true
    return false
  }
  const asked: Takes = (view) => view.surveyed && today(surveyCountsAt(view)) && surveyedAgent(view) === agent
  const missed: Takes = (view) => {
    for (let i = 0; i < view.misses; i++) if (view.missAgent[i] === agent && today(view.missAt[i])) return true
    return false
  }
  if (!Object.hasOwn(dictionary, metric)) return null
  const name = metric as MetricName
  const sides: Readonly<Partial<Record<MetricName, Sides>>> = {
    handled: { numerator: sum(AGENT_SUM.handled), denominator: null, counted: handled, all: nobody },
    ahtMs: { numerator: sum(AGENT_SUM.handleMs), denominator: sum(AGENT_SUM.handled), counted: handled, all: handled },
    activeMs: { numerator: sum(AGENT_SUM.activeMs), denominator: sum(AGENT_SUM.handled), counted: handled, all: handled },
    csat: { numerator: sum(AGENT_SUM.satisfied), denominator: sum(AGENT_SUM.surveys), counted: (view) => asked(view) && view.satisfied, all: asked },
    surveys: { numerator: sum(AGENT_SUM.surveys), denominator: null, counted: asked, all: nobody },
    ringNoAnswer: { numerator: sum(AGENT_SUM.misses), denominator: null, counted: missed, all: nobody },
    occupancy: { numerator: sum(AGENT_SUM.handlingMs), denominator: sum(AGENT_SUM.handlingMs) + sum(AGENT_SUM.availableMs), counted: nobody, all: nobody },
    utilisation: { numerator: sum(AGENT_SUM.handlingMs), denominator: sum(AGENT_SUM.signedInMs), counted: nobody, all: nobody },
  }
  const found = sides[name]
  if (found === undefined) return null
  const { numerator, denominator } = found
  const tooLittle = (name === 'occupancy' || name === 'utilisation') && sum(AGENT_SUM.signedInMs) < LEAST_SIGNED_IN_MS
  const { basis }: Metric = dictionary[name]
  return {
    metric, queue: null, window: 'today', variant: null, formula: formulaOf(name), basis, from: instantOf(dayFrom), to: instantOf(state.asOf), numerator, denominator,
    value: tooLittle ? null : denominator === null ? numerator : shareOf({ numerator, denominator }),
    threshold: null, limit: null, since: null, clears: null, range: name === 'csat' && denominator !== null ? shareInterval(numerator, denominator) : null,
    numeratorContacts: selectContacts(state, found.counted), denominatorContacts: selectContacts(state, found.all),
  }
}
