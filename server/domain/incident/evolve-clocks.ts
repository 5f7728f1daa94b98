import { breachedClock, pausedClock, reopenedClock, restartedClock, resumedClock, retargetedClock, stoppedClock, voidedClock, warnedClock, type ClockTarget } from '../clock/sla-clock.ts'
import { later, type Instant } from '../time.ts'
import type { SlaTarget } from '../incident-settings.ts'
import type { IncidentEvent } from './events.ts'
import type { ClockKind, IncidentRecord, Priority, SlaClock } from './incident.ts'
import { slaOf, type Rules } from './rules.ts'

type Clocks = IncidentRecord['clocks']
type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>

const ofKind = (record: IncidentRecord, kind: ClockKind, change: (clock: SlaClock) => SlaClock): Clocks => record.clocks.map((clock) => (clock.kind === kind ? change(clock) : clock))

export const responded = (record: IncidentRecord, at: Instant): Clocks => ofKind(record, 'response', (clock) => stoppedClock(clock, at))

/** Regulators are not told by a resolution: their clocks run on. */
export const allStopped = (record: IncidentRecord, at: Instant): Clocks => record.clocks.map((clock) => (clock.kind === 'regulatory' ? clock : stoppedClock(clock, at)))
export const allVoided = (record: IncidentRecord, at: Instant): Clocks => record.clocks.map((clock) => (clock.kind === 'regulatory' ? clock : voidedClock(clock, at)))

export const resolutionPaused = (record: IncidentRecord, at: Instant): Clocks => ofKind(record, 'resolution', (clock) => pausedClock(clock, at))
export const resolutionResumed = (record: IncidentRecord, at: Instant, rules: Rules): Clocks => ofKind(record, 'resolution', (clock) => resumedClock(clock, at, rules.calendar(clock.calendar)))

/** The response was given once and for all; the resolution goes on where it stopped. */
export const reopenedClocks = (record: IncidentRecord, { at, graceGiven }: EventOf<'reopened'>, rules: Rules): Clocks =>
  record.clocks.map((clock) => {
    const calendar = rules.calendar(clock.calendar)
    if (clock.kind === 'resolution') return reopenedClock(clock, at, calendar, graceGiven)
    return clock.kind === 'update' ? restartedClock(clock, at, null, calendar) : clock
  })

/** The closing message ends the update clock; every other restarts it. A resolved incident's clock stays stopped. */
export const updatedClocks = (record: IncidentRecord, { at, state, nextUpdateAt }: EventOf<'stakeholders-updated'>, rules: Rules): Clocks =>
  ofKind(record, 'update', (clock) => {
    if (record.state === 'resolved') return clock
    return state === 'resolved' ? stoppedClock(clock, at) : restartedClock(clock, at, nextUpdateAt, rules.calendar(clock.calendar))
  })

const targetsOf = (sla: SlaTarget): Readonly<Record<ClockKind, ClockTarget | null>> => ({
  response: { targetMs: sla.responseMs, targetDays: null },
  update: { targetMs: sla.updateMs, targetDays: sla.updateDays },
  resolution: { targetMs: sla.resolutionMs, targetDays: sla.resolutionDays },
  regulatory: null,
})

/** New targets from the original start, less all pauses; with the minimum reaction if it is granted (INCIDENTS 2.6). */
export const retargeted = (record: IncidentRecord, priority: Priority, { at, granted }: EventOf<'priority-set'>, rules: Rules): Clocks => {
  const sla = slaOf(rules, priority)
  const common = { calendar: sla.calendar, calendarVersion: rules.settings.version, notBefore: granted ? later(at, sla.minimumReactionMs) : null }
  return record.clocks.map((clock) => {
    const target = targetsOf(sla)[clock.kind]
    return target === null ? clock : retargetedClock(clock, { ...target, ...common }, rules.calendar(sla.calendar))
  })
}

export const marked = (record: IncidentRecord, event: EventOf<'clock-warned' | 'clock-breached'>): Clocks =>
  record.clocks.map((clock) => {
    if (clock.kind !== event.clock || clock.name !== event.name) return clock
    return event.type === 'clock-warned' ? warnedClock(clock, event.share) : breachedClock(clock, event.dueAt)
  })
