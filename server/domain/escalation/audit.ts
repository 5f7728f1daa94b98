import { dueOf, isCounting } from '../clock/sla-clock.ts'
import { owedAudiences } from '../incident/audience-clocks.ts'
import type { IncidentEvent } from '../incident/events.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import type { Rules } from '../incident/rules.ts'
import { SECOND, type Instant } from '../time.ts'
import type { Delivery } from './delivery.ts'
import type { Directory } from './directory.ts'
import { reachFindings } from './audit-reach.ts'
import { levelKey } from './plan-personal.ts'
import { timersOf } from './plan-timers.ts'

/** What an independent look at the engine finds (INCIDENTS 2.14). Each check can be false; none of them repairs anything. */
export type AuditCheck = 'no-timer' | 'timer-overdue' | 'level-untold' | 'sending-too-long' | 'due-differs' | 'told-after-acknowledgement' | 'rows-disagree' | 'nobody-reachable' | 'nobody-reachable-ahead' | 'asked-untold'

export interface AuditFinding {
  readonly check: AuditCheck
  /** An incident, a timer, a delivery, a policy. */
  readonly about: string
  readonly detail: string
}

/** A timer as it lies in Redis; `queued`: in which of the sets, null: in none. */
export interface TimerRow {
  readonly dueAt: Instant
  readonly generation: number
  readonly queued: 'urgent' | 'routine' | 'in-flight' | null
}

export interface AuditedIncident {
  readonly record: IncidentRecord
  readonly rules: Rules
  /** What happened to it lately. */
  readonly events: readonly IncidentEvent[]
}

export interface SentNotification {
  readonly delivery: Delivery
  /** Instants at which a try to send it began. */
  readonly sendingAt: readonly Instant[]
}

export interface AuditReading {
  readonly now: Instant
  readonly incidents: readonly AuditedIncident[]
  readonly timers: ReadonlyMap<string, TimerRow>
  /** Rows that wait or are being sent; `leaseEndsAt`: held by a sender until then. */
  readonly pending: readonly { readonly delivery: Delivery; readonly leaseEndsAt: Instant | null }[]
  /** Planned within the window that is looked at. */
  readonly notifications: readonly SentNotification[]
  readonly directory: Directory
  /** Rules of a new incident. */
  readonly today: Rules
}

/** A due timer is fired within this, whatever died. */
const OVERDUE = 15 * SECOND
/** A sender's lease is taken back within this after its end. */
const LEASE_GRACE = 5 * SECOND
/** Messages are written with the level itself, and a change is committed so soon after it was decided. */
const SETTLED = 2 * SECOND

const active: readonly IncidentRecord['state'][] = ['open', 'acknowledged', 'in-progress', 'on-hold']

/** An active incident without clocks and without a ladder is a complaint, a request or an enquiry: nothing of it falls due by itself. */
const needsTimer = ({ state, type, priority }: IncidentRecord): boolean => active.includes(state) && type === 'incident' && priority !== null

const timerFindings = ({ incidents, timers, now }: AuditReading): readonly AuditFinding[] => {
  const planned = new Map(incidents.flatMap(({ record, rules }) => timersOf(record, rules).map((timer) => [timer.id, timer] as const)))
  const missing = incidents.flatMap(({ record, rules }): readonly AuditFinding[] => {
    const wanted = timersOf(record, rules)
    if (wanted.length === 0) return needsTimer(record) && record.clocks.some(({ stoppedAt }) => stoppedAt === null) && record.clocks.every(({ state }) => state !== 'breached') ? [{ check: 'no-timer', about: record.ref, detail: 'nothing of it falls due by itself' }] : []
    return wanted.filter(({ id }) => !timers.has(id)).map(({ id, purpose }) => ({ check: 'no-timer', about: id, detail: `the timer for ${purpose} is lost` }))
  })
  const rows = [...timers].flatMap(([id, row]): readonly AuditFinding[] => {
    const timer = planned.get(id)
    if (timer === undefined) return [{ check: 'rows-disagree', about: id, detail: 'a timer that no incident has' }]
    if (row.queued === null) return [{ check: 'rows-disagree', about: id, detail: 'the timer stands in no queue' }]
    if (row.dueAt !== timer.dueAt || row.generation !== timer.generation) return [{ check: 'rows-disagree', about: id, detail: `due ${row.dueAt} of generation ${row.generation}, should be ${timer.dueAt} of ${timer.generation}` }]
    return now - row.dueAt > OVERDUE ? [{ check: 'timer-overdue', about: id, detail: `overdue by ${now - row.dueAt} ms` }] : []
  })
  return [...missing, ...rows]
}

const dueFindings = ({ incidents }: AuditReading): readonly AuditFinding[] =>
  incidents.flatMap(({ record, rules }) =>
    record.clocks.flatMap((clock): readonly AuditFinding[] => {
      const due = clock.state === 'running' && isCounting(clock) ? dueOf(clock, rules.calendar(clock.calendar)) : clock.dueAt
      return due === clock.dueAt ? [] : [{ check: 'due-differs', about: `${record.ref}/${clock.name ?? clock.kind}`, detail: `kept ${clock.dueAt ?? 'none'}, computed ${due ?? 'none'}` }]
    }),
  )

