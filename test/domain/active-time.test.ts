import { describe, expect, it } from '@jest/globals'
import type { Floor, FloorBase } from '../../server/domain/floor.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { folded, same } from '../support/fold-readings.ts'
import { everySeed, lawRuns, type Seeded } from '../support/seeded-random.ts'

const S = 1_000
const M = 60_000
const LONG = { from: instantOf(NINE - 24 * HOUR), to: instantOf(NINE + 200 * HOUR) }

interface Given {
  readonly agent?: number
  readonly from: number
  readonly to?: number
  readonly wrappedAt?: number
  readonly channel?: 'voice' | 'chat' | 'email'
}

/** A conversation in minutes after nine: queued when it is answered; without `to` it runs, without `wrappedAt` nobody tells of a wrap-up. */
const conversation = (contactId: string, { agent = 7, from, to, wrappedAt, channel = 'chat' }: Given): readonly Fact[] => {
  const contact = { contactId, queueId: channel === 'voice' ? 'calls' : channel, channel }
  const own = { ...contact, agent }
  return [
    fact('contact.queued', NINE + from * M, contact),
    fact('contact.answered', NINE + from * M, own),
    ...(to === undefined ? [] : [fact('contact.ended', NINE + to * M, own)]),
    ...(wrappedAt === undefined ? [] : [fact('contact.wrapped', NINE + wrappedAt * M, own)]),
  ]
}
const byTime = (facts: readonly Fact[]): readonly Fact[] => [...facts].sort((a, b) => a.occurredAt - b.occurredAt)
const activeOf = (floor: Floor): Readonly<Record<string, number | undefined>> => Object.fromEntries(floor.contacts(LONG).map(({ contactId, activeMs }) => [contactId, activeMs]))
const told = (...facts: readonly (readonly Fact[])[]): Floor => folded([...entriesOf(byTime(facts.flat())), tickAt(NINE + 3 * HOUR)])

