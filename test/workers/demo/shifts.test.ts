import { expect, it } from '@jest/globals'
import { rollCallOf, type RollState } from '../../../server/domain/plan/roll-call.ts'
import { adherenceOf } from '../../../server/domain/plan/adherence.ts'
import { DAY, instantOf, MINUTE } from '../../../server/domain/time.ts'
import type { PlannedActivity } from '../../../server/redis/plans.ts'
import { seats } from '../../../workers/demo/seats.ts'
import { keepShifts, shiftOn } from '../../../workers/demo/shifts.ts'
import { createSimulation, OPENING } from '../../../workers/demo/simulation.ts'
import { recordingLog } from '../../support/quiet-log.ts'

const midnight = Date.UTC(2026, 10, 24, 3)
const liveDay = { midnight, live: true, weekday: 2 }

/** What each seat was on the live day until an instant, as the demo plays it. */
const played = (until: number) => {
  const simulation = createSimulation({ seed: 43, midnight, days: 0, heartbeatMs: null, idPrefix: 'shifts' })
  const bands = new Map(seats.map(({ id }) => [id, [] as { state: 'offline' | 'available'; from: number; to: number }[]]))
  for (const event of simulation.advance(until)) {
    if (event.type !== 'agent.state') continue
    const [own, at] = [bands.get(event.agentId) ?? [], Date.parse(event.occurredAt)]
    const last = own.at(-1)
    if (last) last.to = at
    own.push({ state: event.state === 'offline' ? 'offline' : 'available', from: at, to: until })
  }
  return bands
}

it('at the opening the roll-call has whoever is in, one who is late, one who is absent, and those whose shift is over or still to come', () => {
  const asOf = instantOf(midnight + OPENING)
  const bands = played(asOf)
  const states = seats.map((seat, place): RollState => {
    const own = (bands.get(seat.id) ?? []).map(({ state, from, to }) => ({ state, from: instantOf(from), to: instantOf(to) }))
    return rollCallOf(shiftOn(seat, place, liveDay), own.at(-1) ?? null, own, asOf).state
  })
  expect(Object.fromEntries([...new Set(states)].sort().map((state) => [state, states.filter((one) => one === state).length]))).toEqual({ absent: 1, due: 2, finished: 1, in: 55, late: 1 })
  expect([states[10], states[45]]).toEqual(['late', 'absent'])
})

it('a day is work cut by its breaks, one behind the other, and a weekend has fewer people', () => {
  for (const [place, seat] of seats.entries()) {
    const day = shiftOn(seat, place, liveDay)
    expect(day.map(({ activity }, index) => (index % 2 === 0 ? activity === 'work' : ['break', 'lunch'].includes(activity)))).not.toContain(false)
    expect(day.slice(1).map(({ from }) => from)).toEqual(day.slice(0, -1).map(({ to }) => to))
  }
  const people = (weekday: number) => seats.filter((seat, place) => shiftOn(seat, place, { ...liveDay, live: false, weekday }).length > 0).length
  expect([people(3), people(6) < people(3), people(7) < people(6), people(7) > 10]).toEqual([60, true, true, true])
})

it('days are planned ahead once, whatever was changed in them, and again when they run out; a day is never without its other half', async () => {
  let plannedTo: number | null = null
  const written: PlannedActivity[][] = []
  let now = midnight + OPENING
  const deps = { site: 'demo', midnight, now: () => instantOf(now), log: recordingLog(), state: { plannedTo: async () => plannedTo, setPlannedTo: async (at: number) => void (plannedTo = at) }, plans: { putSchedule: async (_site: string, all: readonly PlannedActivity[]) => void written.push([...all]) }, sealed: { agents: { numbersOf: async (_site: string, ids: readonly unknown[]) => ids.map((_, index) => index + 1), find: async () => [], resolve: async () => new Map(), known: () => null, erase: async () => false } } }
  const once = async () => keepShifts(deps).close()
  await once()
  await once()
  expect([written.length, plannedTo]).toEqual([1, midnight + 14 * DAY])
  const today = (written[0] ?? []).filter(({ from }) => from >= midnight && from < midnight + DAY)
  expect(new Set(today.map(({ agent }) => agent)).size).toBe(60)
  now = midnight + 13 * DAY
  await once()
  expect([written.length, plannedTo, Math.min(...(written[1] ?? []).map(({ from }) => from)) >= midnight + 13 * DAY]).toEqual([2, midnight + 27 * DAY, true])
  expect(adherenceOf(today.filter(({ agent }) => agent === 1), [], { asOf: instantOf(midnight + DAY), rules: {} }).scheduledMs).toBeGreaterThan(400 * MINUTE)
})
