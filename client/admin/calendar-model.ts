import type { SettingsDocument } from '../../server/contract/settings.ts'
import { wallIntervalsOf, type WallInterval } from '../../server/domain/clock/wall-intervals.ts'

export type CalendarSection = SettingsDocument['calendars'][string]

/** What a new calendar begins with: working days. */
export const newCalendar = (): CalendarSection => ({ week: { 'mon-fri': ['09:00-17:00'] }, holidays: [], openings: [] })
type Week = NonNullable<CalendarSection['week']>

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type DayName = (typeof dayNames)[number]
/** Hours of every day, Monday first, each "HH:MM-HH:MM". */
export type WeekRows = readonly (readonly string[])[]

/** Positions 0..6 that a key such as `mon` or `fri-mon` names. */
const positionsOf = (key: string): readonly number[] => {
  const [first = '', last = first] = key.split('-')
  const [from, to] = [dayNames.findIndex((name) => name === first), dayNames.findIndex((name) => name === last)]
  return from < 0 || to < 0 ? [] : Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7)
}

/** A day named alone wins over a range that holds it; several ranges add up. */
export const rowsOfWeek = (week: Week | undefined): WeekRows =>
  dayNames.map((name, day) => {
    const own = week?.[name]
    return own ?? Object.entries(week ?? {}).flatMap(([key, hours]) => (key.includes('-') && positionsOf(key).includes(day) ? hours : []))
  })

/** Runs of equal days become one line, as a person would write them. */
export const weekOfRows = (rows: WeekRows): Week => {
  const week: Week = {}
  let from = 0
  for (let day = 0; day < 7; day += 1) {
    if (day < 6 && JSON.stringify(rows[day]) === JSON.stringify(rows[day + 1])) continue
    const hours = rows[day] ?? []
    if (hours.length > 0) week[from === day ? (dayNames[day] ?? '') : `${dayNames[from] ?? ''}-${dayNames[day] ?? ''}`] = [...hours]
    from = day + 1
  }
  return week
}

export interface PreviewDay {
  /** Local date. */
  readonly date: string
  /** Monday is 1. */
  readonly weekday: number
  readonly open: readonly WallInterval[]
  readonly holiday: boolean
  readonly special: boolean
}

/** As the server accepts them. */
export const readableHours = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text) && text.slice(0, 5) !== text.slice(6)
const dateAt = (first: string, index: number): Date => new Date(Date.parse(`${first}T00:00:00Z`) + index * 86_400_000)

/** Working time of the next days by the wall clock of the calendar, by the same code as the engine's. Half-typed hours are left out. */
export const previewDays = (calendar: CalendarSection, first: string, count: number): readonly PreviewDay[] => {
  const week = Object.fromEntries(rowsOfWeek(calendar.week).map((hours, index) => [index + 1, hours.filter(readableHours).map((text) => ({ from: text.slice(0, 5), to: text.slice(6) }))]))
  const holidays = (calendar.holidays ?? []).map((holiday) => (typeof holiday === 'string' ? { date: holiday, from: null, to: null } : { date: holiday.date, from: holiday.from ?? null, to: holiday.to ?? null }))
  const openings = calendar.openings ?? []
  return Array.from({ length: count }, (_, index) => {
    const at = dateAt(first, index)
    const date = at.toISOString().slice(0, 10)
    const weekday = ((at.getUTCDay() + 6) % 7) + 1
    const open = calendar.alwaysOpen ? [{ from: 0, to: 1_440 }] : wallIntervalsOf({ alwaysOpen: false, timeZone: 'UTC', week, holidays, openings }, date, weekday)
    return { date, weekday, open, holiday: holidays.some((holiday) => holiday.date === date), special: openings.some((opening) => opening.date === date) }
  })
}

/** 545 -> "09:05". */
export const wallText = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
