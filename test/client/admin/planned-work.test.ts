import { describe, expect, it } from '@jest/globals'
import { asWall, keyOf, stateOfWork, workInOrder } from '../../../client/admin/planned-work.ts'

const at = (text: string): number => Date.parse(text)
const zone = 'Europe/London'

describe('planned work as a page shows it', () => {
  it('is ahead, on, and over by the wall clock of its zone, half-open', () => {
    const work = { from: '2026-07-01T23:30', to: '2026-07-02T01:00', publish: false }
    expect(['2026-07-01T22:29:59Z', '2026-07-01T22:30:00Z', '2026-07-01T23:59:59Z', '2026-07-02T00:00:00Z'].map((text) => stateOfWork(work, at(text), zone))).toEqual(['ahead', 'now', 'now', 'over'])
    expect(stateOfWork({ from: '2026-07-01T22:30:00Z', to: '2026-07-02T00:00:00Z', publish: false }, at('2026-07-01T22:30:00Z'), zone)).toBe('now')
  })
  it('comes again every week, over midnight too', () => {
    const work = { week: { sun: ['23:00-01:00'] }, publish: false }
    // 29 November 2026 is a Sunday.
    expect(['2026-11-29T22:59:00Z', '2026-11-29T23:00:00Z', '2026-11-30T00:59:00Z', '2026-11-30T01:00:00Z'].map((text) => stateOfWork(work, at(text), zone))).toEqual(['ahead', 'now', 'now', 'ahead'])
  })
  it('stands in order: what goes on, what comes next, what is over', () => {
    const works = { old: { from: '2026-01-01T10:00', to: '2026-01-01T11:00', publish: false }, later: { from: '2026-12-02T10:00', to: '2026-12-02T11:00', publish: false }, soon: { from: '2026-12-01T10:00', to: '2026-12-01T11:00', publish: false }, now: { from: '2026-11-28T10:00', to: '2026-11-28T14:00', publish: false } }
    expect(workInOrder(works, at('2026-11-28T12:00:00Z'), zone).map(([key]) => key)).toEqual(['now', 'soon', 'later', 'old'])
  })
  it('shows an instant as wall time, and makes a key of a name that is not taken', () => {
    expect(asWall('2026-07-01T22:30:00Z', zone)).toBe('2026-07-01T23:30')
    expect(asWall('2026-07-01T23:30', zone)).toBe('2026-07-01T23:30')
    expect(keyOf('Trunk swap, Leeds', ['trunk-swap-leeds'])).toBe('trunk-swap-leeds-2')
    expect(keyOf('…', [])).toBe('item')
  })
})
