import { describe, expect, it } from '@jest/globals'
import type { ContactFigures } from '../../../server/domain/floor.ts'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { handledOf, transferCounts, transferTally } from '../../../server/domain/reports/transfers.ts'
import { HOUR, instantOf, MINUTE, SECOND } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'

const range = { from: NINE, to: instantOf(NINE + HOUR) }
const floorAfter = (facts: readonly Fact[]) => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entriesOf(facts)) floor.apply(entry)
  floor.apply(tickAt(NINE + 50 * MINUTE))
  return floor
}
const call = (contactId: string, at: number, agent = 7, queueId = 'support') => [fact('contact.queued', at, { contactId, queueId }), fact('contact.answered', at + SECOND, { contactId, queueId, agent })]
const passOn = (contactId: string, at: number, more: object) => fact('contact.transferred', at, { contactId, agent: 7, ...more })
const wrapUp = (contactId: string, at: number, agent = 7, queueId = 'support') => fact('contact.wrapped', at, { contactId, queueId, agent, acwMs: 5 * SECOND })

const told = [
  ...call('a', NINE), passOn('a', NINE + 60 * SECOND, { kind: 'attended', toQueueId: 'billing' }), wrapUp('a', NINE + 65 * SECOND),
  ...call('a', NINE + 70 * SECOND, 9, 'billing'), fact('contact.ended', NINE + 200 * SECOND, { contactId: 'a', queueId: 'billing', agent: 9 }), wrapUp('a', NINE + 205 * SECOND, 9, 'billing'),
  ...call('b', NINE), passOn('b', NINE + 90 * SECOND, { kind: 'blind', toExternal: true }), wrapUp('b', NINE + 95 * SECOND),
  ...call('c', NINE), passOn('c', NINE + 90 * SECOND, { kind: null, toAgent: 8 }), wrapUp('c', NINE + 95 * SECOND), fact('contact.answered', NINE + 91 * SECOND, { contactId: 'c', agent: 8 }), fact('contact.ended', NINE + 150 * SECOND, { contactId: 'c', agent: 8 }), wrapUp('c', NINE + 155 * SECOND, 8),
  ...call('d', NINE), fact('contact.ended', NINE + 30 * SECOND, { contactId: 'd' }), wrapUp('d', NINE + 35 * SECOND),
]
const transfersOf = (facts: readonly Fact[], contactId: string) => floorAfter(facts).contacts({ ...range, contactId }).flatMap(({ transfers = [] }) => transfers)
const tallied = (contacts: readonly ContactFigures[]) => {
  const tally = transferTally(range)
  for (const contact of contacts) tally.add(contact)
  return tally
}

describe('a contact record', () => {
  it('says how and where to each time it was passed on', () => {
    expect(transfersOf(told, 'a')).toEqual([{ at: NINE + 60 * SECOND, by: 7, kind: 'attended', to: 'queue', toQueue: 'billing', toAgent: null }])
    expect(transfersOf(told, 'b')).toEqual([{ at: NINE + 90 * SECOND, by: 7, kind: 'blind', to: 'external', toQueue: null, toAgent: null }])
    expect(transfersOf(told, 'c')).toEqual([{ at: NINE + 90 * SECOND, by: 7, kind: null, to: 'agent', toQueue: null, toAgent: 8 }])
    expect(floorAfter(told).contacts({ ...range, contactId: 'd' })[0]).not.toHaveProperty('transfers')
  })

  it('says where the contact was seen next, where nobody names a destination; else nothing', () => {
    const silent = told.map((one) => (one.type === 'contact.transferred' ? { ...one, toQueueId: null, toAgent: null, toExternal: false } : one))
    expect(['a', 'b', 'c'].map((contactId) => transfersOf(silent, contactId).map(({ to, toQueue, toAgent }) => [to, toQueue, toAgent]))).toEqual([[['queue', 'billing', null]], [[null, null, null]], [['agent', null, 8]]])
  })

  it('is the same in any order, told twice, and from a base', () => {
    const twice = [...told, passOn('b', NINE + 92 * SECOND, { kind: null, toExternal: false })]
    const read = floorAfter(twice).contacts(range)
    expect(read.filter(({ contactId }) => contactId === 'b')).toMatchObject([{ transferred: true, transfers: [{ kind: 'blind', to: 'external' }] }])
    expect(floorAfter([...twice].reverse()).contacts(range)).toEqual(read)
    expect(floorFromBase(JSON.parse(JSON.stringify(floorAfter(twice).toBase()))).contacts(range)).toEqual(read)
  })

  it('counts them in columns; what nobody kept is empty, not 0', () => {
    const [plain] = floorAfter(told).contacts({ ...range, contactId: 'd' })
    const [passed] = floorAfter(told).contacts({ ...range, contactId: 'a' })
    if (plain === undefined || passed === undefined) throw new Error('no contact')
    expect([transferCounts(plain), transferCounts(passed)]).toEqual([
      { transfersBlind: 0, transfersAttended: 0, transfersInternal: 0, transfersExternal: 0, transferredToQueue: null },
      { transfersBlind: 0, transfersAttended: 1, transfersInternal: 1, transfersExternal: 0, transferredToQueue: 'billing' },
    ])
    const { transfers: _, ...before } = passed
    expect(transferCounts(before)).toEqual({ transfersBlind: null, transfersAttended: null, transfersInternal: null, transfersExternal: null, transferredToQueue: null })
  })
})

describe('transfers', () => {
  it('are shares of the parts that ended, by queue; of the whole a contact counts once', () => {
    const floor = floorAfter(told)
    const { rows, total } = tallied(floor.contacts(range))
    expect(rows()).toEqual([
      { queue: 'support', handled: 5, transferred: 3, rate: 3 / 5, blind: 1, attended: 1, unknownKind: 1, toQueue: 1, toAgent: 1, external: 1, unknownDestination: 0, mostTo: 'agent', mostToQueue: null, mostToTransfers: 1 },
      { queue: 'billing', handled: 1, transferred: 0, rate: 0, blind: 0, attended: 0, unknownKind: 0, toQueue: 0, toAgent: 0, external: 0, unknownDestination: 0, mostTo: null, mostToQueue: null, mostToTransfers: 0 },
    ])
    expect(rows()[0]).toMatchObject({ handled: floor.queue('support')?.today.handled, transferred: floor.queue('support')?.today.transferred })
    expect(total()).toEqual({ interactions: 4, transferred: 3, rate: 3 / 4 })
    expect(tallied([]).total().rate).toBeNull()
  })

  it('count what ended in the range, and a part that runs or wraps up not yet', () => {
    const running = floorAfter([...call('a', NINE), ...call('b', NINE), passOn('b', NINE + 49 * MINUTE, { kind: 'blind', toExternal: true })])
    expect([running.contacts(range).map(handledOf), tallied(running.contacts(range)).rows()]).toEqual([[0, 0], []])
    const late = transferTally({ from: range.from, to: instantOf(NINE + 95 * SECOND) })
    for (const contact of floorAfter(told).contacts(range)) late.add(contact)
    expect(late.rows()).toMatchObject([{ queue: 'support', handled: 2, transferred: 1 }])
  })
})
