import { describe, expect, it } from '@jest/globals'
import type { ContactFigures } from '../../../server/domain/contact-figures.ts'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { handledOf, transferCounts, transferTally } from '../../../server/domain/reports/transfers.ts'
import { DAY, HOUR, instantOf, MINUTE, SECOND } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'
import { folded } from '../../support/fold-readings.ts'
import { randomDay } from '../../support/random-day.ts'
import { everySeed, type Seeded } from '../../support/seeded-random.ts'

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
/** Calls that agents pass to one another, up to four times, some of them hours later; not all say that they are wrapped up. */
const passedAlong = (random: Seeded, calls: number): readonly Fact[] =>
  Array.from({ length: calls }, (_, n) => {
    const contactId = `along${n}`
    let [at, agent] = [NINE + random.whole(0, 180) * MINUTE + SECOND, 20]
    const facts: Fact[] = [fact('contact.queued', at, { contactId })]
    for (let left = random.whole(0, 4); left >= 0; left--, agent++) {
      facts.push(fact('contact.answered', (at += SECOND), { contactId, agent }))
      at += random.whole(1, 90) * MINUTE
      facts.push(left === 0 ? fact('contact.ended', at, { contactId, agent }) : fact('contact.transferred', at, { contactId, agent, toAgent: agent + 1, kind: random.pick<'blind' | 'attended'>(['blind', 'attended']) }))
      if (random.chance(0.7)) facts.push(fact('contact.wrapped', at + random.whole(1, 200) * SECOND, { contactId, agent, acwMs: SECOND }))
    }
    return facts
  }).flat()
const transfersOf = (facts: readonly Fact[], contactId: string) => floorAfter(facts).contacts({ ...range, contactId }).flatMap(({ transfers = [] }) => transfers)
const tallied = (contacts: readonly ContactFigures[]) => {
  const tally = transferTally(range)
  for (const contact of contacts) tally.add(contact)
  return tally
}

describe('a contact record', () => {
  it('says how and where to each time it was passed on', () => {
    expect(transfersOf(told, 'a')).toEqual([{ at: NINE + 60 * SECOND, handledAt: NINE + 65 * SECOND, by: 7, kind: 'attended', to: 'queue', toQueue: 'billing', toAgent: null }])
    expect(transfersOf(told, 'b')).toEqual([{ at: NINE + 90 * SECOND, handledAt: NINE + 95 * SECOND, by: 7, kind: 'blind', to: 'external', toQueue: null, toAgent: null }])
    expect(transfersOf(told, 'c')).toEqual([{ at: NINE + 90 * SECOND, handledAt: NINE + 95 * SECOND, by: 7, kind: null, to: 'agent', toQueue: null, toAgent: 8 }])
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

  it('are booked each where its own part ended, whatever part of the visit goes on: a conversation that is passed on today is not one of the day it ends', () => {
    const contacts = floorAfter(told).contacts({ ...range, contactId: 'c' })
    const within = (fromMs: number, toMs: number) => {
      const tally = transferTally({ from: instantOf(NINE + fromMs), to: instantOf(NINE + toMs) })
      for (const contact of contacts) tally.add(contact)
      return [tally.rows().map(({ handled, transferred, toAgent }) => [handled, transferred, toAgent]), tally.total()]
    }
    expect(within(0, 100 * SECOND)).toEqual([[[1, 1, 1]], { interactions: 1, transferred: 1, rate: 1 }])
    expect(within(100 * SECOND, 200 * SECOND)).toEqual([[[1, 0, 0]], { interactions: 1, transferred: 0, rate: 0 }])
    // Records that were kept before ends of parts were: where the visit ended.
    const kept = contacts.map(({ handledAt: _, transfers = [], ...rest }) => ({ ...rest, transfers: transfers.map(({ handledAt: _at, ...transfer }) => transfer) }))
    const old = transferTally({ from: instantOf(NINE + 100 * SECOND), to: range.to })
    for (const contact of kept) old.add(contact)
    expect(old.rows()).toMatchObject([{ handled: 2, transferred: 1 }])
  })

  it('of each quarter hour are what the queue counted in it', () => {
    everySeed(4, (random) => {
      const floor = folded([...entriesOf([...randomDay(random, { contacts: 20, spanMs: 3 * HOUR }), ...passedAlong(random, 20)]), tickAt(NINE + 12 * HOUR)])
      const contacts = floor.contacts({ from: instantOf(NINE - HOUR), to: floor.asOf })
      const all = { from: instantOf(NINE - HOUR), to: floor.asOf, basis: 'outcome' } as const
      const counted = floor.intervals(all).filter(({ handled }) => handled !== 0)
      const sums = new Map<string, number[]>()
      for (const { from, queue, handled, transferred } of counted) {
        const key = `${from} ${queue}`
        const known = sums.get(key) ?? [0, 0]
        sums.set(key, [(known[0] ?? 0) + handled, (known[1] ?? 0) + (transferred ?? 0)])
      }
      const found = new Map<string, number[]>()
      for (let from = NINE - HOUR; from < floor.asOf; from += 15 * MINUTE) {
        const tally = transferTally({ from: instantOf(from), to: instantOf(from + 15 * MINUTE) })
        for (const contact of contacts) tally.add(contact)
        for (const { queue, handled, transferred } of tally.rows()) found.set(`${from} ${queue}`, [handled, transferred])
      }
      expect([...found].sort()).toEqual([...sums].sort())
    })
  })

  it('of one interaction are one, and a contact that comes under its id long after it was over is another', () => {
    const tally = transferTally({ from: NINE, to: instantOf(NINE + 30 * DAY) })
    const [first] = floorAfter(told).contacts({ ...range, contactId: 'b' })
    if (first === undefined) throw new Error('no contact')
    const visit = (day: number, rootContactId: string | null = null): ContactFigures => {
      const [queuedAt, over] = [instantOf(NINE + day * DAY), instantOf(NINE + day * DAY + MINUTE)]
      return { ...first, contactId: `b${day}`, rootContactId, queuedAt, answeredAt: queuedAt, endedAt: over, wrappedAt: over, transfers: (first.transfers ?? []).map((transfer) => ({ ...transfer, at: over, handledAt: over })) }
    }
    for (const contact of [visit(0), visit(2, 'b0'), visit(4, 'b0'), visit(8, 'b0')]) tally.add(contact)
    expect(tally.total()).toMatchObject({ interactions: 2, transferred: 2 })
  })
})
