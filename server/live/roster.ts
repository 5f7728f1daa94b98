import { inArea } from '../contract/roles.ts'
import type { Activity } from '../domain/plan/adherence.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'
import type { PlannedActivity, Plans } from '../redis/plans.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { LiveReplica } from './live-replica.ts'
import type { Scope } from './scope.ts'
import { agentId } from './to-rows.ts'

export interface Person {
  readonly number: AgentNumber
  readonly activities: readonly Activity[]
}

export interface Named {
  readonly agent: string
  readonly agentName: string | null
  readonly team: string | null
}

/** Everybody with a plan in a range or on the floor, within an area, and who they are. */
export const openRoster = ({ plans, sealed }: { readonly plans: Pick<Plans, 'schedule'>; readonly sealed: Pick<Sealed, 'agents'> }) => ({
  everybody: async (site: string, { area }: Scope, { floor }: LiveReplica, from: Instant, to: Instant): Promise<readonly Person[]> => {
    const planned = new Map<AgentNumber, PlannedActivity[]>()
    for (const one of await plans.schedule(site, from, to)) planned.set(one.agent, [...(planned.get(one.agent) ?? []), one])
    const within = (number: AgentNumber): boolean => {
      const agent = floor.agent(number)
      return area === null || (agent !== null && inArea(area, agent))
    }
    return [...new Set([...planned.keys(), ...floor.agentNumbers()])].filter(within).map((number) => ({ number, activities: planned.get(number) ?? [] }))
  },
  named: async <T extends object>(site: string, { floor }: LiveReplica, rows: readonly (T & { readonly number: AgentNumber })[]): Promise<readonly (Named & Omit<T, 'number'>)[]> => {
    const names = await sealed.agents.resolve(site, rows.map(({ number }) => number))
    return rows.map(({ number, ...rest }) => ({ agent: agentId(number, names.get(number) ?? null), agentName: names.get(number)?.name ?? null, team: floor.agent(number)?.team ?? names.get(number)?.team ?? null, ...rest }))
  },
})
export type Roster = ReturnType<typeof openRoster>
