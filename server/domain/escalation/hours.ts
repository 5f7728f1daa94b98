import type { Policy } from '../incident-settings.ts'
import { calendarFor, type Rules } from '../incident/rules.ts'
import { type Instant } from '../time.ts'
import type { Held } from './maintenance.ts'

/** When a level that falls due at an instant may be told. */
export type Opens = (level: number, at: Instant) => Instant

/** Hours and planned work may follow each other; each is asked again after the other. */
const ROUNDS = 20

/**
 * The level's own window; else, for P3 and P4, the hours of the policy; else at once. What raised itself during planned work waits for
 * its end. A calendar that never opens holds nothing back.
 */
export const opensBy = (policy: Policy, incident: Held, rules: Rules): Opens => {
  const { priority } = incident
  const routine = priority === 'P3' || priority === 'P4' ? policy.routineHours : undefined
  return (level, due) => {
    const name = policy.ownership.levels[level - 1]?.window ?? routine
    let at = due
    for (let round = 0; round < ROUNDS; round += 1) {
      const open = name === undefined ? at : (calendarFor(rules, name, incident).nextWorking(at) ?? at)
      const free = rules.maintenance.holding(incident, open)?.until ?? open
      if (free === at) break
      at = free
    }
    return at
  }
}
