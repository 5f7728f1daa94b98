import { describe, expect, it } from '@jest/globals'
import { businessDayOf } from '../../server/domain/business-day.ts'
import { bucketOf, mergeSketches, percentileOf, valueOf } from '../../server/domain/kpi/percentile.ts'
import { queueHealth, serviceLevelDebt, serviceLevelFloor, serviceLevelOf, shareOf, SERVICE_LEVEL_VARIANTS } from '../../server/domain/kpi/service-level.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { HOUR, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, settingsEntry, tickAt, utcSettings } from '../support/fact-builders.ts'
import { everySeed } from '../support/seeded-random.ts'

const S = 1_000
const T = 20 * S

/** The hour of METRICS section 2: O = 100, A = 80 (A_T = 60), B = 15 (B_S = 6, B_T = 10), C = 3 (all within T), F = 2 (both later). */
const exampleHour = (): readonly Fact[] => {
  let next = 0
  const contact = (ends: Parameters<typeof fact>[0], wait: number): readonly Fact[] => {
    const contactId = `e${++next}`
    return [fact('contact.queued', NINE + next * 100, { contactId }), fact(ends, NINE + next * 100 + wait, { contactId, agent: next } as never)]
  }
  const many = (count: number, ends: Parameters<typeof fact>[0], wait: number) => Array.from({ length: count }, () => contact(ends, wait)).flat()
  return [...many(60, 'contact.answered', T), ...many(20, 'contact.answered', T + 1), ...many(6, 'contact.abandoned', 5 * S), ...many(4, 'contact.abandoned', T), ...many(5, 'contact.abandoned', 40 * S), ...many(3, 'contact.callback_requested', 10 * S), ...many(2, 'contact.left_queue', 60 * S)]
}
const inOrder = (facts: readonly Fact[]) => entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))

