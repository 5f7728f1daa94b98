import type { CalendarSettings } from '../../../server/domain/incident-settings.ts'

/**
 * Brute force, minute by minute, built on Intl alone: shares no line with the calendar under test.
 * Walks real minutes, asks of each whether it is working time, and counts.
 */
const MINUTE = 60_000

const formatters = new Map<string, Intl.DateTimeFormat>()
const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  formatters.set(timeZone, made)
  return made
}

/** Wall clock as ms of a pretended UTC. */
export const wallOf = (at: number, timeZone: string): number => {
  const parts = Object.fromEntries(formatterOf(timeZone).formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'] ?? 1, parts['hour'] ?? 0, parts['minute'] ?? 0, parts['second'] ?? 0)
}

/** First instant that reads `wall`; a skipped time keeps the offset from before the gap, so it moves later. */
export const instantOfWall = (wall: number, timeZone: string): number => {
  const offsetAt = (at: number): number => wallOf(at, timeZone) - at
  const offsetBefore = offsetAt(wall - offsetAt(wall) - 86_400_000)
  const offsetAfter = offsetAt(wall - offsetAt(wall) + 86_400_000)
  const candidates = [wall - offsetBefore, wall - offsetAfter].filter((at) => wallOf(at, timeZone) === wall)
  return candidates.length > 0 ? Math.min(...candidates) : wall - offsetBefore
}

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** Working minutes of the wall clock of a date, each minute asked on its own. */
const openWallMinutes = (settings: CalendarSettings, dayMs: number): boolean[] => {
  const date = new Date(dayMs).toISOString().slice(0, 10)
  const previous = new Date(dayMs - 86_400_000).toISOString().slice(0, 10)
  const isoDay = (ms: number) => ((new Date(ms).getUTCDay() + 6) % 7) + 1
  const covers = (from: string, to: string, minute: number) => (minutes(to) > minutes(from) ? minute >= minutes(from) && minute < minutes(to) : minute >= minutes(from))
  const spills = (from: string, to: string, minute: number) => minutes(to) <= minutes(from) && minute < minutes(to)
  return Array.from({ length: 1_440 }, (_, minute) => {
    const special = settings.openings.some((o) => (o.date === date && covers(o.from, o.to, minute)) || (o.date === previous && spills(o.from, o.to, minute)))
    if (special) return true
    const holiday = settings.holidays.some((h) => h.date === date && minute >= minutes(h.from ?? '00:00') && minute < minutes(h.to ?? '24:00'))
    if (holiday) return false
    const week = settings.week[isoDay(dayMs)] ?? []
    const weekBefore = settings.week[isoDay(dayMs - 86_400_000)] ?? []
    return week.some((i) => covers(i.from, i.to, minute)) || weekBefore.some((i) => spills(i.from, i.to, minute))
  })
}

/** Set of real minutes (epoch minutes) that are working time in [fromDay, toDay] by local date. */
export const workingMinutes = (settings: CalendarSettings, from: number, to: number): Set<number> => {
  const open = new Set<number>()
  const firstDay = Math.floor(wallOf(from, settings.timeZone) / 86_400_000) * 86_400_000 - 86_400_000
  const lastDay = Math.floor(wallOf(to, settings.timeZone) / 86_400_000) * 86_400_000 + 86_400_000
  for (let day = firstDay; day <= lastDay; day += 86_400_000) {
    const walls = openWallMinutes(settings, day)
    let start: number | null = null
    for (let minute = 0; minute <= 1_440; minute += 1) {
      const isOpen = minute < 1_440 && walls[minute] === true
      if (isOpen && start === null) start = minute
      if (isOpen || start === null) continue
      const begin = instantOfWall(day + start * MINUTE, settings.timeZone)
      const end = instantOfWall(day + minute * MINUTE, settings.timeZone)
      for (let at = begin; at < end; at += MINUTE) open.add(at / MINUTE)
      start = null
    }
  }
  return open
}

/** Steps minute by minute until `target` working minutes have passed. */
export const dueByStepping = (open: ReadonlySet<number>, from: number, target: number, limit: number): number | null => {
  let left = target
  for (let minute = from / MINUTE; minute * MINUTE < limit; minute += 1) {
    if (!open.has(minute)) continue
    left -= 1
    if (left === 0) return (minute + 1) * MINUTE
  }
  return null
}
