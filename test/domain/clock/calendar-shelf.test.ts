import { describe, expect, it } from '@jest/globals'
import { openCalendarShelf } from '../../../server/domain/clock/calendar-shelf.ts'
import type { CalendarSettings } from '../../../server/domain/incident-settings.ts'

const office = (holidays: CalendarSettings['holidays'] = []): CalendarSettings => ({ alwaysOpen: false, timeZone: 'Europe/London', week: { 1: [{ from: '09:00', to: '17:00' }] }, holidays, openings: [] })
const closed = (date: string): CalendarSettings => office([{ date, from: null, to: null }])

describe('the shelf of compiled calendars', () => {
  it('compiles equal settings once, in whichever document they stand', () => {
    const shelf = openCalendarShelf()
    expect(shelf(office())).toBe(shelf(office()))
  })

  it('keeps calendars apart that differ in one holiday', () => {
    const shelf = openCalendarShelf()
    expect(shelf(closed('2026-12-25'))).not.toBe(shelf(closed('2026-12-28')))
  })

  it('lets go of the one that was not asked for longest', () => {
    const shelf = openCalendarShelf(2)
    const [first, second] = [shelf(closed('2026-12-01')), shelf(closed('2026-12-02'))]
    shelf(closed('2026-12-01'))
    shelf(closed('2026-12-03'))
    expect(shelf(closed('2026-12-01'))).toBe(first)
    expect(shelf(closed('2026-12-02'))).not.toBe(second)
  })
})
