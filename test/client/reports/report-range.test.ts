import { describe, expect, it } from '@jest/globals'
import { localDate, localMinute, startOfDay } from '../../../client/format/local-days.ts'
import { earlier, rangeOf } from '../../../client/reports/report-range.ts'

const at = (iso: string): number => Date.parse(iso)
const iso = (instant: number): string => new Date(instant).toISOString()
const none = { from: '', to: '' }

describe('the days of a report', () => {
  it.each([
    ['Europe/London', '2026-03-29', '2026-03-29T00:00:00.000Z', 23],
    ['Europe/London', '2026-10-25', '2026-10-24T23:00:00.000Z', 25],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
    // The midnight of this day was skipped.
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00.000Z', 23],
  ])('of %s on %s begin and end with the local day', (zone, date, begins, hours) => {
    const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    expect(iso(startOfDay(date, zone))).toBe(begins)
    expect((startOfDay(next, zone) - startOfDay(date, zone)) / 3_600_000).toBe(hours)
  })
  it('are seven with today, and end now', () => {
    const range = rangeOf('week', at('2026-11-24T10:20:00Z'), 'Europe/London', none)
    expect([range.first, range.last, iso(range.from), iso(range.to)]).toEqual(['2026-11-18', '2026-11-24', '2026-11-18T00:00:00.000Z', '2026-11-24T10:20:00.000Z'])
  })
  it('may be chosen in either order', () => {
    expect(rangeOf('custom', at('2026-11-24T10:00:00Z'), 'UTC', { from: '2026-11-20', to: '2026-11-18' })).toMatchObject({ first: '2026-11-18', last: '2026-11-20' })
  })
})

describe('a comparison', () => {
  it('of an open day ends at the same wall time a week before, over a change of the clocks too', () => {
    const zone = 'Europe/London'
    const today = rangeOf('today', at('2026-10-26T10:20:00Z'), zone, none)
    const before = earlier(today, 7, zone)
    expect([iso(before.from), iso(before.to)]).toEqual(['2026-10-18T23:00:00.000Z', '2026-10-19T09:20:00.000Z'])
    expect([localDate(before.to, zone), localMinute(before.to, zone)]).toEqual(['2026-10-19', 620])
  })
  it('of closed days is whole days', () => {
    const before = earlier(rangeOf('yesterday', at('2026-11-24T10:20:00Z'), 'UTC', none), 1, 'UTC')
    expect([iso(before.from), iso(before.to)]).toEqual(['2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'])
  })
})
