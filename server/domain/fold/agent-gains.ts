import { AGENT_STATES } from '../agent-states.ts'
import { LEG, LEG_STRIDE } from '../legs.ts'
import type { AgentGains, AgentPlace } from '../agent-figures.ts'
import type { AgentCounter } from '../kpi/agent-sums.ts'
import { instantOf, QUARTER_HOUR, type Instant } from '../time.ts'
import { PRIMARY } from './standing.ts'
import { CHANNELS } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { HANDLING, LegView, mayRepeat, OUTCOME, responseOf, surveyCountsAt, surveyedAgent } from './leg-view.ts'

type Count = (agent: number, at: number, counter: AgentCounter, amount: number) => void

/** What one leg gives to the agents in it, each with the instant it counts at. */
const leaveAgentGains = (view: LegView, count: Count): void => {
  for (let i = 0; i < view.handlings; i++) handling(view, i, count)
  for (let i = 0; i < view.misses; i++) {
    count(view.missAgent[i], view.missAt[i], 'ringNoAnswer', 1)
    if (view.missRing[i] > 0) count(view.missAgent[i], view.missAt[i], 'ringNoAnswerMs', view.missRing[i])
  }
  if (view.outcome === OUTCOME.answered && view.handlings > 0) answered(view, view.agent[0], count)
  if (view.responses > 0 && view.firstResponded) firstResponse(view, count)
  const last = surveyedAgent(view)
  if (view.surveyed) {
    const at = surveyCountsAt(view)
    count(last, at, 'surveys', 1)
    if (view.satisfied) count(last, at, 'surveysSatisfied', 1)
    count(last, at, 'surveyScoreTotal', view.surveyScore)
  }
  // A repeat that is resolved was not resolved on first contact.
  if (view.resolved === 0 || view.repeat) return
  count(last, view.resolvedAt, 'resolutionsAsked', 1)
  if (view.resolved === 2) count(last, view.resolvedAt, 'resolved', 1)
}

const handling = (view: LegView, i: number, count: Count): void => {
  const [agent, at, flags] = [view.agent[i], view.countedAt[i], view.flags[i]]
  if (at === 0) return
  const [hold, acw] = [Math.max(0, view.hold[i]), Math.max(0, view.acw[i])]
  count(agent, at, 'handled', 1)
  count(agent, at, 'talkMsTotal', Math.max(0, view.talk[i]))
  count(agent, at, 'holdMsTotal', hold)
  count(agent, at, 'acwMsTotal', acw)
  count(agent, at, 'activeMsTotal', view.active[i])
  count(agent, at, 'activeKnown', 1)
  if ((flags & HANDLING.holdKnown) !== 0) count(agent, at, 'holdKnown', 1)
  if (hold > 0) count(agent, at, 'held', 1)
  if ((flags & HANDLING.acwKnown) !== 0) count(agent, at, 'acwKnown', 1)
  if (acw > 0) count(agent, at, 'wrapped', 1)
  if ((flags & HANDLING.capped) !== 0) count(agent, at, 'acwCapped', 1)
  if ((flags & HANDLING.transferred) !== 0) count(agent, at, 'transferred', 1)
}

const answered = (view: LegView, agent: number, count: Count): void => {
  const at = view.outcomeAt
  if (view.ringMs >= 0) {
    count(agent, at, 'ringKnown', 1)
    count(agent, at, 'ringMsTotal', view.ringMs)
  }
  if (!mayRepeat(view)) return
  count(agent, at, 'identifiedAnswered', 1)
  if (view.repeat) count(agent, at, 'repeatsAnswered', 1)
}

/** Whoever wrote it, not whoever the conversation was assigned to (METRICS section 3). */
const firstResponse = (view: LegView, count: Count): void => {
  const { ms, businessMs, inTarget } = responseOf(view, 0)
  const [agent, at] = [view.responder[0], view.respondedAt[0]]
  count(agent, at, 'firstResponses', 1)
  if (inTarget) count(agent, at, 'firstResponsesInTarget', 1)
  count(agent, at, 'firstResponseMsTotal', ms)
  count(agent, at, 'firstResponseBusinessMsTotal', businessMs)
}

/** A reader of the whole floor lets others go on after so many legs, and after so many agents. */
const LEGS_AT_ONCE = 4_000
const AGENTS_AT_ONCE = 250

const quarterOf = (at: number): number => Math.floor(at / QUARTER_HOUR) * QUARTER_HOUR
/** A quarter hour belongs to the range that its beginning lies in. */
const nextQuarter = (at: number): number => Math.ceil(at / QUARTER_HOUR) * QUARTER_HOUR

/**
 * Tells what agents did in the quarter hours that begin in [from, to), and what they were. Clock time is told up to the running minute, as the
 * day's sums have it. Whoever reads does so piece by piece: between two pieces the floor may go on.
 */
export function* readAgentGains(state: FloorState, { from, to }: { readonly from: Instant; readonly to: Instant }, gains: AgentGains): Generator<void> {
  const [begin, end] = [nextQuarter(from), nextQuarter(to)]
  if (begin >= end) return
  yield* contactGains(state, begin, end, gains)
  yield* timeGains(state, begin, Math.min(end, state.agents.minuteStart), gains)
}

function* contactGains({ legs, reader, queues }: FloorState, begin: number, end: number, gains: AgentGains): Generator<void> {
  const view = new LegView()
  for (let leg = 0, read = 0; leg < legs.top; leg++) {
    const o = leg * LEG_STRIDE
    // Nothing of a leg counts after its newest fact, and nothing that agents did before its first.
    if (legs.cells[o + LEG.used] === 0 || legs.baseOf(leg) + legs.cells[o + LEG.lastAt] < begin || legs.baseOf(leg) + legs.cells[o + LEG.firstAt] >= end) continue
    reader.read(leg, view)
    const place: AgentPlace = { queue: view.queue < 0 ? null : queues.ids[view.queue], channel: CHANNELS[view.channel] }
    leaveAgentGains(view, (agent, at, counter, amount) => {
      if (agent >= 0 && at >= begin && at < end && amount !== 0) gains.count(agent, instantOf(quarterOf(at)), place, counter, amount)
    })
    read += 1
    if (read % LEGS_AT_ONCE === 0) yield
  }
}

function* timeGains({ agents }: FloorState, begin: number, end: number, gains: AgentGains): Generator<void> {
  const tell = (agent: number, primary: number, reason: string | null, from: number, to: number): void => {
    for (let at = from; at < to; ) {
      const next = Math.min(to, quarterOf(at) + QUARTER_HOUR)
      gains.time(agent, instantOf(quarterOf(at)), AGENT_STATES[primary], reason, next - at)
      at = next
    }
  }
  for (let index = 0; index < agents.agents.length; index++) {
    const { number } = agents.agents[index]
    for (const { primary, from, to } of agents.bands.of(index, begin, end)) {
      if (primary === PRIMARY.offline) continue
      if (primary !== PRIMARY.aux) tell(number, primary, null, from, to)
      else for (const part of agents.auxReasons.of(index, from, to)) tell(number, primary, part.reason, part.from, part.to)
    }
    if (index % AGENTS_AT_ONCE === AGENTS_AT_ONCE - 1) yield
  }
}
