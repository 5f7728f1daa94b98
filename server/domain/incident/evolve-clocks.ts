import { breachedClock, movedClock, pausedClock, recomputedClock, reopenedClock, restartedClock, resumedClock, retargetedClock, stoppedClock, voidedClock, warnedClock, type ClockTarget } from '../clock/sla-clock.ts'
import { natureOf } from '../clock/clock-kinds.ts'
import { reminderAfterBreach, reminderOfUntold } from '../clock/reminders.ts'
import { later, type Instant } from '../time.ts'
import type { SlaTarget } from '../incident-settings.ts'
import { isHeardBy } from './audience-clocks.ts'
import type { EventOf } from './events.ts'
import type { ClockKind, IncidentRecord, Priority, SlaClock } from './incident.ts'
import { majorUpdateBy } from './limits.ts'
import { calendarNameFor, slaOf, type Rules } from './rules.ts'

type Clocks = IncidentRecord['clocks']
const ofKind = (record: IncidentRecord, kind: ClockKind, change: (clock: SlaClock) => SlaClock): Clocks => record.clocks.map((clock) => (clock.kind === kind ? change(clock) : clock))

export const responded = (record: IncidentRecord, at: Instant): Clocks => ofKind(record, 'response', (clock) => stoppedClock(clock, at))

/** Regulators are not told by a resolution: their clocks run on. */
export const allStopped = (record: IncidentRecord, at: Instant): Clocks => record.clocks.map((clock) => (natureOf(clock).ofTheLaw ? clock : stoppedClock(clock, at)))
export const allVoided = (record: IncidentRecord, at: Instant): Clocks => record.clocks.map((clock) => voidedClock(clock, at))

const named = (record: IncidentRecord, { clock: kind, name }: { readonly clock: ClockKind; readonly name: string | null }, change: (clock: SlaClock) => SlaClock): Clocks => record.clocks.map((clock) => (clock.kind === kind && clock.name === name ? change(clock) : clock))

export const regulatorReported = (record: IncidentRecord, event: EventOf<'regulator-reported'>): Clocks => named(record, event, (clock) => stoppedClock(clock, event.receivedAt))
export const breachExcused = (record: IncidentRecord, event: EventOf<'breach-excused'>): Clocks => named(record, event, (clock) => ({ ...clock, excused: { at: event.at, by: event.by.id } }))
export const breachReminded = (record: IncidentRecord, event: EventOf<'breach-reminded'>): Clocks => named(record, event, (clock) => ({ ...clock, reminder: { at: event.nextAt, told: event.told } }))
/** What is late has a plan until then; what falls late later is told all the same. */
export const recoveryPlanned = (record: IncidentRecord, { reviewAt }: EventOf<'recovery-planned'>): Clocks => record.clocks.map((clock) => (clock.reminder === null ? clock : { ...clock, reminder: { at: reviewAt, told: Math.max(1, clock.reminder.told) } }))
export const recomputedClocks = (record: IncidentRecord, { calendarVersion, notBeforeAt }: Pick<EventOf<'clocks-recomputed'>, 'calendarVersion' | 'notBeforeAt'>, rules: Rules): Clocks => record.clocks.map((clock) => recomputedClock(clock, rules.calendar(clock.calendar), calendarVersion, notBeforeAt))

export const resolutionPaused = (record: IncidentRecord, at: Instant): Clocks => ofKind(record, 'resolution', (clock) => pausedClock(clock, at))
export const resolutionResumed = (record: IncidentRecord, at: Instant, rules: Rules): Clocks => ofKind(record, 'resolution', (clock) => resumedClock(clock, at, rules.calendar(clock.calendar)))

/** The response was given once and for all; the resolution goes on where it stopped. */
export const reopenedClocks = (record: IncidentRecord, { at, graceGiven }: EventOf<'reopened'>, rules: Rules): Clocks =>
  record.clocks.map((clock) => {
    const calendar = rules.calendar(clock.calendar)
    if (clock.kind === 'resolution') return reopenedClock(clock, at, calendar, graceGiven)
    return clock.kind === 'update' ? restartedClock(clock, at, null, calendar) : clock
  })

/** Something is owed again after a closing message, to whomever: then there is a next word to everybody again. */
export const owedAgain = (record: IncidentRecord, at: Instant, rules: Rules): Clocks =>
  record.updates.closing && record.state !== 'resolved' ? ofKind(record, 'update', (clock) => (clock.stoppedAt === null ? clock : restartedClock(clock, at, null, rules.calendar(clock.calendar)))) : record.clocks

