import type { CalendarSettings } from '../incident-settings.ts'
import { calendarOf, type Calendar } from './calendar.ts'

/** Gives the compiled calendar of some settings. */
export type CalendarShelf = (settings: CalendarSettings) => Calendar

const KEPT = 64

/**
 * A calendar learns the openings of each day as it is asked, which is what it costs. So equal settings are compiled once, whichever
 * version of a document they stand in; the ones that were not asked for longest make room.
 */
export const openCalendarShelf = (kept = KEPT): CalendarShelf => {
  const byContent = new Map<string, Calendar>()
  /** The same object is not written out again to be compared. */
  const names = new WeakMap<CalendarSettings, string>()

  return (settings) => {
    const content = names.get(settings) ?? JSON.stringify(settings)
    names.set(settings, content)
    const calendar = byContent.get(content) ?? calendarOf(settings)
    byContent.delete(content)
    byContent.set(content, calendar)
    if (byContent.size > kept) byContent.delete(byContent.keys().next().value ?? '')
    return calendar
  }
}
