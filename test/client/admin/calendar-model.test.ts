import { describe, expect, it } from '@jest/globals'
import { previewDays, rowsOfWeek, wallText, weekOfRows, type CalendarSection } from '../../../client/admin/calendar-model.ts'
import { defaultSettings, incidentSettingsOf } from '../../../server/contract/settings.ts'
import { calendarOf } from '../../../server/domain/clock/calendar.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { everySeed } from '../../support/seeded-random.ts'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const site = { id: 'north', name: 'North', timeZone: 'UTC' }
const engineOf = (calendar: CalendarSection) => {
  const settings = incidentSettingsOf({ ...defaultSettings, calendars: { own: calendar } }, site, 1).calendars['own']
  if (settings === undefined) throw new Error('no calendar')
  return calendarOf(settings)
}

describe('a week of the calendar editor', () => {
  it('is one line a run of equal days, and the same week again when read', () => {
    const week = weekOfRows(rowsOfWeek({ 'mon-fri': ['09:00-17:00'], sat: ['10:00-13:00'] }))
    expect(week).toEqual({ 'mon-fri': ['09:00-17:00'], sat: ['10:00-13:00'] })
  })
  it('lets a day named alone win over a range that holds it', () => {
    expect(rowsOfWeek({ 'mon-wed': ['09:00-17:00'], tue: ['12:00-14:00'] }).slice(0, 3)).toEqual([['09:00-17:00'], ['12:00-14:00'], ['09:00-17:00']])
  })
  it('keeps every row through the document, whatever was typed', () => {
    everySeed(200, (random) => {
      const rows = days.map(() => Array.from({ length: random.whole(0, 2) }, () => `${wallText(random.whole(0, 700))}-${wallText(random.whole(701, 1_439))}`))
      expect(rowsOfWeek(weekOfRows(rows))).toEqual(rows)
    })
  })
})

describe('the preview', () => {
  it('is the working time that the engine counts, on every day', () => {
    everySeed(120, (random) => {
      const hours = () => `${wallText(random.whole(0, 1_439))}-${wallText(random.whole(0, 1_439))}`
      const sound = (text: string) => text.slice(0, 5) !== text.slice(6)
      const week = Object.fromEntries(days.filter(() => random.chance(0.7)).map((day) => [day, Array.from({ length: random.whole(1, 2) }, hours).filter(sound)]))
      const date = () => `2026-11-${String(random.whole(23, 30)).padStart(2, '0')}`
      const calendar: CalendarSection = { week, holidays: random.chance(0.5) ? [date()] : [{ date: date(), from: '10:00', to: '15:00' }], openings: random.chance(0.5) ? [{ date: date(), from: '06:00', to: '07:30' }] : [] }
      const engine = engineOf(calendar)
      for (const day of previewDays(calendar, '2026-11-23', 7)) {
        const midnight = instantOf(Date.parse(`${day.date}T00:00:00Z`))
        const shown = day.open.reduce((sum, { from, to }) => sum + to - from, 0)
        expect({ date: day.date, minutes: shown, calendar }).toEqual({ date: day.date, minutes: engine.workingBetween(midnight, instantOf(midnight + 86_400_000)) / 60_000, calendar })
      }
    })
  })
  it('leaves half-typed hours out instead of failing', () => {
    expect(previewDays({ week: { mon: ['09:00-'] } }, '2026-11-23', 1)[0]?.open).toEqual([])
  })
})