/** What the law asks for another incident is asked for this one; of two of one name the earlier. */
export const withLaw = (clocks: Clocks, taken: Clocks = []): Clocks => {
  const asked = taken.filter((clock) => clocks.every((own) => own.kind !== clock.kind || own.name !== clock.name || own.stoppedAt !== null || (clock.dueAt !== null && own.dueAt !== null && clock.dueAt < own.dueAt)))
  return [...clocks.filter((own) => !asked.some(({ kind, name }) => kind === own.kind && name === own.name)), ...asked]
}

/** The closing message ends the update clock; every other restarts it, but words for an audience that has a clock of its own. A resolved incident's clock stays stopped. */
export const updatedClocks = (record: IncidentRecord, event: EventOf<'stakeholders-updated'>, rules: Rules): Clocks => {
  const { at, state, nextUpdateAt } = event
  if (!isHeardBy({ kind: 'update', name: null }, event, record, rules)) return owedAgain(record, at, rules)
  return ofKind(record, 'update', (clock) => {
    if (record.state === 'resolved') return clock
    if (state === 'resolved') return stoppedClock(clock, at)
    const restarted = restartedClock(clock, at, nextUpdateAt, rules.calendar(clock.calendar))
    return record.major && nextUpdateAt === null ? noLaterThan(restarted, majorUpdateBy(record.updates.sent - record.updates.aside + 1, record, at), rules) : restarted
  })
}

const noLaterThan = (clock: SlaClock, by: Instant, rules: Rules): SlaClock => (clock.dueAt !== null && clock.dueAt <= by ? clock : restartedClock({ ...clock, generation: clock.generation - 1 }, clock.startedAt, by, rules.calendar(clock.calendar)))

/** A major incident is spoken of soon: the clock that runs is due earlier, its breach and its promise stay what they are. */
export const majorClocks = (record: IncidentRecord, at: Instant, rules: Rules): Clocks =>
  ofKind(record, 'update', (clock) => {
    const by = majorUpdateBy(record.updates.sent - record.updates.aside, record, at)
    const counts = clock.stoppedAt === null && clock.state === 'running' && clock.promisedAt === null
    return counts && clock.dueAt !== null && clock.dueAt > by ? restartedClock(clock, at, by, rules.calendar(clock.calendar)) : clock
  })

/** Held back until another moment, or no more: then they count from the report again. Clocks of the law were never held, and what began anew meanwhile counts from there. */
export const heldUntil = (record: IncidentRecord, until: Instant | null, rules: Rules): Clocks => record.clocks.map((clock) => (natureOf(clock).ofTheLaw || clock.startedAt !== record.maintenance?.until ? clock : movedClock(clock, until ?? record.reportedAt, rules.calendar(clock.calendar))))

const targetsOf = (sla: SlaTarget): Readonly<Partial<Record<ClockKind, ClockTarget>>> => ({
  response: { targetMs: sla.responseMs, targetDays: null },
  update: { targetMs: sla.updateMs, targetDays: sla.updateDays },
  resolution: { targetMs: sla.resolutionMs, targetDays: sla.resolutionDays },
})

/** New targets from the original start, less all pauses; with the minimum reaction if it is granted (INCIDENTS 2.6). */
export const retargeted = (record: IncidentRecord, priority: Priority, { at, granted }: EventOf<'priority-set'>, rules: Rules): Clocks => {
  const sla = slaOf(rules, priority)
  const name = calendarNameFor(rules, sla.calendar, record)
  const common = { calendar: name, calendarVersion: rules.settings.version, notBefore: granted ? later(at, sla.minimumReactionMs) : null }
  return record.clocks.map((clock) => {
    const target = targetsOf(sla)[clock.kind]
    if (target === undefined || natureOf(clock).ownTarget) return clock
    // One that begins anew later does so with the new target.
    if (clock.kind === 'update' && clock.stoppedAt !== null) return { ...clock, ...target, calendar: name, calendarVersion: common.calendarVersion }
    return retargetedClock(clock, { ...target, ...common }, rules.calendar(name))
  })
}

export const marked = (record: IncidentRecord, event: EventOf<'clock-warned' | 'clock-breached'>, rules: Rules): Clocks =>
  named(record, event, (clock) => {
    if (event.type === 'clock-warned') return warnedClock(clock, event.share)
    const reminderOf = event.untold === true ? reminderOfUntold : reminderAfterBreach
    return breachedClock(clock, event.dueAt, record.priority === null ? null : reminderOf(record.priority, rules.calendar(clock.calendar), event.detectedAt))
  })
