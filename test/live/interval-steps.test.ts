import { describe, expect, it } from '@jest/globals'
import { businessDayOf } from '../../server/domain/business-day.ts'
import { instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import { localTextOf } from '../../server/domain/wall-clock.ts'
import { inSteps, type Step } from '../../server/live/interval-steps.ts'
import { utcSettings } from '../support/fact-builders.ts'
import { intervalFigures } from '../support/interval-figures.ts'

/** A day's quarter hours with one contact each, put together: begin and end of each row on the wall, and what it holds. */
const rowsOf = (timeZone: string, noon: string, step: Step) => {
  const { from, to } = businessDayOf({ timeZone, startsAt: '00:00' }, instantOf(Date.parse(noon)))
  const quarters = Array.from({ length: (to - from) / QUARTER_HOUR }, (_, i) => intervalFigures(from + i * QUARTER_HOUR, { offered: 1 }))
  const settings = { ...utcSettings().defaults, day: { timeZone, startsAt: '00:00' } }
  const wall = (at: number) => localTextOf(instantOf(at), timeZone).slice(11)
  return inSteps(quarters, { step, timeZone: null, asOf: to, settingsOf: () => settings }).map((row) => ({ begin: wall(row.from), end: wall(row.to), n: row.offered, whole: row.to - row.from === row.offered * QUARTER_HOUR }))
}

describe('hours of a day whose clock changes', () => {
  it.each([
    ['Europe/London', '2026-03-29T12:00:00Z', 23],
    ['Europe/London', '2026-10-25T12:00:00Z', 25],
    ['America/New_York', '2026-11-01T17:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-10-04T01:00:00Z', 24],
    ['Australia/Lord_Howe', '2026-04-05T01:00:00Z', 25],
  ])('of %s begin on the full hour of its wall, %s, and leave nothing out', (timeZone, noon, hours) => {
    const rows = rowsOf(timeZone, noon, '1h')
    expect(rows).toHaveLength(hours)
    expect(rows.every(({ whole }) => whole)).toBe(true)
    // Where a clock goes by half an hour, one row is half of an hour.
    const odd = rows.filter(({ begin, n }) => !begin.endsWith(':00') || n !== 4)
    expect(odd).toEqual(timeZone !== 'Australia/Lord_Howe' ? [] : noon.includes('-10-') ? [{ begin: '02:30', end: '03:00', n: 2, whole: true }] : [{ begin: '01:30', end: '02:00', n: 2, whole: true }])
    expect(rowsOf(timeZone, noon, '30m').every(({ begin, n }) => /:[03]0$/.test(begin) && n === 2)).toBe(true)
  })
})
