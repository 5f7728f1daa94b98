import { nextReminderAt } from '../clock/reminders.ts'
import { restartedClock, resumedFrom, retargetedClock, startedClock, stoppedClock, voidedClock } from '../clock/sla-clock.ts'
import { concerns, forEverybody } from '../escalation/recipients.ts'
import type { AudienceSettings } from '../incident-settings.ts'
import { later, type Instant } from '../time.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord, SlaClock } from './incident.ts'
import { majorSoon } from './limits.ts'
import { calendarNameFor, slaOf, type Rules } from './rules.ts'

type Clocks = IncidentRecord['clocks']

/** What an audience is owed: words so often. */
interface Owed {
  readonly name: string
  readonly targetMs: number
  readonly calendar: string
}

const active: readonly IncidentRecord['state'][] = ['open', 'acknowledged', 'in-progress', 'on-hold']

/** The shorter of the cadence of its priority and, while it is major, that of major incidents; null: none. */
const cadenceOf = ({ updateMs }: AudienceSettings, { priority, major }: IncidentRecord): number | null => {
  const given = [priority === null ? null : updateMs[priority], major ? updateMs.major : null].flatMap((ms) => ms ?? [])
  return given.length === 0 ? null : Math.min(...given)
}

/** Audiences with a cadence of their own that the incident concerns; none of one that was opened before there were such cadences. */
export const listening = (record: IncidentRecord, rules: Rules): readonly Owed[] => {
  const { priority, policy, type, state, major } = record
  if (policy.audiences !== true || type !== 'incident' || priority === null || !active.includes(state)) return []
  return Object.entries(rules.settings.audiences ?? {}).flatMap(([name, audience]): readonly Owed[] => {
    const targetMs = concerns(audience, record) ? cadenceOf(audience, record) : null
    // A major incident keeps no hours.
    return targetMs === null ? [] : [{ name, targetMs, calendar: major ? 'always' : calendarNameFor(rules, slaOf(rules, priority).calendar, record) }]
  })
}

/** After the closing message nothing is owed to anybody until something is told again. */
export const owedAudiences = (record: IncidentRecord, rules: Rules): readonly Owed[] => (record.updates.closing ? [] : listening(record, rules))

const started = ({ name, targetMs, calendar }: Owed, at: Instant, rules: Rules): SlaClock =>
  startedClock({ kind: 'audience', name, targetMs, targetDays: null, calendar, calendarVersion: rules.settings.version, at }, rules.calendar(calendar))

/** Of an incident that opens: from its report, as its other clocks. */
export const openingAudienceClocks = (record: IncidentRecord, at: Instant, rules: Rules): Clocks => owedAudiences(record, rules).map((owed) => started(owed, at, rules))

interface Words {
  readonly audience: string
  readonly state: string
}

/** Whoever has a clock of their own hears of the incident by it: words for them alone leave every other clock as it is. */
const hasOwnClock = (record: IncidentRecord, audience: string, rules: Rules): boolean =>
  record.clocks.some(({ kind, name, stoppedAt }) => kind === 'audience' && name === audience && stoppedAt === null) || listening(record, rules).some(({ name }) => name === audience)

/** Whether words begin a clock anew, or end it where they are the closing message: that goes to everybody who got an earlier one. */
export const isHeardBy = ({ kind, name }: Pick<SlaClock, 'kind' | 'name'>, { audience, state }: Words, record: IncidentRecord, rules: Rules): boolean => {
  if (kind === 'audience') return state === 'resolved' || forEverybody(audience) || audience === name
  return kind === 'update' && (state === 'resolved' || !hasOwnClock(record, audience, rules))
}

const targetFrom = ({ targetMs, calendar }: Owed, rules: Rules) => ({ targetMs, targetDays: null, endOfDay: false, calendar, calendarVersion: rules.settings.version })

/** So much is left at least when a clock begins to matter in the middle: as for every clock of a new priority, and as for the first word of a major incident. */
const noticeMs = (record: IncidentRecord, event: IncidentEvent, rules: Rules): number => {
  if (event.type === 'major-declared') return majorSoon(record)
  return event.type === 'priority-set' && event.granted ? slaOf(rules, event.priority).minimumReactionMs : 0
}

const told = (clock: SlaClock, owed: Owed | undefined, { at, state, nextUpdateAt }: Extract<IncidentEvent, { type: 'stakeholders-updated' }>, rules: Rules): SlaClock => {
  // What was promised is kept, and nothing more is owed.
  if (state === 'resolved' || (owed === undefined && nextUpdateAt === null)) return stoppedClock(clock, at)
  const next = owed === undefined ? clock : { ...clock, ...targetFrom(owed, rules) }
  return restartedClock(next, at, nextUpdateAt, rules.calendar(next.calendar))
}

const changed = (clock: SlaClock, owed: Owed | undefined, after: IncidentRecord, event: IncidentEvent, rules: Rules): SlaClock => {
  const heard = event.type === 'stakeholders-updated' && isHeardBy(clock, event, after, rules)
  const notice = noticeMs(after, event, rules)
  const notBefore = notice === 0 ? null : later(event.at, notice)
  if (clock.stoppedAt !== null) {
    if (owed === undefined) return clock
    const next = { ...clock, ...targetFrom(owed, rules) }
    if (event.type === 'reopened' || event.type === 'stakeholders-updated' || event.type === 'absorbed') return restartedClock(next, event.at, heard ? event.nextUpdateAt : null, rules.calendar(owed.calendar))
    return resumedFrom(next, { notBefore, reminder: after.priority === null ? null : { at: nextReminderAt(after.priority, rules.calendar(owed.calendar), event.at), told: 1 } }, rules.calendar(owed.calendar))
  }
  if (heard) return told(clock, owed, event, rules)
  // A time that was named stands, also when it would not be named now.
  if (owed === undefined) return clock.promisedAt === null ? voidedClock(clock, event.at) : clock
  if (owed.targetMs === clock.targetMs && owed.calendar === clock.calendar) return clock
  return retargetedClock(clock, { ...targetFrom(owed, rules), notBefore: clock.promisedAt === null ? notBefore : null }, rules.calendar(owed.calendar))
}

/** Clocks of audiences follow from the record: whatever changes what is owed changes them, and nothing else starts or stops them. */
export const audienceClocksAfter = (after: IncidentRecord, event: IncidentEvent, rules: Rules): Clocks => {
  const { clocks } = after
  const owed = owedAudiences(after, rules)
  if (owed.length === 0 && !clocks.some(({ kind }) => kind === 'audience')) return clocks
  // What ended with the incident stays as it ended.
  if (!active.includes(after.state)) return clocks
  const begun = owed.filter(({ name }) => !clocks.some((clock) => clock.kind === 'audience' && clock.name === name))
  return [...clocks.map((clock) => (clock.kind === 'audience' ? changed(clock, owed.find(({ name }) => name === clock.name), after, event, rules) : clock)), ...begun.map((one) => started(one, event.at, rules))]
}
