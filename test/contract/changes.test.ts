import { describe, expect, it } from '@jest/globals'
import { applyChanges, tableStateOf } from '../../server/contract/changes.ts'
import { freshnessOf, worstOf } from '../../server/contract/freshness.ts'
import { tablesOfView } from '../../server/contract/messages.ts'

describe('applyChanges', () => {
  const before = tableStateOf({ queues: [{ queue: 'a', waiting: 1 }, { queue: 'b', waiting: 2 }], sources: [{ id: 'pbx', state: 'live' }] })

  it('replaces the rows that changed and keeps the identity of all others', () => {
    const after = applyChanges(before, { put: { queues: [{ queue: 'a', waiting: 3 }] }, gone: {} })
    expect(after.queues?.get('a')).toEqual({ queue: 'a', waiting: 3 })
    expect(after.queues?.get('b')).toBe(before.queues?.get('b'))
    expect(after.sources).toBe(before.sources)
    expect(before.queues?.get('a')).toEqual({ queue: 'a', waiting: 1 })
  })

  it('takes rows away and does not mind one that was never there', () => {
    const after = applyChanges(before, { put: {}, gone: { queues: ['b', 'never'], timeline: ['9'] } })
    expect([...(after.queues?.keys() ?? [])]).toEqual(['a'])
  })

  it('keeps a row that is both taken away and put: it moved', () => {
    const after = applyChanges(before, { put: { queues: [{ queue: 'b', waiting: 9 }] }, gone: { queues: ['b'] } })
    expect(after.queues?.get('b')).toEqual({ queue: 'b', waiting: 9 })
  })

  it('starts a table that it did not know', () => {
    expect(applyChanges({}, { put: { timeline: [{ seq: 1 }] }, gone: {} }).timeline?.get('1')).toEqual({ seq: 1 })
  })
})

describe('freshness of a source', () => {
  it.each([
    [10_000, 5_000, 'live'],
    [10_001, 5_000, 'late'],
    [25_000, 5_000, 'late'],
    [25_001, 5_000, 'stale'],
    [60_000, 5_000, 'stale'],
    [60_001, 5_000, 'unknown'],
    [60_000, 1_000, 'stale'],
    [60_001, 1_000, 'unknown'],
    [360_000, 30_000, 'stale'],
    [360_001, 30_000, 'unknown'],
    [10_000_000, null, 'live'],
  ] as const)('an age of %i ms with a beat of %s ms is %s', (age, beat, state) => {
    expect(freshnessOf(age, beat)).toBe(state)
  })

  it('of several sources the worst speaks', () => {
    expect(worstOf(['live', 'stale', 'late'])).toBe('stale')
    expect(worstOf([])).toBe('live')
  })
})

it('knows the tables of every view and no others', () => {
  expect(tablesOfView('incident:INC-2026-000123')).toEqual(['incidents', 'timeline', 'forecast'])
  expect(tablesOfView('status')).toEqual(['incidents'])
  for (const wrong of ['', '*', 'incident:', 'incident:../x', 'wall:', 'wall:A', 'floors', '__proto__', 'constructor']) expect(tablesOfView(wrong)).toBeNull()
})
