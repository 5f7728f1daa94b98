import type { Directory } from '../domain/escalation/directory.ts'
import { cancelledFences, plannedDeliveries, type Subscriptions } from '../domain/escalation/plan-deliveries.ts'
import { timerChanges, timersOf } from '../domain/escalation/plan-timers.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import { evolved } from '../domain/incident/evolve.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Rules } from '../domain/incident/rules.ts'
import type { IncidentChange } from '../redis/incident-log.ts'

/** Level 1 is due from the commit of the opening: reading and commit must lie this close, or it is read again. */
export const OPENING_WITHIN_MS = 100

export interface Changed {
  readonly before: IncidentRecord | null
  readonly events: readonly IncidentEvent[]
  readonly rules: Rules
  /** Today's settings: machines and rooms that want to be told. */
  readonly subscriptions: Subscriptions
  /** How people are reached now. */
  readonly contacts: Directory['contacts'] | undefined
  /** A timer that is being fired: its row is written anew or taken away in any case. */
  readonly firing?: string
}

/** Everything that follows from events: the row, the timers it must have now, what is told to whom, what is told no more. */
export const changeOf = ({ before, events, rules, subscriptions, contacts, firing }: Changed): Omit<IncidentChange, 'fresh' | 'fired' | 'settled' | 'remember'> => {
  const after = events.length === 0 && before !== null ? before : evolved(before, events, rules)
  const planned = timersOf(after, rules)
  const had = before === null ? [] : timersOf(before, rules)
  const { set, gone } = timerChanges(had.filter(({ id }) => id !== firing), planned)
  const firedGone = firing !== undefined && !planned.some(({ id }) => id === firing) ? [firing] : []
  return {
    before,
    after,
    events,
    timersSet: set,
    timersGone: [...gone, ...firedGone],
    deliveries: plannedDeliveries({ events, record: after, firstVersion: (before?.version ?? 0) + 1, subscriptions, contacts, rules }),
    cancelled: cancelledFences(before, after),
  }
}
