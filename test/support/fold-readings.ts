import { deepStrictEqual } from 'node:assert/strict'
import type { Floor } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { instantOf } from '../../server/domain/time.ts'
import { NINE, utcSettings } from './fact-builders.ts'
import { COUNTERS, RESPONSES } from './reference-reducer.ts'

/** What the laws of the fold compare floors by. No test globals: the soak runs them in plain processes. */

const settings = utcSettings()
export const ALL = { from: instantOf(NINE - 86_400_000), to: instantOf(NINE + 86_400_000) }

export const folded = (entries: readonly LogEntry[], floor: Floor = createFloor('test', settings)): Floor => {
  for (const entry of entries) floor.apply(entry)
  return floor
}

export const pick = (from: object, names: readonly string[]): Record<string, unknown> => Object.fromEntries(names.map((name) => [name, Reflect.get(from, name)]))

/** Deeply equal, but cheap while they are. */
export const same = (received: unknown, expected: unknown): void => {
  if (JSON.stringify(received) !== JSON.stringify(expected)) deepStrictEqual(received, expected)
}

/** Every contribution flows into window, day, trend and rows by one addition: of five stories one is read in all of them, the others by contacts, agents and the rows of one basis. */
export const readSome = (floor: Floor, seed: number) => (seed % 5 === 0 ? readAll(floor) : { entry: floor.entry, asOf: floor.asOf, next: floor.nextTickAt(), contacts: floor.contacts(ALL), agents: agentsOf(floor), rows: floor.intervals({ ...ALL, basis: seed % 2 === 0 ? 'outcome' : 'arrival' }) })
const agentsOf = (floor: Floor) => [...floor.agentNumbers()].sort((a, b) => a - b).map((number) => floor.agent(number)).map((agent) => agent && { ...agent, contacts: [...agent.contacts].sort(), queues: [...agent.queues].sort() })

/** All that a floor can be asked for. */
export const readAll = (floor: Floor) => ({
  entry: floor.entry,
  asOf: floor.asOf,
  next: floor.nextTickAt(),
  queues: [...floor.queueIds()].sort().map((id) => floor.queue(id)),
  totals: floor.totals(),
  agents: agentsOf(floor),
  bands: [...floor.agentNumbers()].sort((a, b) => a - b).map((number) => floor.bands(number, ALL.from, ALL.to)),
  outcome: floor.intervals({ ...ALL, basis: 'outcome' }),
  arrival: floor.intervals({ ...ALL, basis: 'arrival' }),
  contacts: floor.contacts(ALL),
  sources: floor.sources(),
  incidents: floor.incidents(),
})

/** A queue stays a written one once a channel was told, also when a later word puts that contact on another: an empty section says as much as none. */
const saysSomething = (section: unknown): boolean => (typeof section === 'object' && section !== null ? Object.values(section).some(saysSomething) : typeof section === 'number' && section !== 0)

/** What a shuffled delivery must give as well: everything but marks of lateness, clock time of agents and states by order of arrival. */
export const readFacts = (floor: Floor) => ({
  queues: [...floor.queueIds()].sort().map((id) => {
    const queue = floor.queue(id)
    return queue && { ...pick(queue, ['queue', 'waiting', 'alerting', 'inProgress', 'inAcw', 'oldestWaitingSince', 'oldestCustomerSince', 'serviceLevels', 'serviceLevelFloor', 'serviceLevelDebt', 'queueHealth', 'trend']), now: pick(queue.now, [...COUNTERS, 'pending', 'waitMsP50', 'waitMsP90', 'handleMsP50', 'ahtSoFarMs', 'longestRunningSince']), today: pick(queue.today, [...COUNTERS, 'pending', 'waitMsP90', 'handleMsP90', 'maxWaitMs', 'fcrRepeat']), digital: saysSomething(queue.digital) ? queue.digital : undefined }
  }),
  rows: (['outcome', 'arrival'] as const).map((basis) => factsOfRows(floor, basis)),
  contacts: floor.contacts(ALL),
})
const factsOfRows = (floor: Floor, basis: 'outcome' | 'arrival') =>
  floor
    .intervals({ ...ALL, basis }).map((row) => pick(row, [...COUNTERS, ...RESPONSES, 'queue', 'channel', 'from', 'pending', 'waitMsP50', 'handleMsP90', 'firstResponseMsP50', 'nextResponseBusinessMsP90'])).filter((row) => [...COUNTERS, ...RESPONSES].some((counter) => row[counter] !== 0 && row[counter] !== null) || row['pending'] !== 0).sort((a, b) => `${String(a['queue'])}${String(a['channel'])}${String(a['from'])}`.localeCompare(`${String(b['queue'])}${String(b['channel'])}${String(b['from'])}`))
