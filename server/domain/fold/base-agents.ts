import { agentTimer, heartbeatOf } from './clock.ts'
import type { FloorState } from './floor-state.ts'

/** An agent in a base. Instants are distances from the base's clock: small whole numbers are read several times faster than epoch ms. */
export type SavedAgent = readonly [
  number: number,
  reported: number,
  reason: string | null,
  reportedAt: number,
  reasonSince: number,
  auxSince: number,
  source: number,
  flags: number,
  primary: number,
  since: number,
  lastHeard: number,
  team: string | null,
  queues: readonly number[],
  until: number,
  minuteAndDay: readonly number[],
  window: readonly number[],
  /** These are missing where an earlier version wrote the base. */
  plannedEnd?: number | null,
  bands?: readonly number[],
  story?: readonly number[],
  memberships?: readonly (readonly number[])[],
]

const FLAG = { seenOnContact: 1, silent: 2, watched: 4, queuesKnown: 8 } as const

export const savedAgents = ({ agents, asOf }: FloorState): readonly SavedAgent[] =>
  agents.agents.map((agent, index): SavedAgent => {
    const flags = (agent.seenOnContact ? FLAG.seenOnContact : 0) | (agent.silent ? FLAG.silent : 0) | (agent.watched ? FLAG.watched : 0) | (agent.queuesKnown ? FLAG.queuesKnown : 0)
    const { until, minuteAndDay, window } = agents.saveTime(index)
    return [
      agent.number,
      agent.reported,
      agent.reason,
      agent.reportedAt - asOf,
      agent.reasonSince - asOf,
      agent.auxSince - asOf,
      agent.source,
      flags,
      agent.primary,
      agent.since - asOf,
      agent.lastHeard - asOf,
      agent.team,
      [...agent.queues],
      until - asOf,
      minuteAndDay,
      runsOf(window),
      agent.plannedEndAt === 0 ? null : agent.plannedEndAt - asOf,
      agents.bands.save(index, asOf),
      agents.stories.save(index, asOf),
      agents.memberships.save(index, asOf),
    ]
  })

/** Value, how often, value, how often: most minutes of most agents are alike. */
const runsOf = (values: Uint16Array): readonly number[] => {
  const runs: number[] = []
  for (let i = 0; i < values.length; ) {
    const from = i
    while (i < values.length && values[i] === values[from]) i++
    runs.push(values[from], i - from)
  }
  return runs
}

export const loadAgents = (state: FloorState, saved: readonly SavedAgent[]): void => {
  for (const row of saved) loadAgent(state, row)
}

/** What the contacts of a base said of its agents while they were put back does not count: it is in the agents' rows. */
export const settleAgents = (state: FloorState, saved: readonly SavedAgent[]): void => {
  saved.forEach((row) => {
    const index = state.agents.find(row[0])
    state.agents.agents[index].seenOnContact = (row[7] & FLAG.seenOnContact) !== 0
  })
}

const loadAgent = (state: FloorState, row: SavedAgent): void => {
  const { agents, asOf } = state
  const index = agents.index(row[0], asOf)
  const agent = agents.agents[index]
  const flags = row[7]
  agent.reported = row[1]
  agent.reason = row[2]
  agent.reportedAt = row[3] + asOf
  agent.reasonSince = row[4] + asOf
  agent.auxSince = row[5] + asOf
  agent.source = row[6]
  agent.seenOnContact = (flags & FLAG.seenOnContact) !== 0
  agent.silent = (flags & FLAG.silent) !== 0
  agent.watched = (flags & FLAG.watched) !== 0
  agent.queuesKnown = (flags & FLAG.queuesKnown) !== 0
  agents.hold(index, row[8])
  agent.since = row[9] + asOf
  agent.lastHeard = row[10] + asOf
  agent.team = row[11]
  for (const queue of row[12]) state.crew.join(index, queue)
  agents.restoreTime(index, row[13] + asOf, row[14], row[15])
  agent.plannedEndAt = typeof row[16] === 'number' ? row[16] + asOf : 0
  const bands = row[17] ?? []
  agents.bands.restore(index, bands, asOf)
  if (row[18] !== undefined) agents.stories.restore(index, row[18], asOf)
  else agents.stories.restoreStates(index, [...bands.map((value, place) => (place % 2 === 0 ? value + asOf : value))])
  agent.toldTo = agents.stories.newest(index)
  agent.queueless = agent.queuesKnown && agent.queues.length === 0
  agents.memberships.restore(index, row[19] ?? [[row[9], ...row[12]]], asOf)
  const every = heartbeatOf(state, agent.source)
  if (agent.watched && every !== null) state.timers.add(agent.lastHeard + every * 2.5, agentTimer(index))
}
