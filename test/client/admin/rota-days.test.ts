import { describe, expect, it } from '@jest/globals'
import { instantOfWall } from '../../../client/format/local-days.ts'
import { rotaDays, shadesOf, type RotaShift } from '../../../client/admin/rota-days.ts'
import { nextSunday } from '../../../client/admin/next-sunday.ts'
import { addDays, startOfDay } from '../../../client/format/local-days.ts'

const zone = 'Europe/London'
const shift = (from: string, to: string, person: string | null): RotaShift => ({ from, to, person: person === null ? null : { id: person, name: person }, by: person === null ? null : 'layer', layer: person === null ? null : 0 })
const dates = ['2026-03-28', '2026-03-29', '2026-03-30']
const starts = [...dates, addDays('2026-03-30', 1)].map((date) => startOfDay(date, zone))

describe('the band of a rota', () => {
  it('draws a shift over midnight on both of its days', () => {
    const [first, second] = rotaDays([shift('2026-03-28T18:00:00.000Z', '2026-03-29T05:00:00.000Z', 'sam')], dates, starts)
    expect(first?.pieces.map(({ from, to }) => [from, to])).toEqual([[0.75, 1]])
    // This day has 23 hours.
    expect(second?.pieces.map(({ from, to }) => [from, Math.round(to * 23)])).toEqual([[0, 5]])
  })
  it('leaves no time out and counts none twice, whatever the length of the day', () => {
    const shifts = [shift('2026-03-27T22:00:00.000Z', '2026-03-29T02:00:00.000Z', 'sam'), shift('2026-03-29T02:00:00.000Z', '2026-03-30T12:00:00.000Z', null), shift('2026-03-30T12:00:00.000Z', '2026-04-02T00:00:00.000Z', 'ada')]
    for (const { pieces } of rotaDays(shifts, dates, starts)) expect(pieces.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(1, 9)
  })
  it('gives a person one shade throughout', () => {
    expect([...shadesOf([shift('a', 'b', 'sam'), shift('b', 'c', null), shift('c', 'd', 'ada'), shift('d', 'e', 'sam')])]).toEqual([['sam', 0], ['ada', 1]])
  })
})

describe('the moment that the simulator proposes', () => {
  it.each([['2026-11-27T10:00:00Z', '2026-11-29T02:30'], ['2026-11-29T10:00:00Z', '2026-12-06T02:30'], ['2026-11-28T23:59:00Z', '2026-11-29T02:30']])('is the next Sunday after %s', (now, wall) => {
    expect(nextSunday(Date.parse(now), 'UTC')).toBe(wall)
  })
})

describe('a wall time', () => {
  it('is an instant of its zone, in winter, in summer and across a skipped hour', () => {
    expect(['2026-01-10T09:00', '2026-07-10T09:00', '2026-03-29T01:30', '2026-03-29T03:00'].map((text) => new Date(instantOfWall(text, 'Europe/London')).toISOString())).toEqual(['2026-01-10T09:00:00.000Z', '2026-07-10T08:00:00.000Z', '2026-03-29T01:30:00.000Z', '2026-03-29T02:00:00.000Z'])
  })
})
