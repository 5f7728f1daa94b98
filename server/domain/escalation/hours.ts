import type { Policy } from '../incident-settings.ts'
import type { Priority } from '../incident/incident.ts'
import type { Rules } from '../incident/rules.ts'
import type { Instant } from '../time.ts'

/** When a level that falls due at an instant may be told. */
export type Opens = (level: number, at: Instant) => Instant

/** The level's own window; else, for P3 and P4, the hours of the policy; else at once. A calendar that never opens holds nothing back. */
export const opensBy = (policy: Policy, priority: Priority, rules: Pick<Rules, 'calendar'>): Opens => {
  const routine = priority === 'P3' || priority === 'P4' ? policy.routineHours : undefined
  return (level, at) => {
    const name = policy.ownership.levels[level - 1]?.window ?? routine
    return name === undefined ? at : (rules.calendar(name).nextWorking(at) ?? at)
  }
}