describe('active time', () => {
  it('is handle time of whoever has one conversation after the other, wrap-up within the cap', () => {
    const floor = told(conversation('a', { from: 0, to: 4, wrappedAt: 5, channel: 'voice' }), conversation('b', { from: 5, to: 9, wrappedAt: 60, channel: 'voice' }), conversation('c', { agent: 8, from: 2, to: 6, channel: 'voice' }))
    expect(activeOf(floor)).toEqual({ a: 5 * M, b: 34 * M, c: 4 * M })
    expect(floor.queue('calls')?.today).toMatchObject({ handled: 3, ahtMs: floor.queue('calls')?.today.activeMs, activeMsTotal: 43 * M })
  })

  it('is shared by two chats while both are open', () => {
    // 0 to 10 and 5 to 15: five minutes alone each, five shared.
    const floor = told(conversation('a', { from: 0, to: 10, wrappedAt: 10 }), conversation('b', { from: 5, to: 15, wrappedAt: 15 }))
    expect(activeOf(floor)).toEqual({ a: 7.5 * M, b: 7.5 * M })
    expect(floor.queue('chat')?.today).toMatchObject({ handled: 2, ahtMs: 10 * M, activeMs: 7.5 * M, activeMsTotal: 15 * M, handleMsP50: expect.closeTo(10 * M, -4) })
    expect(floor.agent(7 as never)?.today).toMatchObject({ ahtMs: 10 * M, activeMs: 7.5 * M })
    expect(floor.explain({ metric: 'activeMs', queue: 'chat', window: 'today' })).toMatchObject({ numerator: 15 * M, denominator: 2, value: 7.5 * M, numeratorContacts: [{ contactId: 'a' }, { contactId: 'b' }] })
    expect(floor.explainAgent({ metric: 'activeMs', agent: 7 as never })).toMatchObject({ value: 7.5 * M })
  })

  it('of a chat that a call interrupts is half of the call, and the call the other half', () => {
    const floor = told(conversation('chat', { from: 0, to: 20, wrappedAt: 20 }), conversation('call', { from: 5, to: 14, wrappedAt: 15, channel: 'voice' }))
    expect(activeOf(floor)).toEqual({ chat: 15 * M, call: 5 * M })
    expect(floor.queue('chat')?.today).toMatchObject({ ahtMs: 20 * M, holdMs: null, activeMs: 15 * M })
    expect(floor.queue('calls')?.today).toMatchObject({ ahtMs: 10 * M, activeMs: 5 * M })
  })

  it('of a wrap-up that the next chat begins in is shared, though that chat was counted before the wrap-up ended', () => {
    const floor = told(conversation('a', { from: 0, to: 4, wrappedAt: 10 }), conversation('b', { from: 6, to: 8, wrappedAt: 8 }), conversation('c', { from: 8, to: 12, wrappedAt: 12 }))
    expect(activeOf(floor)).toEqual({ a: 8 * M, b: 1 * M, c: 3 * M })
    expect(floor.queue('chat')?.today.activeMsTotal).toBe(12 * M)
  })

  it('of a conversation whose wrap-up is never told ends with it, as handle time does', () => {
    expect(activeOf(told(conversation('a', { from: 0, to: 4, channel: 'voice' }), conversation('b', { from: 5, to: 9, channel: 'voice' })))).toEqual({ a: 4 * M, b: 4 * M })
  })

  it('takes the share of what the platform says that a conversation took', () => {
    const facts = [...conversation('a', { from: 0, to: 10 }), ...conversation('b', { from: 5, to: 15, wrappedAt: 15 })].map((each) => (each.type === 'contact.ended' && each.contactId === 'a' ? { ...each, talkMs: 480_000, holdMs: 0 } : each))
    expect(activeOf(told(facts))).toEqual({ a: 6 * M, b: 7.5 * M })
  })

  it('is put right in a closed interval by a late fact, which marks it as revised', () => {
    const [chat, call] = [conversation('chat', { from: 0, to: 10, wrappedAt: 10 }), conversation('call', { from: 2, to: 6, wrappedAt: 6, channel: 'voice' })]
    const floor = folded([...entriesOf(chat), tickAt(NINE + 2 * HOUR)])
    const row = () => floor.intervals({ ...LONG, basis: 'outcome', queue: 'chat' }).filter(({ handled }) => handled > 0).map(({ activeMsTotal, activeMs, ahtMs, revised }) => ({ activeMsTotal, activeMs, ahtMs, revised }))
    expect(row()).toEqual([{ activeMsTotal: 10 * M, activeMs: 10 * M, ahtMs: 10 * M, revised: false }])
    floor.takeChanges()
    floor.apply(entryOf(NINE + 2 * HOUR + S, call))
    expect(row()).toEqual([{ activeMsTotal: 8 * M, activeMs: 8 * M, ahtMs: 10 * M, revised: true }])
    expect(floor.takeChanges()).toMatchObject({ queues: expect.arrayContaining(['chat', 'calls']), agents: [7], intervals: expect.arrayContaining([expect.objectContaining({ queue: 'chat', from: NINE, basis: 'outcome' })]) })
    // The call turns out to have been somebody else's from the beginning.
    const other = folded([...entriesOf(chat), tickAt(NINE + 2 * HOUR), entryOf(NINE + 2 * HOUR + S, conversation('call', { agent: 9, from: 2, to: 6, wrappedAt: 6, channel: 'voice' }))])
    expect(activeOf(other)).toEqual({ chat: 10 * M, call: 4 * M })
  })

  it('completes a closed row that it changes in its own time, and marks it as little as any fact does that comes when it happens', () => {
    const facts = byTime([...conversation('a', { from: 0, to: 12, wrappedAt: 17 }), ...conversation('b', { from: 5, to: 14, wrappedAt: 14 })])
    const rows = (until: number) => folded([...entriesOf(facts.filter(({ occurredAt }) => occurredAt < until)), tickAt(until)]).intervals({ ...LONG, basis: 'outcome', queue: 'chat' }).filter(({ handled }) => handled > 0).map(({ activeMsTotal, revised }) => [activeMsTotal, revised])
    // Until a's wrap-up is told of it took from b as long as it talked.
    expect(rows(NINE + 16 * M + 30 * S)).toEqual([[(9 - 3.5) * M, false]])
    expect(rows(NINE + 30 * M)).toEqual([[(9 - 4.5) * M, false], [(17 - 4.5) * M, false]])
  })

  it('knows what was at once with a conversation that outlasts what the fold looks back to', () => {
    const mail = conversation('mail', { from: 0, to: 70 * 60, wrappedAt: 70 * 60, channel: 'email' })
    const calls = Array.from({ length: 69 }, (_, hour) => conversation(`c${hour}`, { from: hour * 60 + 10, to: hour * 60 + 29, wrappedAt: hour * 60 + 30, channel: 'voice' })).flat()
    const entries = entriesOf(byTime([...mail, ...calls]))
    const whole = folded(entries)
    expect(activeOf(whole)['mail']).toBe((70 * 60 - 69 * 10) * M)
    expect(activeOf(whole)['c0']).toBeUndefined()
    for (const part of [0.2, 0.75, 0.9]) {
      const cut = Math.floor(entries.length * part)
      const base = JSON.stringify(folded(entries.slice(0, cut)).toBase())
      expect(activeOf(folded(entries.slice(cut), floorFromBase(JSON.parse(base) as FloorBase)))['mail']).toBe((70 * 60 - 69 * 10) * M)
    }
  })

  it('is read anew from a base that was written before it was counted', () => {
    const floor = told(conversation('a', { from: 0, to: 10, wrappedAt: 10 }), conversation('b', { from: 5, to: 15, wrappedAt: 15 }))
    const base = JSON.parse(JSON.stringify(floor.toBase())) as FloorBase & { state: { sharesTime?: boolean; contacts: unknown[][][][][] } }
    delete base.state.sharesTime
    for (const contact of base.state.contacts.flat()) for (const leg of contact[2] ?? []) leg.length = 6
    const again = floorFromBase(base)
    expect([activeOf(again), again.queue('chat')?.today.activeMsTotal, again.agent(7 as never)?.today.activeMs]).toEqual([{ a: 7.5 * M, b: 7.5 * M }, 15 * M, 7.5 * M])
    expect(again.intervals({ ...LONG, basis: 'outcome' }).some(({ revised }) => revised)).toBe(false)
  })
})

