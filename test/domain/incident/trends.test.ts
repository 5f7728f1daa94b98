import { describe, expect, it } from '@jest/globals'
import { beforeAfter, byKeyOf, trendOf, trendsOf, weeksKnown } from '../../../server/domain/incident/trends.ts'
import { DAY, instantOf } from '../../../server/domain/time.ts'
import { weekStarts } from '../../../server/domain/weeks.ts'
import { at } from '../../support/incident-story.ts'

const weeks = weekStarts(at('2026-11-25T12:00:00Z'), 'Europe/London', 14)
/** So many in each week, at noon of its second day. */
const told = (key: string, counts: readonly number[]) => counts.flatMap((count, week) => Array.from({ length: count }, () => ({ key, at: instantOf((weeks[week] ?? weeks[0] ?? 0) + 1.5 * DAY) })))

describe('weeks', () => {
  it('begin on Mondays by the clock of the site, across a change of the clocks', () => {
    expect(weekStarts(at('2026-11-25T12:00:00Z'), 'Europe/London', 6).map((start) => new Date(start).toISOString())).toEqual(['2026-10-18T23:00:00.000Z', '2026-10-26T00:00:00.000Z', '2026-11-02T00:00:00.000Z', '2026-11-09T00:00:00.000Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'])
  })
})

describe('a trend', () => {
  it('has limits of three roots of the mean of its whole weeks, and says which weeks lie beyond them', () => {
    const series = trendOf('technology', told('technology', [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 17, 9]), weeks)
    expect(series).toMatchObject({ total: 74, mean: 5, lower: 0 })
    expect(series.upper).toBeCloseTo(5 + 3 * Math.sqrt(5), 6)
    expect(series.signals.slice(12)).toEqual(['above', null])
  })

  it('says from the eighth week in a row on one side that something has changed', () => {
    const { signals } = trendOf('t', told('t', [6, 6, 6, 6, 6, 2, 2, 2, 2, 2, 2, 2, 2, 0]), weeks)
    expect(signals.slice(11, 13)).toEqual([null, 'shift-down'])
  })

  it('of few a week takes none for no change, and begins where logging began', () => {
    expect(trendOf('t', told('t', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]), weeks).signals.every((signal) => signal === null)).toBe(true)
    expect(weeksKnown(weeks, told('t', [0, 0, 0, 2, 1]), 4)).toEqual(weeks.slice(3))
    expect(weeksKnown(weeks, told('t', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), 4)).toEqual(weeks.slice(-4))
    expect(weeksKnown(weeks, told('t', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), 4, instantOf((weeks[10] ?? 0) + 1))).toEqual(weeks.slice(11))
    expect(weeksKnown(weeks, [], 4)).toEqual(weeks.slice(-4))
    expect(weeksKnown(weeks, [{ at: at('2020-01-01T00:00:00Z') }].map((one) => ({ key: 't', ...one })), 4)).toEqual(weeks)
  })

  it('shows the series with most in them first, and none that is empty', () => {
    const all = [...told('a', [1]), ...told('b', [3]), ...told('c', [2]), { key: 'long ago', at: at('2020-01-01T00:00:00Z') }]
    expect(trendsOf(byKeyOf(all), weeks, 2).map(({ key, total }) => [key, total])).toEqual([['b', 3], ['c', 2]])
  })
})

describe('an improvement', () => {
  const done = instantOf((weeks[8] ?? 0) + DAY)

  it('is judged by the whole weeks before and after the one in which it was done', () => {
    const better = trendOf('t', told('t', [9, 9, 9, 9, 9, 9, 9, 9, 5, 2, 2, 2, 2, 1]), weeks)
    expect(beforeAfter(better, weeks, done)).toEqual({ before: { weeks: 8, mean: 9 }, after: { weeks: 4, mean: 2 }, beyondChance: true })
    const same = trendOf('t', told('t', [9, 8, 9, 10, 9, 9, 9, 9, 9, 9, 8, 9, 9, 1]), weeks)
    expect(beforeAfter(same, weeks, done)).toMatchObject({ beyondChance: false })
  })

  it('is not judged while two whole weeks on each side are not there', () => {
    const series = trendOf('t', told('t', [1, 2, 1]), weeks)
    expect(beforeAfter(series, weeks, instantOf((weeks[11] ?? 0) + DAY))).toBeNull()
    expect(beforeAfter(series, weeks, at('2020-01-01T00:00:00Z'))).toBeNull()
  })
})
