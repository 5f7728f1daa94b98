import { describe, expect, it } from '@jest/globals'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { customerLevels } from '../../../server/domain/reports/customer-level.ts'
import { HOUR, instantOf, MINUTE, SECOND } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'

const S = SECOND
const range = { from: NINE, to: instantOf(NINE + HOUR) }
const floorAfter = (facts: readonly Fact[], afterMs = 50 * MINUTE) => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(NINE + afterMs))
  return floor
}
const levels = (facts: readonly Fact[], within = range) => {
  const tally = customerLevels({ ...within, settingsOf: () => utcSettings().defaults })
  for (const contact of floorAfter(facts).contacts({ from: instantOf(NINE - HOUR), to: instantOf(NINE + 2 * HOUR) })) tally.add(contact)
  return tally.rows()
}
const queued = (contactId: string, at: number, queueId = 'support', more = {}) => fact('contact.queued', NINE + at, { contactId, queueId, ...more })
const answered = (contactId: string, at: number, queueId = 'support', more = {}) => fact('contact.answered', NINE + at, { contactId, queueId, ...more })
const left = (contactId: string, at: number, queueId = 'support') => fact('contact.left_queue', NINE + at, { contactId, queueId, reason: 'timeout' })
const ended = (contactId: string, at: number, queueId = 'support', more = {}) => fact('contact.ended', NINE + at, { contactId, queueId, ...more })

describe('service level as the customer sees it', () => {
  it('adds the waits in all queues of an interaction, and belongs to the queue it began in', () => {
    // 15 s in one queue and 15 s in the next: each within 20 s, the customer not. Talking to somebody is no wait.
    const overflow = [queued('a', 0), left('a', 15 * S), queued('a', 15 * S, 'billing'), answered('a', 30 * S, 'billing'), ended('a', 90 * S, 'billing')]
    const passed = [queued('b', 0), answered('b', 5 * S), fact('contact.transferred', NINE + 60 * S, { contactId: 'b', toQueueId: 'billing' }), queued('b', 60 * S, 'billing'), answered('b', 70 * S, 'billing', { agent: 9 }), ended('b', 120 * S, 'billing', { agent: 9 })]
    expect(levels([...overflow, ...passed, queued('c', 0), answered('c', 20 * S), ended('c', 60 * S)])).toEqual([
      { queue: 'support', target: utcSettings().defaults.target, interactions: 3, severalVisits: 2, answered: 3, abandoned: 0, serviceLevel: 2 / 3, n: 3, waitMsMean: 21_667, waitMsP50: expect.any(Number), waitMsP90: expect.any(Number), firstAgentMsMean: 18_333 },
    ])
  })

  it('a customer who gives up after a transfer gave up, whatever the first queue says', () => {
    const passed = [queued('b', 0), answered('b', 5 * S), fact('contact.transferred', NINE + 60 * S, { contactId: 'b', toQueueId: 'billing' }), queued('b', 60 * S, 'billing'), fact('contact.abandoned', NINE + 100 * S, { contactId: 'b', queueId: 'billing' })]
    expect(levels(passed)).toMatchObject([{ queue: 'support', interactions: 1, answered: 0, abandoned: 1, serviceLevel: 0 }])
  })

  it('follows the root where each visit is a contact of its own', () => {
    const chain = [queued('r', 0), left('r', 15 * S), queued('r2', 16 * S, 'billing', { rootContactId: 'r' }), answered('r2', 26 * S, 'billing', { rootContactId: 'r' }), ended('r2', 60 * S, 'billing', { rootContactId: 'r' })]
    expect(levels(chain)).toMatchObject([{ queue: 'support', interactions: 1, severalVisits: 1, serviceLevel: 0, waitMsMean: 25 * S }])
  })

  it('is booked where it ended: one that still waits is none yet, and the same caller an hour later is another', () => {
    expect(levels([queued('a', 0), left('a', 15 * S), queued('a', 15 * S, 'billing')])).toEqual([])
    const overflow = [queued('a', 0), left('a', 15 * S), queued('a', 15 * S, 'billing'), answered('a', 30 * S, 'billing'), ended('a', 90 * S, 'billing')]
    expect(levels(overflow, { from: NINE, to: instantOf(NINE + 30 * S) })).toEqual([])
    expect(levels(overflow, { from: instantOf(NINE + 30 * S), to: range.to })).toMatchObject([{ interactions: 1 }])
    expect(levels([queued('x', -40 * MINUTE), answered('x', -40 * MINUTE + S), ended('x', -39 * MINUTE), queued('x', 30 * MINUTE), answered('x', 30 * MINUTE + S), ended('x', 31 * MINUTE)])).toMatchObject([{ interactions: 1, severalVisits: 0 }])
  })
})

describe('the oldest customer', () => {
  const passed = [queued('b', 0), answered('b', 5 * S), fact('contact.transferred', NINE + 60 * S, { contactId: 'b' }), queued('b', 60 * S, 'billing'), queued('c', 30 * S, 'billing')]
  it('is on the way since the first queue, where the oldest wait began in this one', () => {
    const floor = floorAfter(passed, 2 * MINUTE)
    expect(floor.queue('billing')).toMatchObject({ waiting: 2, oldestWaitingSince: NINE + 30 * S, oldestCustomerSince: NINE })
    expect(floor.totals()).toMatchObject({ oldestCustomerSince: NINE })
    expect(floor.explain({ metric: 'oldestCustomerWaitMs', queue: 'billing', window: 'now' })).toMatchObject({ value: 2 * MINUTE, numeratorContacts: [{ contactId: 'b' }] })
    expect(floorFromBase(JSON.parse(JSON.stringify(floor.toBase()))).queue('billing')).toMatchObject({ oldestCustomerSince: NINE })
    expect(floorAfter([queued('c', 0)], MINUTE).queue('support')).toMatchObject({ oldestCustomerSince: NINE })
    expect(floorAfter([queued('c', 0), answered('c', S)], MINUTE).queue('support')?.oldestCustomerSince).toBeNull()
  })

  it('follows the root, and a late word of the first queue is told where the customer waits now', () => {
    const floor = createFloor('test', utcSettings())
    for (const entry of entriesOf([queued('r2', 60 * S, 'billing', { rootContactId: 'r' })])) floor.apply(entry)
    expect(floor.queue('billing')?.oldestCustomerSince).toBe(NINE + 60 * S)
    floor.takeChanges()
    for (const entry of entriesOf([queued('r', 0)])) floor.apply(entry)
    expect([floor.queue('billing')?.oldestCustomerSince, floor.takeChanges().queues]).toEqual([NINE, expect.arrayContaining(['billing', 'support'])])
  })
})
