import type { Directory } from '../domain/escalation/directory.ts'
import { cancelledFences, plannedDeliveries, type Subscriptions } from '../domain/escalation/plan-deliveries.ts'
import { timerChanges, timersOf } from '../domain/escalation/plan-timers.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import { evolved } from '../domain/incident/evolve.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Rules } from '../domain/incident/rules.ts'
import type { Instant } from '../domain/time.ts'
import type { IncidentChange } from '../redis/incident-log.ts'

/** Level 1 is due from the commit of the opening: reading and commit must lie this close, or it is read again. */
const OPENING_WITHIN_MS = 100
/** After so many readings, each with twice the patience of the one before, a reading of any age will do. */
const OPENING_READINGS = 5

/**
 * How fresh the reading of an opening must be. On a machine that is slow since many are opened at once, reading all of them over and
 * over would keep it slow for as long as they come; that level 1 is due a little sooner after the commit is better than no commit.
 */
export const openingFresh = (round: number, readAt: Instant): Pick<IncidentChange, 'fresh'> => (round < OPENING_READINGS ? { fresh: { readAt, withinMs: OPENING_WITHIN_MS * 2 ** round } } : {})

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