describe('the worked example of the service levels', () => {
  it('gives all seven variants, the floor with seven overdue contacts, and the debt', () => {
    const floor = createFloor('test', utcSettings())
    for (const entry of inOrder(exampleHour())) floor.apply(entry)
    const shown = (value: number | null | undefined): string => `${((value ?? Number.NaN) * 100).toFixed(1)} %`
    const levels = floor.queue('support')?.serviceLevels
    expect(SERVICE_LEVEL_VARIANTS.map((variant) => shown(levels?.[variant]))).toEqual(['75.0 %', '63.2 %', '67.4 %', '70.6 %', '72.2 %', '73.0 %', '60.0 %'])
    expect(floor.queue('support')).toMatchObject({ serviceLevelDebt: 56, today: { offered: 100, answered: 80, answeredInTarget: 60, abandoned: 15, shortAbandoned: 6, abandonedInTarget: 10, callbacks: 3, flowedOut: 2, serviceLevel: 60 / 89 } })
    const later = NINE + 600 * S
    floor.apply(entryOf(later, Array.from({ length: 7 }, (_, index) => fact('contact.queued', later, { contactId: `late${index}` }))))
    floor.apply(tickAt(later + T))
    expect(shown(floor.queue('support')?.serviceLevelFloor)).toBe('67.4 %')
    floor.apply(tickAt(later + T + 1))
    expect(shown(floor.queue('support')?.serviceLevelFloor)).toBe('62.5 %')
    const { value, numerator, denominator, formula, denominatorContacts } = floor.explain({ metric: 'serviceLevelFloor', queue: 'support', window: 'today' }) ?? {}
    expect({ value, numerator, denominator, formula, contacts: denominatorContacts?.length }).toEqual({ value: 60 / 96, numerator: 60, denominator: 96, formula: 'A_T / (A + B - B_S + P_T)', contacts: 96 })
  })

  it('explains each level by as many contacts as it counts', () => {
    const floor = createFloor('test', utcSettings())
    for (const entry of inOrder(exampleHour())) floor.apply(entry)
    for (const metric of [...SERVICE_LEVEL_VARIANTS, 'abandonRate', 'csat', 'repeatRate']) {
      const told = floor.explain({ metric, queue: 'support', window: 'today' })
      expect([told?.numeratorContacts.length, told?.denominatorContacts.length]).toEqual([told?.numerator, told?.denominator])
      expect(told?.value).toBe(told?.denominator === 0 ? null : (told?.numerator ?? 0) / (told?.denominator ?? 0))
    }
    expect(floor.explain({ metric: 'nonsense', queue: 'support', window: 'today' })).toBeNull()
    expect(floor.explain({ metric: 'waiting', queue: 'nowhere', window: 'now' })).toBeNull()
  })

  it('owes what integers owe, nothing when the target is met, and null where nothing helps', () => {
    expect(serviceLevelDebt({ numerator: 60, denominator: 89 }, { percent: 0.8 })).toBe(56)
    expect(serviceLevelDebt({ numerator: 80, denominator: 100 }, { percent: 0.8 })).toBe(0)
    expect(serviceLevelDebt({ numerator: 1, denominator: 2 }, { percent: 1 })).toBeNull()
    expect(serviceLevelDebt({ numerator: 0, denominator: 0 }, { percent: 0.8 })).toBeNull()
    everySeed(500, (random) => {
      const level = { numerator: random.whole(0, 200), denominator: 0 }
      level.denominator = level.numerator + random.whole(1, 200)
      const percent = random.whole(500, 999) / 1000
      const debt = serviceLevelDebt(level, { percent }) ?? Number.NaN
      const reached = (more: number): boolean => (level.numerator + more) * 1000 >= Math.round(percent * 1000) * (level.denominator + more)
      expect([reached(debt), debt === 0 || !reached(debt - 1)]).toEqual([true, true])
    })
  })

  it('is null, never zero or one, where nothing happened', () => {
    const floor = createFloor('test', utcSettings({}, { queues: { quiet: utcSettings().defaults } }))
    floor.apply(tickAt(NINE))
    const quiet = floor.queue('quiet')
    for (const block of [quiet?.now, quiet?.today]) expect(block).toMatchObject({ serviceLevel: null, asaMs: null, ahtMs: null, talkMs: null, holdMs: null, acwMs: null, abandonRate: null, occupancy: null, fcr: null, fcrMethod: null, csat: null, waitMsP50: null, handleMsP90: null })
    expect(quiet).toMatchObject({ oldestWaitingSince: null, serviceLevelFloor: null, serviceLevelDebt: null, queueHealth: null, today: { maxWaitMs: null, repeatRate: null } })
    expect(Object.values(quiet?.serviceLevels ?? {})).toEqual([null, null, null, null, null, null, null])
    expect(floor.nextTickAt()).not.toBe(NINE + 60 * S)
    expect(shareOf(serviceLevelOf('V1', { offered: 0, answered: 0, answeredInTarget: 0, abandoned: 0, shortAbandoned: 0, abandonedInTarget: 0, callbacksInTarget: 0, flowedOut: 0, flowedOutInTarget: 0 }))).toBeNull()
    expect([queueHealth(0, 0), serviceLevelFloor({ numerator: 0, denominator: 0 }, 0)]).toEqual([null, null])
  })
})

