import { describe, expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../../server/contract/events.ts'
import { eventSchemas } from '../../../server/contract/events.ts'
import { demoQueues } from '../../../workers/demo/queues.ts'
import { createSimulation, OPENING } from '../../../workers/demo/simulation.ts'

const HOUR = 3_600_000
const midnight = Date.UTC(2026, 10, 22)
const anchor = midnight + OPENING
const play = (days: number, seed: number) => {
  const simulation = createSimulation({ seed, midnight, days, heartbeatMs: null, idPrefix: 'demo' })
  return { simulation, events: simulation.advance(anchor) }
}
const played = new Map<string, readonly CanonicalEvent[]>()
/** Up to 10:38 of the live day; each is played once for all tests. */
const simulate = (days: number, seed = 7): { readonly events: readonly CanonicalEvent[] } => {
  const key = `${days} ${seed}`
  const events = played.get(key) ?? play(days, seed).events
  played.set(key, events)
  return { events }
}
const ofType = <T extends CanonicalEvent['type']>(events: readonly CanonicalEvent[], type: T) => events.filter((event): event is Extract<CanonicalEvent, { type: T }> => event.type === type)
const share = (part: number, whole: number): number => part / whole

describe('the demo floor', () => {
  it('plays the same day from the same seed and another from another', () => {
    const told = (seed: number): string => JSON.stringify(play(0, seed).events)
    expect(told(7)).toBe(told(7))
    expect(told(8)).not.toBe(told(7))
  })

  it('tells events in order of occurrence, each valid and with an id of its own', () => {
    const { events } = simulate(0)
    const times = events.map(({ occurredAt }) => occurredAt)
    expect(times).toEqual([...times].sort())
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    expect(events.filter((event) => !eventSchemas[event.type].safeParse(event).success)).toEqual([])
  })

  it('meets the stated rate of each queue around 10:38, measured over eight seeds', () => {
    const seeds = Array.from({ length: 8 }, (_, index) => index + 1)
    const queued = seeds.flatMap((seed) => ofType(simulate(0, seed).events, 'contact.queued')).filter(({ occurredAt }) => Date.parse(occurredAt) > anchor - 3_600_000)
    const perHour = (queue: string): number => (queued.filter(({ queueId }) => queueId === queue).length / seeds.length)
    expect(perHour('billing')).toBeGreaterThan(95)
    expect(perHour('billing')).toBeLessThan(125)
    expect(perHour('support')).toBeGreaterThan(84)
    expect(perHour('support')).toBeLessThan(112)
    expect(perHour('moving-home')).toBeGreaterThan(23)
    expect(perHour('moving-home')).toBeLessThan(36)
  })

  it('opens with about 76 % satisfied, 88 % resolved by disposition and 26 % repeats, over three days', () => {
    const { events } = simulate(3)
    const surveys = ofType(events, 'survey.received')
    const satisfied = share(surveys.filter(({ score }) => (score ?? 0) >= 4).length, surveys.length)
    expect(satisfied).toBeGreaterThan(0.7)
    expect(satisfied).toBeLessThan(0.82)
    const asked = ofType(events, 'contact.ended').filter(({ resolved }) => resolved !== undefined)
    expect(share(asked.filter(({ resolved }) => resolved === true).length, asked.length)).toBeCloseTo(0.88, 1)
    const withheld = ofType(events, 'contact.queued').filter(({ customer }) => !customer)
    expect(share(withheld.length, ofType(events, 'contact.queued').length)).toBeCloseTo(0.09, 1)
  })

  it('has two humps with a lunch dip between them, and a thin night', () => {
    const hours = Array.from({ length: 24 }, () => 0)
    for (const seed of [5, 6]) {
      const simulation = createSimulation({ seed, midnight, days: 0, heartbeatMs: null, idPrefix: 'demo' })
      for (const { occurredAt } of ofType(simulation.advance(midnight + 24 * HOUR), 'contact.queued')) hours[new Date(occurredAt).getUTCHours()] = (hours[new Date(occurredAt).getUTCHours()] ?? 0) + 1
    }
    const at = (hour: number): number => hours[hour] ?? 0
    expect(at(11)).toBeGreaterThan(1.15 * at(13))
    expect(at(15)).toBeGreaterThan(1.15 * at(13))
    expect(at(3)).toBeLessThan(0.02 * at(11))
  })

  it('has counts that spread more than chance alone would make them', () => {
    const seeds = Array.from({ length: 24 }, (_, index) => index + 1)
    const counts = seeds.map((seed) => ofType(simulate(0, seed).events, 'contact.queued').filter(({ queueId, occurredAt }) => queueId === 'billing' && Date.parse(occurredAt) >= anchor - 900_000).length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
    expect(variance / mean).toBeGreaterThan(1.05)
    expect(variance / mean).toBeLessThan(3)
  })

  it('handles contacts as long as each queue takes, with a long tail', () => {
    // The smallest queue has a few dozen contacts a day: one seed alone leaves its mean too much room.
    const events = [7, 8, 9, 10, 11].flatMap((seed) => simulate(3, seed).events)
    for (const { id, ahtMs } of demoQueues) {
      const times = ofType(events, 'contact.ended').filter(({ queueId }) => queueId === id).map(({ talkMs, holdMs }) => (talkMs ?? 0) + (holdMs ?? 0))
      const wraps = ofType(events, 'contact.wrapped').filter(({ queueId, acwMs }) => queueId === id && (acwMs ?? 0) < 1_800_000).map(({ acwMs }) => acwMs ?? 0)
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
      expect({ id, share: Math.round((10 * (mean(times) + mean(wraps))) / ahtMs) / 10 }).toEqual({ id, share: 1 })
      const median = [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0
      expect(median).toBeLessThan(0.9 * mean(times))
    }
  })

  it('stays manageable all day: at most one in five gives up in any hour from nine to six on a weekday', () => {
    const simulation = createSimulation({ seed: 5, midnight, days: 0, heartbeatMs: null, idPrefix: 'demo' })
    const events = simulation.advance(midnight + 18 * HOUR)
    for (let hour = 9; hour < 18; hour += 1) {
      const within = ({ occurredAt }: CanonicalEvent): boolean => new Date(occurredAt).getUTCHours() === hour
      expect({ hour, given: share(ofType(events, 'contact.abandoned').filter(within).length, ofType(events, 'contact.queued').filter(within).length) < 0.2 }).toEqual({ hour, given: true })
    }
  })

  it('plays the same day wherever its midnight lies', () => {
    const elsewhere = createSimulation({ seed: 7, midnight: midnight + 12_345_678, days: 1, heartbeatMs: null, idPrefix: 'demo' })
    const moved = elsewhere.advance(midnight + 12_345_678 + OPENING).map(({ type, occurredAt }) => [type, Date.parse(occurredAt) - 12_345_678])
    expect(JSON.stringify(moved)).toBe(JSON.stringify(simulate(1).events.map(({ type, occurredAt }) => [type, Date.parse(occurredAt)])))
  })

  it('never has one person in two places: a contact is answered by whoever was rung', () => {
    const rung = new Map<string, string>()
    const elsewhere = simulate(0).events.filter((event) => {
      if (event.type === 'contact.offered' && event.agentId) rung.set(event.contactId, event.agentId)
      return event.type === 'contact.answered' && event.agentId !== rung.get(event.contactId)
    })
    expect(elsewhere).toEqual([])
  })

  it('has over twenty waiting two minutes into a power cut', () => {
    const { simulation } = play(0, 7)
    simulation.run('power-cut')
    const events = simulation.advance(anchor + 150_000).filter((event) => 'queueId' in event && event.queueId === 'power-loss')
    const waiting = ofType(events, 'contact.queued').length - ofType(events, 'contact.answered').length - ofType(events, 'contact.abandoned').length
    expect(waiting).toBeGreaterThan(20)
  })
})
