import { describe, expect, it } from '@jest/globals'
import ICAL from 'ical.js'
import { instantOf } from '../../server/domain/time.ts'
import { calendarOfShifts, shiftsOfCalendar } from '../../server/incidents/rota-calendar.ts'

const at = (iso: string) => instantOf(Date.parse(iso))
const from = at('2026-03-01T00:00:00Z')
const to = at('2026-05-01T00:00:00Z')
const file = (...lines: readonly string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n')

describe('a calendar file of a rota', () => {
  const shifts = [
    { from: at('2026-03-29T00:00:00Z'), to: at('2026-03-29T23:00:00Z'), person: 'ann', by: 'layer', layer: 1 },
    { from: at('2026-03-29T23:00:00Z'), to: at('2026-03-30T23:00:00Z'), person: null, by: null, layer: null },
    { from: at('2026-03-30T23:00:00Z'), to: at('2026-03-31T23:00:00Z'), person: 'bob', by: 'override', layer: null },
  ] as const

  it('holds every shift that somebody has, and reads back as what it was', () => {
    const text = calendarOfShifts({ id: 'duty', name: 'Duty', shifts, nameOf: (key) => ({ ann: 'Ann Ash', bob: 'Bob Bell' })[key] ?? key, madeAt: from })
    expect(new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent')).toHaveLength(2)
    expect(shiftsOfCalendar(text, from, to)).toEqual({ skipped: 0, shifts: [{ summary: 'Duty: Ann Ash', from: shifts[0].from, to: shifts[0].to }, { summary: 'Duty: Bob Bell', from: shifts[2].from, to: shifts[2].to }] })
  })

  it('that repeats is unrolled in its own zone over the change of clocks', () => {
    const zone = ['BEGIN:VTIMEZONE', 'TZID:Europe/London', 'BEGIN:DAYLIGHT', 'DTSTART:19810329T010000', 'TZOFFSETFROM:+0000', 'TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:DAYLIGHT', 'BEGIN:STANDARD', 'DTSTART:19961027T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD', 'END:VTIMEZONE']
    const read = shiftsOfCalendar(file(...zone, 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:ann', 'DTSTART;TZID=Europe/London:20260328T090000', 'DTEND;TZID=Europe/London:20260328T170000', 'RRULE:FREQ=DAILY;COUNT=3', 'END:VEVENT'), from, to)
    expect(read?.shifts.map((shift) => new Date(shift.from).toISOString())).toEqual(['2026-03-28T09:00:00.000Z', '2026-03-29T08:00:00.000Z', '2026-03-30T08:00:00.000Z'])
  })

  it('leaves out what is over, cancelled or without an end', () => {
    const read = shiftsOfCalendar(file('BEGIN:VEVENT', 'UID:1', 'SUMMARY:ann', 'DTSTART:20250301T090000Z', 'DTEND:20250301T170000Z', 'END:VEVENT', 'BEGIN:VEVENT', 'UID:2', 'STATUS:CANCELLED', 'SUMMARY:bob', 'DTSTART:20260401T090000Z', 'DTEND:20260401T170000Z', 'END:VEVENT'), from, to)
    expect(read).toEqual({ shifts: [], skipped: 1 })
  })

  it.each(['', 'hello', 'BEGIN:VCALENDAR', 'BEGIN:VEVENT\r\nEND:VEVENT\r\n'])('that is none is refused: %j', (text) => {
    expect(shiftsOfCalendar(text, from, to)).toBeNull()
  })
})
