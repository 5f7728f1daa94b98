import type { AgentFact, ReportedAgentState, SnapshotAgent } from '../platform-events.ts'
import { agentTimer, heartbeatOf } from './clock.ts'
import { MARK } from './agent-stories.ts'
import { REPORTED } from './standing.ts'
import type { FloorState } from './floor-state.ts'

export const applyAgentFact = (state: FloorState, fact: AgentFact, at: number, source: number): void => {
  const index = state.agents.index(fact.agent, at)
  const agent = state.agents.agents[index]
  hear(state, index, source, at)
  if (fact.type === 'agent.state') {
    if (fact.team !== null) agent.team = fact.team
    if (fact.queues !== null) serve(state, index, fact.queues, at)
    because(state, index, fact.state, fact.reason, fact.since ?? at, source)
    if (at >= agent.reportedAt) {
      reportState(state, index, fact.state, fact.reason, fact.since ?? at, at, source)
      agent.plannedEndAt = fact.plannedEndAt ?? 0
    } else overheard(state, index, fact.state, fact.reason, fact.since ?? at, at, source)
  } else {
    agent.queuesKnown = true
    if (fact.type === 'agent.queue_joined') state.crew.join(index, state.queue(fact.queueId))
    else state.crew.leave(index, state.queue(fact.queueId))
  }
  state.crew.touch(index)
  state.crew.settle(fact.type === 'agent.state' ? Math.min(at, fact.since ?? at) : at)
}

/** A report of a state that says nothing else. */
export const applyPlainState = (state: FloorState, number: number, reported: ReportedAgentState, at: number, source: number): void => {
  const index = state.agents.index(number, at)
  hear(state, index, source, at)
  const agent = state.agents.agents[index]
  because(state, index, reported, null, at, source)
  if (at >= agent.reportedAt) {
    reportState(state, index, reported, null, at, at, source)
    agent.plannedEndAt = 0
  } else overheard(state, index, reported, null, at, at, source)
  state.crew.touch(index)
  state.crew.settle(at)
}

/** What an older word names than the newest on the agent's queues, they served then. */
const serve = (state: FloorState, index: number, queues: readonly string[], at: number): void => {
  const agent = state.agents.agents[index]
  const wanted = queues.map((id) => state.queue(id))
  if (agent.queuesKnown && at < (state.agents.memberships.newest(index) ?? 0)) {
    state.crew.served(index, wanted, at)
    return
  }
  if (!agent.queuesKnown) state.crew.named(index)
  agent.queuesKnown = true
  for (const queue of [...agent.queues]) if (!wanted.includes(queue)) state.crew.leave(index, queue)
  for (const queue of wanted) state.crew.join(index, queue)
}

/** A pause whose reason the source's settings name as wrap-up is after-call work. */
const meaning = (state: FloorState, reported: ReportedAgentState, reason: string | null, source: number): ReportedAgentState => {
  const id = state.sourceIds[source]
  const sources = state.settings.current.sources
  if (reported !== 'aux' || reason === null || id === undefined || id === null || !Object.hasOwn(sources, id)) return reported
  return sources[id].acw === `pause:${reason}` ? 'acw' : reported
}

/** Every report of AUX tells its reason from then on, in whatever order reports come. */
const because = (state: FloorState, index: number, reported: ReportedAgentState, reason: string | null, since: number, source: number): void => {
  if (meaning(state, reported, reason, source) === 'aux') state.agents.auxReasons.put(index, since, reason)
}

const reportState = (state: FloorState, index: number, reported: ReportedAgentState, reason: string | null, since: number, at: number, source: number): void => {
  const agent = state.agents.agents[index]
  // The first word on an agent may date back: it was so before we heard of it.
  if (agent.reportedAt === 0 && !agent.seenOnContact) agent.since = Math.min(agent.since, since)
  const code = REPORTED[meaning(state, reported, reason, source)]
  state.agents.report(index, code, reason, at, since)
  state.crew.say(index, code, at, since, true)
}

/** A state that held before the one that is known: it says what the agent was then. */
const overheard = (state: FloorState, index: number, reported: ReportedAgentState, reason: string | null, since: number, at: number, source: number): void => {
  state.crew.say(index, REPORTED[meaning(state, reported, reason, source)], at, since, false)
}

const hear = (state: FloorState, index: number, source: number, at: number): void => {
  const agent = state.agents.agents[index]
  agent.source = source
  if (agent.silent) {
    agent.silent = false
    state.crew.happen(index, at, MARK.heard, MARK.silent)
  }
  const every = heartbeatOf(state, source)
  const watched = agent.watched
  agent.lastHeard = Math.max(agent.lastHeard, at)
  if (every === null || watched) return
  agent.watched = true
  state.timers.add(agent.lastHeard + every * 2.5, agentTimer(index))
}

export const applySnapshotAgent = (state: FloorState, told: SnapshotAgent, queues: readonly string[], at: number, source: number): void => {
  const index = state.agents.index(told.agent, at)
  hear(state, index, source, at)
  const agent = state.agents.agents[index]
  agent.queuesKnown = true
  for (const id of queues) {
    const queue = state.queue(id)
    if (told.queues.includes(id)) state.crew.join(index, queue)
    else state.crew.leave(index, queue)
  }
  for (const id of told.queues) state.crew.join(index, state.queue(id))
  because(state, index, told.state, told.reason, told.since ?? at, source)
  if (at >= agent.reportedAt) reportState(state, index, told.state, told.reason, told.since ?? at, at, source)
  else overheard(state, index, told.state, told.reason, told.since ?? at, at, source)
  state.crew.touch(index)
  state.crew.settle(Math.min(at, told.since ?? at))
}