/** Whoever is owed words by themselves has a clock for it. */
const audienceFindings = ({ incidents }: AuditReading): readonly AuditFinding[] =>
  incidents.flatMap(({ record, rules }) =>
    owedAudiences(record, rules).flatMap(({ name }): readonly AuditFinding[] =>
      record.clocks.some((clock) => clock.kind === 'audience' && clock.name === name && isCounting(clock)) ? [] : [{ check: 'no-timer', about: `${record.ref}/${name}`, detail: `no clock counts for the words that ${name} are owed` }],
    ),
  )

const levelFindings = ({ incidents, notifications, directory, now }: AuditReading): readonly AuditFinding[] => {
  const told = new Set(notifications.map(({ delivery }) => delivery.id.split('/person:')[0] + `/person:${delivery.person ?? ''}`))
  return incidents.flatMap(({ record, events }) =>
    events.flatMap((event): readonly AuditFinding[] => {
      if (event.type !== 'level-fired' || now - event.at < SETTLED) return []
      const people = [...new Set(event.targets.flatMap((target) => target.people))].filter((id) => directory.contacts?.[id] !== undefined)
      return people.flatMap((id) => (told.has(`${levelKey(record.ref, event)}/person:${id}`) ? [] : [{ check: 'level-untold' as const, about: `${levelKey(record.ref, event)}`, detail: `level ${event.level} fired for ${id}, and no message was written` }]))
    }),
  )
}

/** Whoever is counted on was written to: a person who was asked, and never told, would be silent for another reason. */
const askedFindings = ({ incidents, notifications, directory, now }: AuditReading): readonly AuditFinding[] => {
  const told = new Set(notifications.map(({ delivery }) => `${delivery.ref} ${delivery.deployment ?? ''} ${delivery.person ?? ''}`))
  return incidents.flatMap(({ record, events }) =>
    events.flatMap((event): readonly AuditFinding[] => {
      if (event.type !== 'deployment-requested' || event.person === null || now - event.at < SETTLED || directory.contacts?.[event.person] === undefined) return []
      return told.has(`${record.ref} ${event.deployment} ${event.person}`) ? [] : [{ check: 'asked-untold' as const, about: `${record.ref}/${event.deployment}`, detail: `${event.person} was sent for, and no message was written` }]
    }),
  )
}

const isOver = ({ fence }: Delivery, record: IncidentRecord | undefined): boolean => fence !== null && record !== undefined && fence.generation < record[fence.ladder].generation

const messageFindings = ({ incidents, pending, notifications, now }: AuditReading): readonly AuditFinding[] => {
  const records = new Map(incidents.map(({ record }) => [record.ref, record]))
  const stuck = pending.flatMap(({ delivery, leaseEndsAt }): readonly AuditFinding[] => (leaseEndsAt !== null && now - leaseEndsAt > LEASE_GRACE ? [{ check: 'sending-too-long', about: delivery.id, detail: `its sender’s lease ended ${now - leaseEndsAt} ms ago` }] : []))
  const waiting = pending.flatMap(({ delivery }): readonly AuditFinding[] => (isOver(delivery, records.get(delivery.ref)) ? [{ check: 'told-after-acknowledgement', about: delivery.id, detail: 'waits although its ladder is over' }] : []))
  const begun = notifications.flatMap(({ delivery, sendingAt }): readonly AuditFinding[] => {
    const ladder = delivery.fence === null ? undefined : records.get(delivery.ref)?.[delivery.fence.ladder]
    const { since = null, generation = 0 } = ladder ?? {}
    const ended = since !== null && delivery.fence?.generation === generation - 1 ? since + SETTLED : Number.POSITIVE_INFINITY
    return sendingAt.some((at) => at > ended) ? [{ check: 'told-after-acknowledgement', about: delivery.id, detail: 'sending began after its ladder was over' }] : []
  })
  return [...stuck, ...waiting, ...begun]
}

export const auditOf = (reading: AuditReading): readonly AuditFinding[] => [...timerFindings(reading), ...dueFindings(reading), ...audienceFindings(reading), ...levelFindings(reading), ...askedFindings(reading), ...messageFindings(reading), ...reachFindings(reading)]

/** Wrong now: the outside is not told that all is well. What will be wrong in some days is shown, and must not hide what is wrong now. */
export const isWrongNow = ({ check }: AuditFinding): boolean => check !== 'nobody-reachable-ahead'

/** What stands in two looks one after the other; a change that was being written during one of them does not. */
export const confirmed = (before: readonly AuditFinding[], now: readonly AuditFinding[]): readonly AuditFinding[] => {
  const seen = new Set(before.map(({ check, about }) => `${check} ${about}`))
  return now.filter(({ check, about }) => seen.has(`${check} ${about}`))
}
