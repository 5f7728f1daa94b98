import { describe, expect, it } from '@jest/globals'
import type { Floor } from '../../server/domain/floor.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { instantOf, isoOf, MINUTE } from '../../server/domain/time.ts'
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
