import { describe, expect, it } from '@jest/globals'
import type { FloorBase } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import type { FloorSettings } from '../../server/domain/settings.ts'
import { instantOf } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, settingsEntry, tickAt, utcSettings } from '../support/fact-builders.ts'

const S = 1_000
const M = 60_000

const floorAfter = (facts: Parameters<typeof entriesOf>[0], settings = utcSettings()) => {
  const floor = createFloor('test', settings)
  for (const entry of entriesOf(facts)) floor.apply(entry)
  return floor
}

describe('a source that the settings drop', () => {
  const pbx = { platform: 'asterisk-queue-log', expectedEveryMs: null, agentHeartbeatMs: null, acw: null } as unknown as FloorSettings['sources'][string]
  const said = (at: number, connected: boolean): LogEntry => ({ id: `${at}-0`, at: instantOf(at), kind: 'source', status: { source: 'pbx', platform: 'asterisk-queue-log', connected, beatMs: 1_000, lastAliveAt: instantOf(at), detail: null } })

  it('is gone from the screens with its gap, whatever its link still says, and comes back when it goes on sending', () => {
    const floor = createFloor('test', utcSettings({}, { sources: { pbx } }))
    for (const entry of [said(NINE, true), entryOf(NINE, [fact('contact.queued', NINE, { source: 'pbx' })]), said(NINE + M, false)]) floor.apply(entry)
    expect(floor.sources()).toMatchObject([{ source: 'pbx', connected: false }])
    floor.apply(settingsEntry(NINE + 2 * M, utcSettings()))
    expect(floor.takeChanges()).toMatchObject({ sources: ['pbx'], urgent: true })
    for (const entry of [entryOf(NINE + 2 * M + S, [fact('contact.queued', NINE + 2 * M, { source: 'pbx', contactId: 'c2' })]), said(NINE + 2 * M + S, false)]) floor.apply(entry)
    const again = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase)
    for (const each of [floor, again]) {
      expect(each.sources()).toEqual([])
      expect(each.intervals({ from: NINE, to: (NINE + 15 * M) as typeof NINE, basis: 'outcome' })).toMatchObject([{ offered: 2 }])
      each.apply(entryOf(NINE + 4 * M, [fact('contact.queued', NINE + 4 * M, { source: 'pbx', contactId: 'c3' })]))
      expect(each.sources()).toMatchObject([{ source: 'pbx', connected: true }])
    }
  })

  it('is back when the settings name it again', () => {
    const floor = createFloor('test', utcSettings({}, { sources: { pbx } }))
    for (const entry of [said(NINE, true), settingsEntry(NINE + M, utcSettings()), settingsEntry(NINE + 2 * M, utcSettings({}, { sources: { pbx } })), said(NINE + 2 * M, true)]) floor.apply(entry)
    expect(floor.sources()).toMatchObject([{ source: 'pbx', connected: true }])
  })
})

describe('a contact on the floor', () => {
  it('waits, is answered, ends and is wrapped, and every figure follows', () => {
    const floor = createFloor('test', utcSettings())
    const [queued, answered, ended, wrapped] = entriesOf([
      fact('contact.queued', NINE),
      fact('contact.answered', NINE + 12_400, { waitMs: 12_400 }),
      fact('contact.ended', NINE + 252_400, { talkMs: 240_000, resolved: true }),
      fact('contact.wrapped', NINE + 280_000, { acwMs: 27_600 }),
    ])
    floor.apply(queued)
    expect(floor.queue('support')).toMatchObject({ waiting: 1, inProgress: 0, oldestWaitingSince: NINE, queueHealth: 1, today: { offered: 1, answered: 0, asaMs: null, serviceLevel: null } })
    floor.apply(answered)
    expect(floor.queue('support')).toMatchObject({ waiting: 0, inProgress: 1, oldestWaitingSince: null, queueHealth: null, today: { answered: 1, asaMs: 12_400, serviceLevel: 1, ahtMs: null }, now: { longestRunningSince: NINE + 12_400 } })
    expect(floor.agent(7)).toMatchObject({ state: 'on-contact', since: NINE + 12_400, contacts: ['c1'], queues: ['support'] })
    floor.apply(ended)
    expect(floor.queue('support')).toMatchObject({ inProgress: 0, inAcw: 1, today: { handled: 0, ahtMs: null, fcr: 1, fcrMethod: 'disposition' }, now: { ahtSoFarMs: 240_000 } })
    expect(floor.agent(7)).toMatchObject({ state: 'acw' })
    floor.apply(wrapped)
    expect(floor.queue('support')).toMatchObject({ inAcw: 0, today: { handled: 1, ahtMs: 267_600, talkMs: 240_000, holdMs: null, acwMs: 27_600, handleMsP50: expect.any(Number) } })
    expect(floor.agent(7)).toMatchObject({ state: 'available', since: NINE + 280_000, contacts: [], today: { handled: 1, ahtMs: 267_600 } })
  })

  it('books a 45-minute call where it arrives, is answered and ends', () => {
    const facts = [fact('contact.queued', NINE + 5 * M), fact('contact.answered', NINE + 5 * M + 10 * S), fact('contact.ended', NINE + 50 * M + 10 * S), fact('contact.wrapped', NINE + 51 * M)]
    const floor = createFloor('test', utcSettings())
    const entries = entriesOf(facts)
    entries.slice(0, 2).forEach((entry) => floor.apply(entry))
    floor.apply(tickAt(NINE + 30 * M))
    expect(floor.queue('support')?.now.ahtSoFarMs).toBe(30 * M - 5 * M - 10 * S)
    entries.slice(2).forEach((entry) => floor.apply(entry))
    floor.apply(tickAt(NINE + 60 * M))
    const rows = floor.intervals({ from: NINE, to: (NINE + 60 * M) as typeof NINE, basis: 'outcome' })
    expect(rows.filter((row) => row.offered + row.answered + row.handled > 0).map((row) => [(row.from - NINE) / M, row.offered, row.answered, row.handled, row.complete, row.revised])).toEqual([
      [0, 1, 1, 0, true, false],
      [45, 0, 0, 1, true, false],
    ])
    expect(floor.intervals({ from: NINE, to: (NINE + 60 * M) as typeof NINE, basis: 'arrival' })).toMatchObject([{ from: NINE, offered: 1, answered: 1, handled: 1, pending: 0, ahtMs: 45 * M + 50 * S, revised: false }])
  })

  it('counts a wait of exactly the target as within and shows it over the target a millisecond later', () => {
    const floor = floorAfter([fact('contact.queued', NINE)])
    expect(floor.nextTickAt()).toBe(NINE + 20 * S + 1)
    floor.apply(tickAt(NINE + 20 * S))
    expect(floor.queue('support')).toMatchObject({ queueHealth: 1 })
    floor.apply(tickAt(NINE + 20 * S + 1))
    expect(floor.queue('support')).toMatchObject({ queueHealth: 0, serviceLevelFloor: 0 })
    floor.apply(entryOf(NINE + 21 * S, [fact('contact.answered', NINE + 20 * S)]))
    expect(floor.queue('support')?.today).toMatchObject({ answered: 1, answeredInTarget: 1 })
  })
})
