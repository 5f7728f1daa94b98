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
  /** Midnight of the live day at the site, ms since 1970: a normal Tuesday with the flaws that convince. The site has no clock changes. */
  readonly midnight: number
  /** Days before the live day on which the simulation begins; nobody is signed in yet. */
  readonly days: number
  /** Signed-in available people repeat their state so often from the live day on; null: never. */
  readonly heartbeatMs: number | null
  /** Begins every id; one prefix per seed and start keeps a replayed history from counting twice. */
  readonly idPrefix: string
}

/** Shared by the parts of one simulation. Its clock counts from the live day's midnight, so that a seed plays the same day whatever the calendar says. */
export interface Stage {
  readonly chance: ReturnType<typeof chanceOf>
  readonly now: () => number
  /** Runs `act` at the instant; never in the past. */
  readonly plan: (at: number, act: () => void) => void
  readonly tell: (event: Told) => void
  /** Minute of the site's day, with fraction. */
  readonly minute: (at?: number) => number
  /** Number of the site's day; the live day is 0. */
  readonly day: (at?: number) => number
  readonly isLiveDay: () => boolean
  /** ISO weekday, counted so that the live day is a Tuesday. */
  readonly weekday: (at?: number) => number
  readonly nextId: (kind: string) => string
  /** An instant of the simulation as events write it. */
  readonly iso: (at: number) => string
}

type WithoutEnvelope<T> = T extends CanonicalEvent ? Omit<T, 'id' | 'occurredAt' | 'source'> : never
export type Told = WithoutEnvelope<CanonicalEvent>

const DAY = 86_400_000
export const DEMO_SOURCE = 'demo'
/** ISO weekday of a day of the site; the live one is a Tuesday. */
export const weekdayOf = (day: number): number => ((((day + 1) % 7) + 7) % 7) + 1
/** When the visitor arrives: 10:38, in ms of the live day. */
export const OPENING = 638 * 60_000

export const createSimulation = (options: SimulationOptions): Simulation => {
  const chance = chanceOf(options.seed)
  const agenda = createHeap<() => void>()
  let now = -options.days * DAY
  let told: CanonicalEvent[] = []
  let count = 0
  const dayOf = (at: number): number => Math.floor(at / DAY)
  const nextId = (kind: string): string => `${options.idPrefix}-${kind}${(count += 1)}`
  const iso = (at: number): string => new Date(options.midnight + Math.round(at)).toISOString()
  const stage: Stage = {
    chance,
    now: () => now,
    plan: (at, act) => agenda.push(Math.max(at, now), act),
    tell: (event) => {
      // The union is rebuilt from one of its members: the envelope is the same for all.
      told.push({ ...event, id: nextId('e'), occurredAt: iso(now), source: DEMO_SOURCE } as CanonicalEvent)
    },
    minute: (at = now) => (((at % DAY) + DAY) % DAY) / 60_000,
    day: (at = now) => dayOf(at),
    isLiveDay: () => dayOf(now) === 0,
    weekday: (at = now) => weekdayOf(dayOf(at)),
    nextId,
    iso,
  }
  const people = createPeople(stage, { heartbeatMs: options.heartbeatMs })
  const contacts = createContacts(stage, people, createCustomers(chance, options.idPrefix))
  const arrivals = createArrivals(stage, (queue: DemoQueue) => contacts.arrive(queue))

  return {
    at: () => options.midnight + now,
    advance: (instant) => {
      const to = instant - options.midnight
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
