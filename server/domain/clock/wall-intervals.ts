import type { CalendarSettings } from '../incident-settings.ts'

/** Minutes of the wall clock since the local midnight; `to` may reach 1440. */
export interface WallInterval {
  readonly from: number
  readonly to: number
}

const WHOLE_DAY: WallInterval = { from: 0, to: 1_440 }

/** "HH:MM" -> minutes; "24:00" is 1440. */
export const minutesOf = (text: string): number => {
  const [hours = '0', minutes = '0'] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}

const intervalOf = (from: string | null, to: string | null): WallInterval => ({ from: from === null ? 0 : minutesOf(from), to: to === null ? 1_440 : minutesOf(to) })

/** An interval that ends at or before its start runs over midnight: its first part belongs to its day, the rest to the next. */
const partsOf = ({ from, to }: WallInterval): { readonly today: WallInterval; readonly tomorrow: WallInterval | null } =>
  to > from ? { today: { from, to }, tomorrow: null } : { today: { from, to: 1_440 }, tomorrow: to > 0 ? { from: 0, to } : null }

const without = (intervals: readonly WallInterval[], cut: WallInterval): readonly WallInterval[] =>
  intervals.flatMap(({ from, to }) => [{ from, to: Math.min(to, cut.from) }, { from: Math.max(from, cut.to), to }]).filter(({ from, to }) => from < to)

const mergedWalls = (intervals: readonly WallInterval[]): readonly WallInterval[] =>
  [...intervals].sort((a, b) => a.from - b.from).reduce<readonly WallInterval[]>((merged, next) => {
    const last = merged.at(-1)
    if (last === undefined || next.from > last.to) return [...merged, next]
    return [...merged.slice(0, -1), { from: last.from, to: Math.max(last.to, next.to) }]
  }, [])

const yesterday = (date: string): string => {
  const at = new Date(`${date}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - 1)
  return at.toISOString().slice(0, 10)
}

/** Working wall time of one local date: the week, less holidays, then special openings, which win. `weekday` is ISO (Monday 1). */
export const wallIntervalsOf = (settings: CalendarSettings, date: string, weekday: number): readonly WallInterval[] => {
  const dayBefore = weekday === 1 ? 7 : weekday - 1
  const ofWeek = (day: number) => (settings.week[day] ?? []).map(({ from, to }) => partsOf(intervalOf(from, to)))
  const week = [...ofWeek(weekday).map(({ today }) => today), ...ofWeek(dayBefore).flatMap(({ tomorrow }) => (tomorrow === null ? [] : [tomorrow]))]
  const holidays = settings.holidays.filter((holiday) => holiday.date === date)
  const left = holidays.reduce<readonly WallInterval[]>((open, { from, to }) => without(open, from === null && to === null ? WHOLE_DAY : intervalOf(from, to)), week)
  const before = yesterday(date)
  const special = settings.openings.flatMap((opening) => {
    const { today, tomorrow } = partsOf(intervalOf(opening.from, opening.to))
    if (opening.date === date) return [today]
    return opening.date === before && tomorrow !== null ? [tomorrow] : []
  })
  return mergedWalls([...left, ...special])
}