export const readSomeFacts = (floor: Floor, seed: number) => (seed % 5 === 0 ? readFacts(floor) : { contacts: floor.contacts(ALL), rows: factsOfRows(floor, seed % 4 < 2 ? 'outcome' : 'arrival') })

const TIMES = ['handlingMsTotal', 'availableMsTotal', 'signedInMsTotal'] as const

/** What agents were and the time in it: each state with its begin, the sums of the site, and of each queue's rows. */
export const readStates = (floor: Floor) => ({
  agents: [...floor.agentNumbers()].sort((a, b) => a - b).map((number) => ({ number, ...pick(floor.agent(number) ?? {}, ['state', 'since', 'today']), bands: floor.bands(number, ALL.from, ALL.to) })),
  totals: [pick(floor.totals().now, TIMES), pick(floor.totals().today, TIMES)],
  rows: floor.intervals({ ...ALL, basis: 'outcome' }).map((row) => pick(row, ['queue', 'channel', 'from', ...TIMES])).filter((row) => row['signedInMsTotal'] !== 0).sort((a, b) => `${String(a['queue'])}${String(a['from'])}`.localeCompare(`${String(b['queue'])}${String(b['from'])}`)),
})

/** Clock time of minutes that are over is what the states in them give, whatever corrected them. */
export const timeOfStates = (floor: Floor): void => {
  const minute = Math.floor(floor.asOf / 60_000) * 60_000
  const sums = (from: number) => {
    const time = { handlingMsTotal: 0, availableMsTotal: 0, signedInMsTotal: 0 }
    for (const band of floor.agentNumbers().flatMap((number) => floor.bands(number, instantOf(from), instantOf(minute)))) {
      if (band.state === 'offline' || band.state === 'unreachable') continue
      time.signedInMsTotal += band.to - band.from
      if (band.state === 'on-contact' || band.state === 'acw') time.handlingMsTotal += band.to - band.from
      else if (band.state === 'available' || band.state === 'not-queued') time.availableMsTotal += band.to - band.from
    }
    return time
  }
  const totals = floor.totals()
  same(pick(totals.today, TIMES), sums(Math.floor(floor.asOf / 86_400_000) * 86_400_000))
  same(pick(totals.now, TIMES), sums(minute - 29 * 60_000))
}

export const invariant = (floor: Floor): void => {
  for (const row of floor.intervals({ ...ALL, basis: 'arrival' })) same(row.offered, row.answered + row.abandoned + row.callbacks + row.flowedOut + row.systemEnded + row.pending)
  for (const id of floor.queueIds()) {
    const queue = floor.queue(id)
    const rows = floor.intervals({ ...ALL, basis: 'outcome', queue: id })
    const sum = (name: 'offered' | 'answered' | 'abandoned' | 'callbacks' | 'flowedOut' | 'systemEnded') => rows.reduce((total, row) => total + row[name], 0)
    same(sum('offered') - sum('answered') - sum('abandoned') - sum('callbacks') - sum('flowedOut') - sum('systemEnded'), queue?.waiting)
    same(Math.min(0, queue?.waiting ?? 0, queue?.alerting ?? 0, queue?.inProgress ?? 0, queue?.inAcw ?? 0), 0)
    for (const row of rows) for (const counter of [...COUNTERS, ...RESPONSES, 'pending'] as const) if (Number(Reflect.get(row, counter)) < 0) throw new Error(`${counter} of ${row.queue} at ${row.from} is below zero`)
  }
  const states = floor.agentNumbers().map((number) => floor.agent(number)?.state)
  const totals = floor.totals()
  same(states.filter((state) => state !== 'offline' && state !== 'unreachable').length, totals.signedIn)
  same(states.filter((state) => state === 'available').length, totals.available)
  same(totals.staffed, totals.signedIn - states.filter((state) => state === 'aux').length)
}

