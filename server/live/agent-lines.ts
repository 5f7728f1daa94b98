import type { SettingsDocument } from '../contract/settings.ts'
import { businessDayOf } from '../domain/business-day.ts'
import { adherenceOf } from '../domain/plan/adherence.ts'
import { slotLoadOf } from '../domain/plan/slot-load.ts'
import type { AgentNumber, Channel } from '../domain/platform-events.ts'
import { HOUR, instantOf, isoOf } from '../domain/time.ts'
import type { AgentFigures } from '../domain/agent-figures.ts'
import type { ResponseFigures } from '../domain/metric-figures.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import type { Roster } from './roster.ts'
import type { Scope } from './scope.ts'
import { toResponses } from './to-rows.ts'

export interface AgentLinesDeps {
  readonly reads: HistoryReads
  readonly roster: Roster
  readonly adherence: (site: string) => Promise<SettingsDocument['adherence']>
}

const NOTHING_DONE: AgentFigures['today'] = { handled: 0, ahtMs: null, activeMs: null, csat: null, surveys: 0, ringNoAnswer: 0, ringNoAnswerMs: 0, ringMs: null, occupancy: null, utilisation: null }
/** Of the answers in writing, what a line has a column for. */
const ANSWERS = ['firstResponses', 'firstResponseMs', 'firstResponseMsP50', 'firstResponseMsP90', 'firstResponseBusinessMs', 'nextResponses', 'nextResponseMs', 'nextResponseMsP50', 'nextResponseMsP90', 'nextResponseBusinessMs'] as const
const answersOf = (responses: ResponseFigures | undefined): Readonly<Record<string, number | null>> => {
  const figures = responses === undefined ? null : toResponses(responses)
  return Object.fromEntries(ANSWERS.map((name) => [name, figures?.[name] ?? (name.endsWith('Responses') ? 0 : null)]))
}

/** Today of every agent, with the figures that no screen shows: conformance and slot load mislead whoever sees them alone. */
export const agentLines = async ({ reads, roster, adherence }: AgentLinesDeps, site: string, scope: Scope): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const replica = await reads.replicaFor(site, scope)
  const { floor } = replica
  const settings = settingsOfQueue(replica)
  const day = businessDayOf(floor.settings().defaults.day, floor.asOf)
  const { activities: rules } = await adherence(site)
  const open = new Map<AgentNumber, Partial<Record<Channel, number>>>()
  for (const { agent, channel, endedAt, answeredAt } of floor.contacts({ from: instantOf(0), to: instantOf(floor.asOf + 1) })) {
    if (agent === null || answeredAt === null || endedAt !== null) continue
    const held = open.get(agent) ?? {}
    open.set(agent, { ...held, [channel]: (held[channel] ?? 0) + 1 })
  }
  const rows = (await roster.everybody(site, scope, replica, day.from, day.to)).map(({ number, activities }) => {
    const agent = floor.agent(number)
    const { responses, ...today } = agent?.today ?? NOTHING_DONE
    const served = (agent?.queues ?? []).map((queue) => ({ channel: floor.queue(queue)?.channels[0] ?? settings(queue).channel, slots: settings(queue).slots ?? null }))
    return { number, day: isoOf(day.from), state: agent?.state ?? 'offline', ...today, ...answersOf(responses), ...adherenceOf(activities, floor.bands(number, instantOf(day.from - 2 * HOUR), day.to), { asOf: floor.asOf, rules }), ...slotLoadOf(served, open.get(number) ?? {}) }
  })
  return (await roster.named(site, replica, rows)).map((row) => ({ ...row }))
}