describe('percentiles from log buckets', () => {
  it('are within one percent, and of merged parts what they are of the whole', () => {
    everySeed(50, (random) => {
      const values = Array.from({ length: random.whole(1, 400) }, () => Math.floor(Math.exp(random.next() * 17)))
      const sketchOf = (some: readonly number[]): number[] => [...new Set(some.map(bucketOf))].sort((a, b) => a - b).flatMap((bucket) => [bucket, some.filter((value) => bucketOf(value) === bucket).length])
      const sorted = [...values].sort((a, b) => a - b)
      const cut = random.whole(0, values.length)
      const merged = mergeSketches([sketchOf(values.slice(0, cut)), sketchOf(values.slice(cut))])
      for (const share of [0.5, 0.9, 0.99]) {
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]
        expect(Math.abs((percentileOf(merged, share) ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.01)
      }
    })
    for (const ms of [0, 1, 63, 64, 127, 128, 12_345, 2 ** 27 - 1]) expect(Math.abs(valueOf(bucketOf(ms)) - ms)).toBeLessThanOrEqual(ms * 0.01)
  })
})

describe('the business day', () => {
  const london = { timeZone: 'Europe/London', startsAt: '00:00' }

  it('has 92 quarter hours when the clock goes forward and 100 when it goes back', () => {
    const quarters = (date: string): number => {
      const { from, to } = businessDayOf(london, instantOf(Date.parse(date)))
      return (to - from) / QUARTER_HOUR
    }
    expect([quarters('2026-03-29T12:00:00Z'), quarters('2026-10-25T12:00:00Z'), quarters('2026-11-20T12:00:00Z')]).toEqual([92, 100, 96])
    expect(businessDayOf({ timeZone: 'Australia/Lord_Howe', startsAt: '06:00' }, instantOf(Date.parse('2026-10-03T21:00:00Z')))).toEqual({ from: Date.parse('2026-10-03T19:00:00Z'), to: Date.parse('2026-10-04T19:00:00Z') })
  })

  it('closes at the old boundary by the clock alone when its start was changed, and never lasts 26 hours', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE), fact('contact.abandoned', NINE + 30 * S)]))
    floor.apply(settingsEntry(NINE + 3 * HOUR, utcSettings({ day: { timeZone: 'UTC', startsAt: '06:00' } }, { version: 1 })))
    expect(floor.queue('support')?.today).toMatchObject({ dayStartedAt: NINE - 9 * HOUR, abandoned: 1 })
    expect(floor.nextTickAt()).toBeLessThanOrEqual(NINE + 15 * HOUR)
    floor.apply(tickAt(NINE + 15 * HOUR))
    expect(floor.queue('support')?.today).toMatchObject({ dayStartedAt: NINE + 15 * HOUR, abandoned: 0 })
    floor.apply(tickAt(NINE + 21 * HOUR))
    expect(floor.queue('support')?.today.dayStartedAt).toBe(NINE + 21 * HOUR)
    floor.apply(tickAt(NINE + 45 * HOUR))
    expect(floor.queue('support')?.today.dayStartedAt).toBe(NINE + 45 * HOUR)
  })
})

describe('settings', () => {
  it('judge a contact by the version that held when it came, forward only', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE), fact('contact.answered', NINE + 25 * S)]))
    floor.apply(settingsEntry(NINE + 60 * S, utcSettings({ target: { percent: 0.8, withinMs: 30 * S, variant: 'V1' } }, { version: 1 })))
    floor.apply(entryOf(NINE + 90 * S, [fact('contact.queued', NINE + 61 * S, { contactId: 'c2' }), fact('contact.answered', NINE + 86 * S, { contactId: 'c2' })]))
    expect(floor.queue('support')).toMatchObject({ target: { withinMs: 30 * S, variant: 'V1' }, today: { answered: 2, answeredInTarget: 1 } })
  })
})

