import { forEverybody } from '../escalation/recipients.ts'
import { HOUR, MINUTE, instantOf, later, type Instant } from '../time.ts'
import { listening } from './audience-clocks.ts'
import type { IncidentRecord } from './incident.ts'
import { MAJOR_EVERY } from './limits.ts'
import { calendarFor, slaOf, type Rules } from './rules.ts'

/** Slower than its cadence is fair where it is said so, over a night too, but nobody is left without a word for longer than this, or than so many cadences. */
const SLOWEST = 24 * HOUR
const SLOWER = 4
/** So long after its declaration a major incident is spoken of in its cadence, and no slower (INCIDENTS 2.10). */
const NO_SLOWER = 2 * HOUR
/** Whoever writes by hand has at least this, however short the cadence and however fast the drill. */
const LEAST = 2 * MINUTE
const WITHOUT_CADENCE_DAYS = 5

/** By when one audience hears again at the latest, `times` its cadence from now: its own, else that of the priority. */
const withinCadence = (record: IncidentRecord, audience: string, times: number, now: Instant, rules: Rules): Instant => {
  const { priority, major, exercise } = record
  const own = forEverybody(audience) ? undefined : listening(record, rules).find(({ name }) => name === audience)
  if (own !== undefined) return rules.calendar(own.calendar).addWorking(now, own.targetMs * times) ?? later(now, own.targetMs * times)
  const asMajor = later(now, (MAJOR_EVERY / (exercise?.speed ?? 1)) * times)
  const sla = priority === null ? null : slaOf(rules, priority)
  const calendar = calendarFor(rules, sla?.calendar ?? 'service', record)
  const days = sla === null || (sla.updateMs === null && sla.updateDays === null) ? WITHOUT_CADENCE_DAYS : sla.updateDays === null ? null : sla.updateDays * times
  const ms = (sla?.updateMs ?? 0) * times
  const usual = days === null ? (calendar.addWorking(now, ms) ?? later(now, ms)) : (calendar.addBusinessDays(now, days) ?? later(now, days * 24 * HOUR))
  return major && asMajor < usual ? asMajor : usual
}

/** The latest time that may be named for the next update; promises are said in minutes, and the one that has begun counts. */
export const latestPromise = (record: IncidentRecord, audience: string, now: Instant, rules: Rules): Instant => {
  const declaredAt = record.majorIncident?.declaredAt ?? record.majorIncident?.since ?? now
  const [times, least] = record.major && now - declaredAt < NO_SLOWER ? [1, LEAST] : [SLOWER, SLOWEST / (record.exercise?.speed ?? 1)]
  return instantOf(Math.ceil(Math.max(withinCadence(record, audience, times, now, rules), now + Math.max(least, LEAST)) / MINUTE) * MINUTE)
}
