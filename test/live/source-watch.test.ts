import { describe, expect, it } from '@jest/globals'
import type { SourceRow } from '../../server/contract/rows.ts'
import type { Floor } from '../../server/domain/floor.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { instantOf, isoOf, MINUTE } from '../../server/domain/time.ts'
import { worthTelling } from '../../server/live/source-rows.ts'
import { sourceWatch } from '../../server/live/source-watch.ts'
import { processTimers } from '../../server/live/timers.ts'
import { entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'

const S = 1_000
const LATER = NINE + 12 * MINUTE

/** A server that starts now: it knows of the sources what the floor holds. */
const seenOf = (floor: Floor) => {
  const replica = { site: 'test', floor, revision: () => `e.${floor.entry}`, onChange: () => () => undefined, onReload: () => () => undefined, waitFor: () => Promise.resolve(true), lag: () => ({ heardMsAgo: 0 }) }
  const watch = sourceWatch({ replica, keeperAliveAt: () => Promise.resolve(null), now: () => instantOf(LATER), timers: processTimers })
  return watch.rows().map(({ id, state, lastEventAt, lastAliveAt }) => [id, state, lastEventAt, lastAliveAt])
}

describe('sources after a restart of the server', () => {
  it('are all known, each with the moment of its last event, whatever ticked since', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(entryOf(NINE - 5 * S, [fact('contact.queued', NINE - 5 * S)]))
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE, { source: 'crm' })]))
    floor.apply(tickAt(LATER - MINUTE))
    const known = [['crm', 'live', isoOf(instantOf(NINE)), isoOf(instantOf(NINE))], ['events', 'live', isoOf(instantOf(NINE - 5 * S)), isoOf(instantOf(NINE - 5 * S))]]
    expect(seenOf(floor)).toEqual(known)
    expect(seenOf(floorFromBase(JSON.parse(JSON.stringify(floor.toBase()))))).toEqual(known)
  })
  it('that were never there are not told of', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(tickAt(NINE))
    expect(seenOf(floor)).toEqual([])
  })
})

it('tells a sign of life of a source with a beat of a second each second, and of others with their own beat', () => {
  const row = (aliveMs: number, beatMs: number): SourceRow => ({ id: 'a', platform: 'p', state: 'live', since: '2026-11-22T00:00:00.000Z', lastEventAt: null, lastAliveAt: new Date(1_000_000 + aliveMs).toISOString(), beatMs, detail: null })
  expect([[990, 1_000], [500, 1_000], [990, 200], [4_000, 5_000], [4_900, 5_000]].map(([gained = 0, beat = 0]) => worthTelling(row(0, beat), row(gained, beat)))).toEqual([true, false, true, false, true])
})