describe('agents', () => {
  it('are one each in the site total however many queues they serve', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(entryOf(NINE, [fact('agent.state', NINE, { queues: ['support', 'billing', 'sales'] }), fact('agent.state', NINE, { agent: 8, state: 'aux', reason: 'Lunch', queues: ['sales'] })]))
    expect(['support', 'billing', 'sales'].map((queue) => floor.queue(queue)?.available)).toEqual([1, 1, 1])
    expect(floor.totals()).toMatchObject({ available: 1, staffed: 1, signedIn: 2 })
    expect(floor.totals(['support', 'billing'])).toMatchObject({ available: 1, staffed: 1, signedIn: 1 })
    floor.apply(tickAt(NINE + 600 * S))
    expect(floor.totals().now).toMatchObject({ handlingMsTotal: 0, availableMsTotal: 600 * S, occupancy: 0 })
  })

  it('keep the time of a repeated pause, and a new reason starts only the reason', () => {
    const floor = createFloor('test', utcSettings())
    const pause = (at: number, reason: string) => entryOf(at, [fact('agent.state', at, { state: 'aux', reason })])
    floor.apply(pause(NINE, 'Lunch'))
    floor.apply(pause(NINE + 60 * S, 'Lunch'))
    expect(floor.agent(7)).toMatchObject({ state: 'aux', since: NINE, reason: 'Lunch', reasonSince: NINE })
    floor.apply(pause(NINE + 90 * S, 'Training'))
    expect(floor.agent(7)).toMatchObject({ state: 'aux', since: NINE, reason: 'Training', reasonSince: NINE + 90 * S })
  })

  it('become unreachable when a source with a heartbeat falls silent, by the clock alone', () => {
    const floor = createFloor('test', utcSettings({}, { sources: { crm: { platform: 'amazon-connect', acw: null, expectedEveryMs: null, agentHeartbeatMs: 120 * S } } }))
    floor.apply(entryOf(NINE, [fact('agent.state', NINE, { source: 'crm', queues: ['support'] }), fact('agent.state', NINE, { agent: 8, queues: ['support'] })]))
    floor.apply(tickAt(NINE + 300 * S - 1))
    expect(floor.queue('support')?.available).toBe(2)
    floor.apply(tickAt(NINE + 300 * S))
    expect([floor.agent(7)?.state, floor.agent(8)?.state, floor.queue('support')?.available, floor.totals().signedIn]).toEqual(['unreachable', 'available', 1, 1])
    floor.apply(entryOf(NINE + 400 * S, [fact('agent.state', NINE + 400 * S, { source: 'crm' })]))
    expect(floor.agent(7)?.state).toBe('available')
  })

  it('are not judged by their heartbeats while their own source is silent or cut, and are again once it is heard', () => {
    const floor = createFloor('test', utcSettings({}, { sources: { crm: { platform: 'events', acw: null, expectedEveryMs: 5 * S, agentHeartbeatMs: 10 * S }, pbx: { platform: 'events', acw: null, expectedEveryMs: null, agentHeartbeatMs: 10 * S } } }))
    const beat = (at: number, agent: number, source = 'crm') => floor.apply(entryOf(at, [fact('agent.state', at, { source, agent: agent as never, queues: ['support'] })]))
    const states = () => [7, 8, 9].map((agent) => floor.agent(agent as never)?.state)
    beat(NINE, 7)
    beat(NINE, 9, 'pbx')
    floor.apply({ kind: 'source', status: { source: 'pbx', platform: 'events', connected: false, beatMs: null, lastAliveAt: instantOf(NINE + S), detail: 'cut' }, id: '9-9', at: instantOf(NINE + S) })
    beat(NINE + 6 * S, 8)
    floor.apply(tickAt(NINE + 600 * S))
    expect([states(), floor.queue('support')?.staffed]).toEqual([['available', 'available', 'available'], 3])
    for (let at = NINE + 601 * S; at < NINE + 660 * S; at += 4 * S) {
      beat(at, 8)
      floor.apply(tickAt(at + 3 * S))
      expect([at, ...states()]).toEqual([at, at + 3 * S < NINE + 626 * S ? 'available' : 'unreachable', 'available', 'available'])
    }
  })

  it('leave wrap-up when its cap has passed, and the contact counts where it ended', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(entryOf(NINE + 70 * S, [fact('contact.queued', NINE), fact('contact.answered', NINE + 10 * S), fact('contact.ended', NINE + 70 * S)]))
    expect(floor.agent(7)?.state).toBe('acw')
    floor.apply(tickAt(NINE + 70 * S + 1_800 * S))
    expect([floor.agent(7)?.state, floor.queue('support')?.inAcw, floor.queue('support')?.today.handled, floor.queue('support')?.today.acwMs]).toEqual(['available', 0, 1, null])
    expect(floor.intervals({ from: NINE, to: instantOf(NINE + QUARTER_HOUR), basis: 'outcome' })[0]).toMatchObject({ handled: 1, revised: true })
  })
})

