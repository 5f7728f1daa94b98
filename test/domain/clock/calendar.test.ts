import { describe, expect, it } from '@jest/globals'
import { calendarOf } from '../../../server/domain/clock/calendar.ts'
import type { CalendarSettings } from '../../../server/domain/incident-settings.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { randomCalendar } from '../../support/random-calendar.ts'
import { freshSeed, seeded, type Random } from '../../support/seeded.ts'
import { dueByStepping, workingMinutes } from './oracle.ts'

const at = (iso: string) => instantOf(Date.parse(iso))
const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
const empty: CalendarSettings = { alwaysOpen: false, timeZone: 'Europe/London', week: {}, holidays: [], openings: [] }
const nineToFive = [{ from: '09:00', to: '17:00' }]
const service: CalendarSettings = { ...empty, week: { 1: nineToFive, 2: nineToFive, 3: nineToFive, 4: nineToFive, 5: nineToFive } }

describe('a service calendar', () => {
  const calendar = calendarOf(service)

  it('starts what is logged outside hours at the next opening', () => {
    expect(iso(calendar.addWorking(at('2026-11-21T12:00:00Z'), 3_600_000))).toBe('2026-11-23T10:00:00.000Z')
  })

  it('ends a target that exactly fills the day at its close', () => {
    expect(iso(calendar.addWorking(at('2026-11-23T09:00:00Z'), 8 * 3_600_000))).toBe('2026-11-23T17:00:00.000Z')
  })

  it('skips a holiday and honours a part-day one', () => {
    const holidays = calendarOf({ ...service, holidays: [{ date: '2026-12-25', from: null, to: null }, { date: '2026-12-24', from: '12:00', to: '24:00' }] })
    expect(iso(holidays.addWorking(at('2026-12-24T11:00:00Z'), 2 * 3_600_000))).toBe('2026-12-28T10:00:00.000Z')
  })

  it('lets a special opening win over week and holiday', () => {
    const opened = calendarOf({ ...service, holidays: [{ date: '2026-12-25', from: null, to: null }], openings: [{ date: '2026-12-25', from: '10:00', to: '12:00' }] })
    expect(iso(opened.nextWorking(at('2026-12-24T18:00:00Z')))).toBe('2026-12-25T10:00:00.000Z')
  })

  it('keeps the wall-clock time over business days', () => {
    expect(iso(calendar.addBusinessDays(at('2026-11-20T15:30:00Z'), 2))).toBe('2026-11-24T15:30:00.000Z')
  })

  it('counts business days of what is logged on a Sunday from Monday morning', () => {
    expect(iso(calendar.addBusinessDays(at('2026-11-22T15:30:00Z'), 2))).toBe('2026-11-25T09:00:00.000Z')
  })

  it('keeps the wall-clock time of a business day over the change of clocks', () => {
    expect(iso(calendar.addBusinessDays(at('2026-03-27T15:30:00Z'), 1))).toBe('2026-03-30T14:30:00.000Z')
  })

  it('says so when no working time comes for a year', () => {
    const shut = calendarOf(empty)
    expect(shut.nextWorking(at('2026-01-01T00:00:00Z'))).toBeNull()
    expect(shut.addWorking(at('2026-01-01T00:00:00Z'), 1)).toBeNull()
    expect(shut.addBusinessDays(at('2026-01-01T00:00:00Z'), 1)).toBeNull()
  })
})

describe('the change of clocks', () => {
  const night = { from: '00:00', to: '06:00' }
  const nights = (timeZone: string) => calendarOf({ ...empty, timeZone, week: { 1: [night], 2: [night], 3: [night], 4: [night], 5: [night], 6: [night], 7: [night] } })
  const pairs = [
    ['Europe/London', '2026-03-29', 5, '2026-10-25', 7],
    ['America/New_York', '2026-03-08', 5, '2026-11-01', 7],
    ['Australia/Lord_Howe', '2026-10-04', 5.5, '2026-04-05', 6.5],
  ] as const

  it.each(pairs)('holds real hours between midnight and six in %s', (timeZone, spring, springHours, autumn, autumnHours) => {
    const calendar = nights(timeZone)
    const dayOf = (date: string) => workingMinutes({ ...empty, timeZone, week: { 7: [night] } }, Date.parse(`${date}T00:00:00Z`), Date.parse(`${date}T12:00:00Z`))
    for (const [date, hours] of [[spring, springHours], [autumn, autumnHours]] as const) {
      const open = [...dayOf(date)].sort((a, b) => a - b).filter((minute) => Math.abs(minute * 60_000 - Date.parse(`${date}T00:00:00Z`)) < 86_400_000)
      const first = (open[0] ?? 0) * 60_000
      expect(calendar.workingBetween(instantOf(first), instantOf(first + 12 * 3_600_000))).toBe(hours * 3_600_000)
    }
  })
})

const zones = ['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo'] as const
/** Half of the starts lie within two days of a change of clocks in one of the zones. */
const changes = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z', '2026-10-03T15:30:00Z', '2026-04-04T15:00:00Z'].map(Date.parse)
const randomStart = (random: Random) => (random.chance(0.5) ? random.pick(changes) + random.int(-2_880, 2_880) * 60_000 : Date.parse('2026-01-01T00:00:00Z') + random.int(0, 500_000) * 60_000)

/** Each run walks some 40,000 minutes. */
const RUNS = Number(process.env['RUNS'] ?? 12)

describe('random calendars against a minute-by-minute walk', () => {
  const seed = freshSeed()
  it(`agree on deadlines and on working time between two instants (TEST_SEED=${seed})`, () => {
    const random = seeded(seed)
    for (let run = 0; run < RUNS; run += 1) {
      const start = randomStart(random)
      const settings = randomCalendar(random, start, random.pick(zones))
      const limit = start + 25 * 86_400_000
      const open = workingMinutes(settings, start, limit)
      const calendar = calendarOf(settings)
      const target = random.int(1, 3_000)
      const expected = dueByStepping(open, start, target, limit)
      const context = JSON.stringify({ run, settings, start: iso(start), target })
      if (expected !== null) expect([context, iso(calendar.addWorking(instantOf(start), target * 60_000))]).toEqual([context, iso(expected)])
      const end = start + random.int(0, 20 * 1_440) * 60_000
      const between = [...open].filter((minute) => minute * 60_000 >= start && minute * 60_000 < end).length
      expect([context, calendar.workingBetween(instantOf(start), instantOf(end)) / 60_000]).toEqual([context, between])
    }
  })
})
