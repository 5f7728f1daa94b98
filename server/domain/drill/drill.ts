import type { IncidentEvent } from '../incident/events.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import { drillScoreOf, type DrillScore } from '../incident/drill-score.ts'
import { instantOf, type Instant } from '../time.ts'
import { scenarios, type Inject, type Scenario } from './scenarios.ts'

/** One run of a scenario at a site. */
export interface Drill {
  readonly id: string
  readonly scenario: string
  /** So many times as fast as in earnest: targets, waits of ladders and the script. */
  readonly speed: number
  readonly startedAt: Instant
  readonly startedBy: string
  readonly endedAt: Instant | null
}

/** By itself a drill ends so long after its last inject: until then what was logged is still worked on. */
const AFTER_LAST_MS = 30 * 60_000

export const scenarioOf = ({ scenario }: Pick<Drill, 'scenario'>): Scenario | undefined => scenarios.find(({ id }) => id === scenario)

const instantIn = ({ startedAt, speed }: Pick<Drill, 'startedAt' | 'speed'>, ms: number): Instant => instantOf(startedAt + Math.round(ms / speed))

export const endOf = (drill: Drill): Instant => drill.endedAt ?? instantIn(drill, (scenarioOf(drill)?.injects.at(-1)?.afterMs ?? 0) + AFTER_LAST_MS)
export const runs = (drill: Drill, now: Instant): boolean => now < endOf(drill)

/** What the script has said by now, each with its moment; what is still to come is not told. */
export const injectsBy = (drill: Drill, now: Instant): { readonly shown: readonly (Inject & { readonly at: Instant })[]; readonly nextAt: Instant | null } => {
  const all = (scenarioOf(drill)?.injects ?? []).map((inject) => ({ ...inject, at: instantIn(drill, inject.afterMs) })).filter(({ at }) => drill.endedAt === null || at < drill.endedAt)
  return { shown: all.filter(({ at }) => at <= now), nextAt: all.find(({ at }) => at > now)?.at ?? null }
}

/** An incident that was logged in the drill, with its log. */
export interface Logged {
  readonly record: IncidentRecord
  readonly events: readonly IncidentEvent[]
}

/** The first that was logged is judged by the scenario; nothing logged is nothing done. */
export const scoreOf = (drill: Drill, logged: readonly Logged[]): DrillScore => {
  const scenario = scenarioOf(drill)
  const [first] = [...logged].sort((a, b) => a.record.reportedAt - b.record.reportedAt || a.record.ref.localeCompare(b.record.ref))
  const none = { score: 0, points: [{ what: 'it was logged', ok: false, detail: 'nothing was logged' }] }
  if (first === undefined || scenario === undefined) return { score: 0, parts: { logging: none, prioritising: none, escalating: none, updating: none } }
  return drillScoreOf(first.record, first.events, { ...scenario.expects, speed: drill.speed, contactAt: instantIn(drill, scenario.injects[0]?.afterMs ?? 0) })
}