describe('sources', () => {
  it('that restart close what stood open; a lost link leaves the interval incomplete; a snapshot repairs', () => {
    const floor = createFloor('test', utcSettings())
    const of = { source: 'pbx' }
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE, of), fact('contact.queued', NINE, { ...of, contactId: 'c2' }), fact('contact.answered', NINE + 1, { ...of, contactId: 'c2' })]))
    floor.apply(entryOf(NINE + 10 * S, [fact('source.reset', NINE + 10 * S, { ...of, reason: 'restart' })]))
    expect(floor.queue('support')).toMatchObject({ waiting: 0, inProgress: 0, today: { offered: 2, answered: 1, systemEnded: 1 } })
    expect(floor.agent(7)?.state).toBe('offline')
    floor.apply(entryOf(NINE + 20 * S, [fact('contact.queued', NINE + 20 * S, { ...of, contactId: 'c3' })]))
    floor.apply(entryOf(NINE + 60 * S, [fact('source.reset', NINE + 60 * S, { ...of, reason: 'link' })]))
    floor.apply(entryOf(NINE + 90 * S, [fact('source.snapshot', NINE + 90 * S, { ...of, queues: ['support'], waiting: [{ contactId: 'c4', queueId: 'support', enqueuedAt: instantOf(NINE + 70 * S), position: 1 }], agents: [{ agent: 9, state: 'available', reason: null, since: null, queues: ['support'] }] })]))
    expect(floor.queue('support')).toMatchObject({ waiting: 1, oldestWaitingSince: NINE + 70 * S, available: 1 })
    floor.apply(tickAt(NINE + QUARTER_HOUR))
    expect(floor.intervals({ from: NINE, to: instantOf(NINE + QUARTER_HOUR), basis: 'outcome' })[0]).toMatchObject({ complete: false, offered: 4, systemEnded: 2, pending: 1 })
    floor.apply(entryOf(NINE + QUARTER_HOUR + S, [fact('contact.abandoned', NINE + 50 * S, { ...of, contactId: 'c3', waitMs: 30 * S })]))
    expect(floor.queue('support')?.today).toMatchObject({ systemEnded: 1, abandoned: 1, abandonWaitMsTotal: 30 * S })
  })

  it('that read all that was said while they were away leave no gap, however quiet it was', () => {
    const floor = createFloor('test', utcSettings())
    const status = (at: number, connected: boolean, wholeSince?: number) => floor.apply({ kind: 'source', status: { source: 'log', platform: 'asterisk-queue-log', connected, beatMs: S, lastAliveAt: instantOf(at), detail: null, ...(wholeSince === undefined ? {} : { wholeSince: instantOf(wholeSince) }) }, id: `${at}-0`, at: instantOf(at) })
    const complete = () => [0, 1].map((n) => floor.intervals({ from: instantOf(NINE + n * QUARTER_HOUR), to: instantOf(NINE + (n + 1) * QUARTER_HOUR), basis: 'outcome' })[0]?.complete)
    status(NINE, true)
    floor.apply(entryOf(NINE + S, [fact('contact.queued', NINE + S, { source: 'log' })]))
    status(NINE + 60 * S, false)
    floor.apply(tickAt(NINE + QUARTER_HOUR + S))
    expect(complete()[0]).toBe(false)
    status(NINE + QUARTER_HOUR + 60 * S, true)
    expect(complete()[0]).toBe(false)
    // Cut meanwhile: only what came since the cut is whole.
    status(NINE + QUARTER_HOUR + 61 * S, true, NINE + 90 * S)
    expect(complete()[0]).toBe(false)
    floor.takeChanges()
    status(NINE + QUARTER_HOUR + 62 * S, true, 0)
    expect(complete()[0]).toBe(true)
    expect(floor.takeChanges().intervals.some(({ from, basis }) => from === NINE && basis === 'outcome')).toBe(true)
  })

  it('that told of other times fill no gap; once they have told of its end, the interval is complete', () => {
    const floor = createFloor('test', utcSettings())
    const complete = () => floor.intervals({ from: NINE, to: instantOf(NINE + QUARTER_HOUR), basis: 'outcome' })[0]?.complete
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE, { source: 'pbx' }), fact('contact.queued', NINE - 60 * S, { source: 'file', contactId: 'c0' })]))
    floor.apply(entryOf(NINE + 60 * S, [fact('source.reset', NINE + 60 * S, { source: 'pbx', reason: 'link' })]))
    floor.apply(entryOf(NINE + 600 * S, [fact('source.snapshot', NINE + 600 * S, { source: 'pbx', queues: [], waiting: [], agents: [] })]))
    floor.apply(tickAt(NINE + QUARTER_HOUR))
    expect(complete()).toBe(false)
    floor.apply(entryOf(NINE + QUARTER_HOUR + S, [fact('contact.queued', NINE + 500 * S, { source: 'file', contactId: 'c2' })]))
    expect(complete()).toBe(false)
    floor.apply(entryOf(NINE + QUARTER_HOUR + 2 * S, [fact('contact.abandoned', NINE + 620 * S, { source: 'file', contactId: 'c2' })]))
    expect(complete()).toBe(true)
    expect(floorFromBase(JSON.parse(JSON.stringify(floor.toBase()))).intervals({ from: NINE, to: instantOf(NINE + QUARTER_HOUR), basis: 'outcome' })[0]?.complete).toBe(true)
  })
})
