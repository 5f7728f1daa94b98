import { describe, expect, it } from '@jest/globals'
import { heatMap } from '../../../server/domain/reports/heat-map.ts'
import { lostTally } from '../../../server/domain/reports/lost-reasons.ts'
import { normalRange, sameIntervalBefore } from '../../../server/domain/reports/normal-range.ts'
import { onTarget } from '../../../server/domain/reports/on-target.ts'
import { figureOf } from '../../../server/domain/reports/read-figure.ts'
import { trend } from '../../../server/domain/reports/trend.ts'
import { earlierQuarters } from '../../../server/domain/reports/compared.ts'
import { localTextOf } from '../../../server/domain/wall-clock.ts'
import { defaultQueueSettings } from '../../../server/domain/settings.ts'
import type { ContactFigures } from '../../../server/domain/contact-figures.ts'
import { businessDayOf, dateOf } from '../../../server/domain/business-day.ts'
import { HOUR, instantOf, isoOf, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { intervalFigures } from '../../support/interval-figures.ts'

const at = (text: string) => instantOf(Date.parse(text))
const london = { timeZone: 'Europe/London', startsAt: '00:00' }
const good = (answered: number, answeredInTarget: number) => ({ answered, answeredInTarget })

describe('a figure of several rows', () => {
  it('is the ratio of their sums, never a mean of ratios (R6)', () => {
    // 200 calls at 90 % and 10 at 20 %: 86.7 %, where the naive mean says 55 %.
    const rows = [intervalFigures(0, good(200, 180)), intervalFigures(0, good(10, 2), { queue: 'billing' })]
    expect(figureOf('serviceLevel', rows, 'V3')).toEqual({ value: 182 / 210, n: 210 })
  })
  it('has no value without a denominator, and none without rows', () => {
    expect(figureOf('serviceLevel', [intervalFigures(0)], 'V3')).toEqual({ value: null, n: 0 })
    expect([figureOf('offered', [], 'V3').value, figureOf('offered', [intervalFigures(0)], 'V3').value]).toEqual([null, 0])
  })
})

describe('the heat map', () => {
  const cells = (day: string) => {
    const { from, to } = businessDayOf(london, at(`${day}T12:00:00Z`))
    const rows = Array.from({ length: (to - from) / QUARTER_HOUR }, (_, i) => intervalFigures(from + i * QUARTER_HOUR, good(i + 1, i)))
    return { quarters: rows.length, cells: heatMap(rows, { metric: 'serviceLevel', variant: 'V3', day: london }) }
  }
  it.each([
    ['2026-06-10', 96, 48, 0],
    ['2026-03-29', 92, 46, 0],
    ['2026-10-25', 100, 50, 2],
  ])('of %s has %d quarter hours in %d cells, none double and none missing, %d of them in the repeated hour', (day, quarters, halves, repeated) => {
    const map = cells(day)
    expect([map.quarters, map.cells.length, map.cells.filter((cell) => cell.repeated).length]).toEqual([quarters, halves, repeated])
    expect(new Set(map.cells.map((cell) => `${cell.slot} ${cell.repeated}`)).size).toBe(halves)
    expect(new Set(map.cells.map((cell) => cell.day))).toEqual(new Set([day]))
    expect(map.cells.reduce((sum, { n }) => sum + n, 0)).toBe((quarters * (quarters + 1)) / 2)
  })
  it('says which cells stand on fewer than ten contacts', () => {
    const rows = [intervalFigures(at('2026-06-10T08:00:00Z'), good(5, 5)), intervalFigures(at('2026-06-10T08:15:00Z'), good(4, 4)), intervalFigures(at('2026-06-10T08:30:00Z'), good(10, 5))]
    expect(heatMap(rows, { metric: 'serviceLevel', variant: 'V3', day: london }).map(({ slot, n, value, thin }) => [slot, n, value, thin])).toEqual([
      ['09:00', 9, 1, true],
      ['09:30', 10, 0.5, false],
    ])
  })
  it('begins its days where the business day begins', () => {
    const rows = [intervalFigures(at('2026-06-10T04:30:00Z'), good(1, 1)), intervalFigures(at('2026-06-10T05:00:00Z'), good(1, 1))]
    expect(heatMap(rows, { metric: 'offered', variant: 'V3', day: { timeZone: 'Europe/London', startsAt: '06:00' } }).map(({ day, slot }) => [day, slot])).toEqual([
      ['2026-06-09', '05:30'],
      ['2026-06-10', '06:00'],
    ])
  })
})

describe('the trend', () => {
  it.each([
    // Clocks went back on 25 October and forward on 29 March: the same wall time lies 169 and 167 hours before.
    ['2026-10-28T09:00:00.000Z', '2026-10-21T08:00:00.000Z'],
    ['2026-03-31T08:00:00.000Z', '2026-03-24T09:00:00.000Z'],
    ['2026-06-10T08:00:00.000Z', '2026-06-03T08:00:00.000Z'],
  ])('compares %s with the same local time last week, %s', (now, then) => {
    const rows = [intervalFigures(at(now), good(10, 8)), intervalFigures(at(then), good(20, 10)), ...[2, 3, 4].map((week) => intervalFigures(sameIntervalBefore(at(now), 'Europe/London')[week - 1] ?? 0, good(10, week)))]
    const [point] = trend(rows, { metric: 'serviceLevel', variant: 'V3', timeZone: 'Europe/London', from: at(now), to: instantOf(at(now) + QUARTER_HOUR) })
    expect(point).toMatchObject({ value: 0.8, n: 10, lastWeek: { value: 0.5, n: 20 }, normal: { low: 0.2, middle: 0.35, high: 0.5, weeks: 4 } })
  })
  it('has nothing beside a quarter hour that the clock left out last week, and takes none of that week twice', () => {
    // London went from 01:00 to 02:00 on 29 March; Lord Howe from 02:00 to 02:30 on 4 October.
    const changes = [
      ['Europe/London', '2026-03-29T00:00:00Z', '2026-04-04T23:00:00Z', ['01:00', '01:15', '01:30', '01:45']],
      ['Australia/Lord_Howe', '2026-10-03T13:30:00Z', '2026-10-10T13:00:00Z', ['02:00', '02:15']],
    ] as const
    for (const [timeZone, midnight, weekLater, leftOut] of changes) {
      const from = at(weekLater)
      const night = (begin: number, quarters: number) => Array.from({ length: quarters }, (_, quarter) => intervalFigures(begin + quarter * QUARTER_HOUR, { offered: 1 }))
      const points = trend([...night(at(midnight), 16 - leftOut.length), ...night(from, 16)], { metric: 'offered', variant: 'V3', timeZone, from, to: instantOf(from + 4 * HOUR) })
      expect(points.filter(({ lastWeek }) => lastWeek.value === null).map((point) => localTextOf(point.from, timeZone).slice(11))).toEqual(leftOut)
      expect(points).toHaveLength(16)
    }
    // A window beside: what it touches of the hour that was left out is nothing.
    const beside = (begin: string, end: string) => earlierQuarters({ from: at(begin), to: at(end) }, 'Europe/London').slice(0, 1).map(({ from, to }) => [isoOf(from), isoOf(to)])
    expect(beside('2026-04-05T00:15:00Z', '2026-04-05T00:45:00Z')).toEqual([['2026-03-29T01:00:00.000Z', '2026-03-29T01:00:00.000Z']])
    expect(beside('2026-04-04T23:30:00Z', '2026-04-05T00:30:00Z')).toEqual([['2026-03-29T00:30:00.000Z', '2026-03-29T01:00:00.000Z']])
    // A business day that begins within it begins later, and is compared all the same.
    const day = trend([intervalFigures(at('2026-03-29T01:30:00Z'), { offered: 7 }), { ...intervalFigures(at('2026-04-05T00:30:00Z'), { offered: 1 }), to: at('2026-04-06T00:30:00Z') }], { metric: 'offered', variant: 'V3', timeZone: 'Europe/London', from: at('2026-04-05T00:00:00Z'), to: at('2026-04-06T00:00:00Z') })
    expect(day).toMatchObject([{ lastWeek: { value: 7 } }])
  })
  it('knows no range of fewer than two weeks', () => {
    expect([normalRange([null, 3, null, null]), normalRange([1, 3])]).toEqual([null, { low: 1, middle: 2, high: 3, weeks: 2 }])
    expect(sameIntervalBefore(at('2026-10-28T09:00:00Z'), 'Europe/London', 1).map(isoOf)).toEqual(['2026-10-21T08:00:00.000Z'])
    expect(dateOf(at('2026-10-25T00:30:00Z'), 'Europe/London')).toBe('2026-10-25')
  })
})

it('the share of intervals on target names the hour that a good average hides', () => {
  const { target } = defaultQueueSettings('UTC')
  const rows = [intervalFigures(0, good(90, 90)), intervalFigures(QUARTER_HOUR, good(10, 2)), intervalFigures(2 * QUARTER_HOUR), intervalFigures(3 * QUARTER_HOUR, good(5, 4))]
  const [row] = onTarget(rows, () => target)
  expect(row).toMatchObject({ queue: 'support', intervals: 3, onTarget: 2, share: 2 / 3, serviceLevel: { value: 96 / 105, n: 105 }, worst: { from: QUARTER_HOUR, value: 0.2, n: 10 } })
})

it('lost contacts are counted by how and why, with their share of all that came', () => {
  const contact = (outcome: ContactFigures['outcome'], waitMs: number | null, reason: string | null = null) => ({ queue: 'support', outcome, waitMs, reason }) as ContactFigures
  const tally = lostTally(() => defaultQueueSettings('UTC'))
  for (const one of [contact('answered', 1_000), contact('abandoned', 5_000), contact('abandoned', 20_000), contact('abandoned', 20_001), contact('abandoned', 90_000), contact('abandoned', 110_000), contact('flowed-out', 60_000, 'timeout'), contact('pending', null)]) tally.add(one)
  expect(tally.rows().map(({ outcome, reason, contacts, share, waitMsMean }) => [outcome, reason, contacts, share, waitMsMean])).toEqual([
    ['abandoned', 'long-wait', 2, 0.25, 100_000],
    ['abandoned', 'short', 1, 0.125, 5_000],
    ['abandoned', 'within-target', 1, 0.125, 20_000],
    ['abandoned', 'within-twice-target', 1, 0.125, 20_001],
    ['flowed-out', 'timeout', 1, 0.125, 60_000],
  ])
})
