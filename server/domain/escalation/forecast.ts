import { decideTimer } from '../incident/decide-timer.ts'
import type { IncidentEvent } from '../incident/events.ts'
import { evolved } from '../incident/evolve.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import type { Rules } from '../incident/rules.ts'
import type { Instant } from '../time.ts'
import type { Delivery } from './delivery.ts'
import type { Directory } from './directory.ts'
import { onDutyAt } from './duty.ts'
import { pacedAt, type LastTold } from './pace.ts'
import { plannedDeliveries, type Subscriptions } from './plan-deliveries.ts'
import { timersOf } from './plan-timers.ts'

/** A message, and when it goes out: after its hours, and one paced message a minute and person. */
export interface ForecastTelling extends Delivery {
  readonly at: Instant
}

/** One thing that will happen by itself if nobody does anything, and what is sent because of it. */
export interface ForecastStep {
  readonly at: Instant
  readonly event: IncidentEvent
  readonly deliveries: readonly ForecastTelling[]
}

/** What people were told and are to be told already. */
export interface PaceNow {
  readonly lastTold: LastTold
  readonly waiting: readonly Pick<Delivery, 'person' | 'paced' | 'notBefore'>[]
}

export interface ForecastQuestion {
  readonly record: IncidentRecord
  readonly rules: Rules
  readonly directory: Directory
  readonly subscriptions: Subscriptions
  readonly now: Instant
  readonly until: Instant
  /** Absent: nobody was told anything in the last minute. */
  readonly pace?: PaceNow
}

interface Planned {
  readonly at: Instant
  readonly event: IncidentEvent
  readonly deliveries: readonly Delivery[]
}

const paced = (steps: readonly Planned[], { lastTold, waiting }: PaceNow): readonly ForecastStep[] => {
  const times = pacedAt([...waiting, ...steps.flatMap(({ deliveries }) => deliveries)], lastTold).slice(waiting.length)
  let index = 0
  return steps.map((step) => ({ ...step, deliveries: step.deliveries.map((delivery) => ({ ...delivery, at: times[index++] ?? delivery.notBefore })) }))
}

/** A ladder that repeats every minute for two hours is longer than anybody reads. */
const MOST_STEPS = 300

/** What happens next, told by the same decisions that make it happen: timers fire one after the other, each at its own instant. */
export const forecastOf = ({ pace = { lastTold: new Map(), waiting: [] }, ...question }: ForecastQuestion): { readonly steps: readonly ForecastStep[]; readonly complete: boolean } => {
  const { steps, complete } = plannedSteps(question)
  return { steps: paced(steps, pace), complete }
}

const plannedSteps = ({ record: begin, rules, directory, subscriptions, now: begun, until }: ForecastQuestion): { readonly steps: readonly Planned[]; readonly complete: boolean } => {
  const steps: Planned[] = []
  let record = begin
  let now = begun
  while (steps.length < MOST_STEPS) {
    const [next] = [...timersOf(record, rules)].sort((a, b) => a.dueAt - b.dueAt)
    if (next === undefined || next.dueAt > until) return { steps, complete: true }
    now = next.dueAt > now ? next.dueAt : now
    const events = decideTimer(record, next, { now, firedAt: now, rules, directory })
    // A timer that makes nothing happen would be looked at for ever.
    if (events.length === 0) return { steps, complete: true }
    const before = record
    record = evolved(before, events, rules)
    events.forEach((event, index) => {
      const after = evolved(before, events.slice(0, index + 1), rules)
      steps.push({ at: now, event, deliveries: plannedDeliveries({ events: [event], record: after, firstVersion: before.version + index + 1, subscriptions, contacts: onDutyAt(directory, now).contacts, rules }) })
    })
  }
  return { steps, complete: false }
}
