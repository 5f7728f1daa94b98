import type { DrillRow } from '../contract/drills.ts'
import { endOf, injectsBy, runs, scenarioOf, type Drill } from '../domain/drill/drill.ts'
import { isoOf, type Instant } from '../domain/time.ts'

export const drillRowOf = (drill: Drill, refs: readonly string[], now: Instant): DrillRow => {
  const { shown, nextAt } = injectsBy(drill, now)
  const scenario = scenarioOf(drill)
  return {
    id: drill.id,
    scenario: drill.scenario,
    name: scenario?.name ?? drill.scenario,
    about: scenario?.about ?? '',
    speed: drill.speed,
    state: runs(drill, now) ? 'running' : 'ended',
    startedAt: isoOf(drill.startedAt),
    endsAt: isoOf(endOf(drill)),
    injects: shown.map(({ at, from, text }) => ({ at: isoOf(at), from, text })),
    nextAt: nextAt === null ? null : isoOf(nextAt),
    incidents: [...refs],
  }
}