/** Contacts of few agents, many at once: chats, calls between them, mails; wrap-ups that overlap, end late or are never told. */
const crowded = (random: Seeded): readonly Fact[] =>
  byTime(
    Array.from({ length: random.whole(2, 14) }, (_, index) => {
      const from = random.whole(0, 120)
      const to = from + random.whole(0, 40)
      return conversation(`c${index}`, { agent: random.whole(1, 2), from, ...(random.chance(0.9) ? { to } : {}), ...(random.chance(0.8) ? { wrappedAt: to + random.pick([0, 1, 5, 20, 45]) } : {}), channel: random.pick(['voice', 'chat', 'chat', 'email']) })
    }).flat(),
  )

/** Length of the union of stretches. */
const unionOf = (stretches: readonly (readonly [number, number])[]): number => {
  let [sum, end] = [0, -Infinity]
  for (const [from, to] of [...stretches].sort((a, b) => a[0] - b[0])) {
    sum += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return sum
}

describe('laws of active time', () => {
  const CAP = utcSettings().defaults.acwCapMs
  const END = NINE + 5 * HOUR

  it('over all conversations of an agent adds up to the time in which they had any', () => {
    everySeed(lawRuns(), (random) => {
      const floor = folded([...entriesOf(crowded(random)), tickAt(END)])
      const contacts = floor.contacts(LONG).filter(({ endedAt }) => endedAt !== null)
      const open = floor.contacts(LONG).filter(({ endedAt, answeredAt }) => endedAt === null && answeredAt !== null)
      // Whoever has a conversation that runs on shares with it as well: only without one all of the time is told.
      for (const agent of [1, 2].filter((number) => !open.some((contact) => contact.agent === number))) {
        const own = contacts.filter((contact) => contact.agent === agent)
        const union = unionOf(own.map(({ answeredAt, endedAt, wrappedAt }) => [answeredAt ?? 0, wrappedAt === null ? (endedAt ?? 0) : Math.min(wrappedAt, (endedAt ?? 0) + CAP)] as const))
        const sum = own.reduce((total, { activeMs }) => total + (activeMs ?? 0), 0)
        expect(Math.abs(sum - union)).toBeLessThanOrEqual(own.length)
        const today = floor.agent(agent as never)?.today
        if (own.length > 0) expect((today?.activeMs ?? 0) * (today?.handled ?? 0)).toBeCloseTo(sum, 3)
      }
      for (const { activeMs = 0, talkMs, holdMs, acwMs } of contacts) expect(activeMs).toBeLessThanOrEqual((talkMs ?? 0) + (holdMs ?? 0) + (acwMs ?? 0))
    })
  })

  const figures = (floor: Floor) => ({
    active: activeOf(floor),
    queues: [...floor.queueIds()].sort().map((id) => [floor.queue(id)?.now.activeMsTotal, floor.queue(id)?.today.activeMsTotal]),
    rows: (['outcome', 'arrival'] as const).map((basis) => floor.intervals({ ...LONG, basis }).filter(({ handled }) => handled > 0).map(({ queue, from, activeMsTotal, handled }) => [queue, from, activeMsTotal, handled]).sort()),
    agents: [1, 2].map((agent) => floor.agent(agent as never)?.today.activeMs),
  })

  it('is the same whatever came first, repeated, and in whatever entries', () => {
    everySeed(lawRuns(), (random) => {
      const facts = crowded(random)
      const ordered = figures(folded([...entriesOf(facts), tickAt(END)]))
      const shuffled = random.shuffle([...facts, ...facts.filter(() => random.chance(0.3))])
      same(figures(folded([entryOf(END, shuffled)])), ordered)
      same(figures(folded(shuffled.map((each) => entryOf(END, [each])))), ordered)
    })
  })

  it('is the same from a base at any entry as from the log, live and late facts mixed', () => {
    everySeed(lawRuns(), (random) => {
      const facts = crowded(random)
      const arriving = facts.map((each) => [each.occurredAt + (random.chance(0.2) ? random.whole(0, 3 * HOUR) : 0), each] as const).sort(([a], [b]) => a - b)
      const entries = [...arriving.map(([at, each]) => entryOf(at, [each])), tickAt(END + 3 * HOUR)]
      const whole = folded(entries)
      const cut = random.whole(0, entries.length)
      const base = JSON.stringify(folded(entries.slice(0, cut)).toBase())
      same(figures(folded(entries.slice(cut), floorFromBase(JSON.parse(base) as FloorBase))), figures(whole))
      same(figures(createdFrom(facts)), figures(whole))
    })
  })

  const createdFrom = (facts: readonly Fact[]): Floor => {
    const floor = createFloor('test', utcSettings())
    for (const entry of [...entriesOf(facts), tickAt(END + 3 * HOUR)]) floor.apply(entry)
    return floor
  }
})
