import type { CanonicalEvent } from '../../server/contract/events.ts'
import { chanceOf } from './chance.ts'
import { createCustomers } from './customers.ts'
import { createHeap } from './heap.ts'
import { createArrivals } from './arrivals.ts'
import { createContacts } from './contacts.ts'
import { createPeople } from './people.ts'
import type { DemoQueue } from './queues.ts'

/** What the floor of the demo does next, as canonical events; a discrete-event simulation with its own clock. */
export interface Simulation {
  /** Ms since 1970; everything before has been told. */
  readonly at: () => number
  /** Events that happen up to `to`, in order of occurrence. */
  advance(to: number): readonly CanonicalEvent[]
  run(scenario: SimulatedScenario): void
}

export const simulatedScenarios = ['power-cut', 'borrow-four', 'carrier-silence', 'card-payments-slow'] as const
export type SimulatedScenario = (typeof simulatedScenarios)[number]

export interface SimulationOptions {
  readonly seed: number
  /** Where the simulation begins, best a midnight of the site; nobody is signed in yet. */
  readonly from: number
  /** Site's wall clock minus UTC; the demo's zone has no clock changes. */
  readonly offsetMs: number
  /** Instant of the live day's 10:38: that day is a normal weekday with the flaws that convince. */
  readonly anchor: number
  /** Signed-in available people repeat their state so often; null in history. */
  readonly heartbeatMs: number | null
  /** Begins every id; one prefix per seed and start keeps a replayed history from counting twice. */
  readonly idPrefix: string
}

/** Shared by the parts of one simulation. */
export interface Stage {
  readonly chance: ReturnType<typeof chanceOf>
  readonly now: () => number
  /** Runs `act` at the instant; never in the past. */
  readonly plan: (at: number, act: () => void) => void
  readonly tell: (event: Told) => void
  /** Minute of the site's day, with fraction. */
  readonly minute: (at?: number) => number
  /** Number of the site's day; the live day is `liveDay`. */
  readonly day: (at?: number) => number
  readonly liveDay: number
  /** ISO weekday, counted so that the live day is a Tuesday. */
  readonly weekday: (at?: number) => number
  readonly nextId: (kind: string) => string
}

type WithoutEnvelope<T> = T extends CanonicalEvent ? Omit<T, 'id' | 'occurredAt' | 'source'> : never
export type Told = WithoutEnvelope<CanonicalEvent>

const DAY = 86_400_000
export const DEMO_SOURCE = 'demo'

export const createSimulation = (options: SimulationOptions): Simulation => {
  const chance = chanceOf(options.seed)
  const agenda = createHeap<() => void>()
  let now = options.from
  let told: CanonicalEvent[] = []
  let count = 0
  const dayOf = (at: number): number => Math.floor((at + options.offsetMs) / DAY)
  const liveDay = dayOf(options.anchor)
  const nextId = (kind: string): string => `${options.idPrefix}-${kind}${(count += 1)}`
  const stage: Stage = {
    chance,
    now: () => now,
    plan: (at, act) => agenda.push(Math.max(at, now), act),
    tell: (event) => {
      // The union is rebuilt from one of its members: the envelope is the same for all.
      told.push({ ...event, id: nextId('e'), occurredAt: new Date(Math.round(now)).toISOString(), source: DEMO_SOURCE } as CanonicalEvent)
    },
    minute: (at = now) => ((((at + options.offsetMs) % DAY) + DAY) % DAY) / 60_000,
    day: (at = now) => dayOf(at),
    liveDay,
    weekday: (at = now) => ((((dayOf(at) - liveDay + 1) % 7) + 7) % 7) + 1,
    nextId,
  }
  const people = createPeople(stage, { heartbeatMs: options.heartbeatMs })
  const contacts = createContacts(stage, people, createCustomers(chance))
  const arrivals = createArrivals(stage, (queue: DemoQueue) => contacts.arrive(queue))

  return {
    at: () => now,
    advance: (to) => {
      for (let due = agenda.peekAt(); due !== null && due <= to; due = agenda.peekAt()) {
        const next = agenda.pop()
        if (!next) break
        now = next.at
        next.item()
      }
      now = Math.max(now, to)
      const out = told
      told = []
      return out
    },
    run: (scenario) => {
      switch (scenario) {
        case 'power-cut':
          return arrivals.surge('power-loss', [{ perHour: 1_200, ms: 300_000 }, { perHour: 600, ms: 300_000 }, { perHour: 240, ms: 600_000 }])
        case 'carrier-silence':
          return arrivals.silence(420_000)
        case 'card-payments-slow':
          return contacts.slow('billing', 1.6, 1_200_000)
        case 'borrow-four':
          return people.borrow('support', 'power-loss', 4, 1_800_000, contacts.match)
      }
    },
  }
}
