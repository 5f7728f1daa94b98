import ICAL from 'ical.js'
import type { Shift } from '../domain/escalation/rota.ts'
import { instantOf, isoOf, type Instant } from '../domain/time.ts'

/** Rotas as calendar files (RFC 5545), in UTC: whoever reads them shows their own zone. */

export interface CalendarShift {
  readonly summary: string
  /** Address of the first attendee without its scheme, where the event names one. */
  readonly attendee?: string
  readonly from: Instant
  readonly to: Instant
}

const icalTime = (at: Instant): ICAL.Time => ICAL.Time.fromJSDate(new Date(at), true)

/** One event a shift. The uid is the shift's: a file that is read again replaces what it replaced before. */
export const calendarOfShifts = ({ id, name, shifts, nameOf, madeAt }: { readonly id: string; readonly name: string; readonly shifts: readonly Shift[]; readonly nameOf: (person: string) => string; readonly madeAt: Instant }): string => {
  const calendar = new ICAL.Component('vcalendar')
  calendar.updatePropertyWithValue('version', '2.0')
  calendar.updatePropertyWithValue('prodid', '-//Floorwatch//Rotas//EN')
  calendar.updatePropertyWithValue('x-wr-calname', name)
  for (const { person, from, to, by } of shifts) {
    if (person === null) continue
    const event = new ICAL.Component('vevent')
    event.updatePropertyWithValue('uid', `${id}-${from}-${person}@floorwatch`)
    event.updatePropertyWithValue('dtstamp', icalTime(madeAt))
    event.updatePropertyWithValue('dtstart', icalTime(from))
    event.updatePropertyWithValue('dtend', icalTime(to))
    event.updatePropertyWithValue('summary', `${name}: ${nameOf(person)}`)
    event.updatePropertyWithValue('categories', by ?? 'layer')
    calendar.addSubcomponent(event)
  }
  return calendar.toString()
}

/** Repeating events are unrolled up to this many times: a daily shift for a year. */
const MOST_OCCURRENCES = 400

/** Shifts of a calendar file within [from, to); null when it cannot be read. Repetitions, their exceptions and the zones that the file brings are followed. */
export const shiftsOfCalendar = (text: string, from: Instant, to: Instant): { readonly shifts: readonly CalendarShift[]; readonly skipped: number } | null => {
  const root = readCalendar(text)
  if (root === null) return null
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone)
  let skipped = 0
  const shifts = root.getAllSubcomponents('vevent').flatMap((component): readonly CalendarShift[] => {
    const event = new ICAL.Event(component)
    const summary = event.summary ?? ''
    const attendee = /^(?:mailto:)?(.+)$/i.exec(String(component.getFirstPropertyValue('attendee') ?? ''))?.[1]
    if (event.isRecurrenceException() || String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED') return []
    const found = occurrencesOf(event, to).flatMap(({ start, end }): readonly CalendarShift[] => {
      const shift = { summary, ...(attendee === undefined ? {} : { attendee }), from: instantOf(start.toJSDate().getTime()), to: instantOf(end.toJSDate().getTime()) }
      return shift.to > from && shift.from < to && shift.to > shift.from ? [shift] : []
    })
    if (found.length === 0) skipped += 1
    return found
  })
  return { shifts: [...shifts].sort((a, b) => a.from - b.from), skipped }
}

const readCalendar = (text: string): ICAL.Component | null => {
  try {
    const root = new ICAL.Component(ICAL.parse(text))
    return root.name === 'vcalendar' ? root : null
  } catch {
    return null
  }
}

const occurrencesOf = (event: ICAL.Event, to: Instant): readonly { readonly start: ICAL.Time; readonly end: ICAL.Time }[] => {
  if (!event.isRecurring()) return event.startDate === null || event.endDate === null ? [] : [{ start: event.startDate, end: event.endDate }]
  const found: { readonly start: ICAL.Time; readonly end: ICAL.Time }[] = []
  const iterator = event.iterator()
  for (let step = 0; step < MOST_OCCURRENCES; step += 1) {
    const next = iterator.next()
    if (next === undefined || next === null) break
    const { startDate, endDate } = event.getOccurrenceDetails(next)
    if (startDate.toJSDate().getTime() >= to) break
    found.push({ start: startDate, end: endDate })
  }
  return found
}

export const overrideOf = ({ from, to }: CalendarShift, person: string): { readonly person: string; readonly from: string; readonly to: string } => ({ person, from: isoOf(from), to: isoOf(to) })
