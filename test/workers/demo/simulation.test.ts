import { describe, expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../../server/contract/events.ts'
import { eventSchemas } from '../../../server/contract/events.ts'
import { createSimulation } from '../../../workers/demo/simulation.ts'

const DAY = 86_400_000
const anchor = Date.UTC(2026, 10, 22, 10, 38)
const simulate = (days: number, seed = 7) => {
  const from = Date.UTC(2026, 10, 22) - days * DAY
  const simulation = createSimulation({ seed, from, offsetMs: 0, anchor, heartbeatMs: null, idPrefix: 'demo' })
  return { simulation, events: simulation.advance(anchor) }
}
const ofType = <T extends CanonicalEvent['type']>(events: readonly CanonicalEvent[], type: T) => events.filter((event): event is Extract<CanonicalEvent, { type: T }> => event.type === type)
const share = (part: number, whole: number): number => part / whole

describe('the demo floor', () => {
  it('plays the same day from the same seed and another from another', () => {
    const told = (seed: number): string => JSON.stringify(simulate(0, seed).events)
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

  it('opens with about 76 % satisfied, 88 % resolved by disposition and 26 % repeats, over five days', () => {
    const { events } = simulate(5)
    const surveys = ofType(events, 'survey.received')
    const satisfied = share(surveys.filter(({ score }) => (score ?? 0) >= 4).length, surveys.length)
    expect(satisfied).toBeGreaterThan(0.7)
    expect(satisfied).toBeLessThan(0.82)
    const asked = ofType(events, 'contact.ended').filter(({ resolved }) => resolved !== undefined)
    expect(share(asked.filter(({ resolved }) => resolved === true).length, asked.length)).toBeCloseTo(0.88, 1)
    const withheld = ofType(events, 'contact.queued').filter(({ customer }) => !customer)
    expect(share(withheld.length, ofType(events, 'contact.queued').length)).toBeCloseTo(0.09, 1)
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
    const { simulation } = simulate(0)
    simulation.run('power-cut')
    const events = simulation.advance(anchor + 150_000).filter((event) => 'queueId' in event && event.queueId === 'power-loss')
    const waiting = ofType(events, 'contact.queued').length - ofType(events, 'contact.answered').length - ofType(events, 'contact.abandoned').length
    expect(waiting).toBeGreaterThan(20)
  })
})
