import { describe, expect, it } from '@jest/globals'
import { begunBefore, begunSince } from '../../../workers/demo/past.ts'
import { createReturning } from '../../../workers/demo/returning.ts'
import { createSimulation } from '../../../workers/demo/simulation.ts'

const HOUR = 3_600_000
const midnight = Date.UTC(2026, 10, 22)
const events = createSimulation({ seed: 3, midnight, days: 1, heartbeatMs: null, idPrefix: 'demo' }).advance(midnight + 10 * HOUR)

describe('past and living days of the demo', () => {
  it('share no contact and lose none: each belongs to the day on which it began', () => {
    const isPast = begunBefore(midnight)
    const isOurs = begunSince(midnight)
    const told = events.map((event) => ({ event, past: isPast(event), ours: Date.parse(event.occurredAt) >= midnight && isOurs(event) }))
    const contacts = told.filter(({ event }) => 'contactId' in event)
    expect(contacts.filter(({ past, ours }) => past === ours)).toEqual([])
    const states = told.filter(({ event }) => event.type === 'agent.state')
    expect(states.every(({ event, past, ours }) => past === Date.parse(event.occurredAt) < midnight && ours === !past)).toBe(true)
  })

  it('know who comes back and when their contact before ended', () => {
    const returning = createReturning()
    const ended = new Map<string, number>()
    const owner = new Map<string, string>()
    let back = 0
    for (const event of events) {
      const found = returning.follow([event])
      if (event.type === 'contact.queued' && event.customer?.ref) {
        const before = ended.get(event.customer.ref)
        expect(found.get(event.customer.ref)).toBe(before)
        if (before !== undefined) back += 1
        owner.set(event.contactId, event.customer.ref)
      }
      if (event.type === 'contact.ended') ended.set(owner.get(event.contactId) ?? '', Date.parse(event.occurredAt))
    }
    expect(back).toBeGreaterThan(50)
  })
})
