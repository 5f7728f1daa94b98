import type { SettingsDocument } from '../../server/contract/settings.ts'
import { instantOfWall, localDate, localMinute, wallTime } from '../format/local-days.ts'
import { rowsOfWeek } from './calendar-model.ts'

export type PlannedWork = SettingsDocument['maintenance'][string]

const hasZone = (moment: string): boolean => /(Z|[+-]\d{2}:\d{2})$/.test(moment)
/** A moment of the settings as a field of wall time shows it. */
export const asWall = (moment: string | undefined, zone: string): string => (moment === undefined ? '' : hasZone(moment) ? wallTime(Date.parse(moment), zone) : moment)
const asInstant = (moment: string, zone: string): number => (hasZone(moment) ? Date.parse(moment) : instantOfWall(moment, zone))

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
/** Stretches of a day as minutes, those over midnight longer than the day. */
const stretches = (hours: readonly string[]): readonly (readonly [number, number])[] =>
  hours.map((text) => {
    const [from, to] = [minutesOf(text.slice(0, 5)), minutesOf(text.slice(6))]
    return [from, to > from ? to : to + 1_440] as const
  })
const within = (minute: number, hours: readonly string[]): boolean => stretches(hours).some(([from, to]) => from <= minute && minute < to)

export type WorkState = 'now' | 'ahead' | 'over'

export const stateOfWork = ({ from, to, week }: PlannedWork, now: number, zone: string): WorkState => {
  if (week !== undefined) {
    const rows = rowsOfWeek(week)
    const today = (new Date(`${localDate(now, zone)}T00:00:00Z`).getUTCDay() + 6) % 7
    const minute = localMinute(now, zone)
    return within(minute, rows[today] ?? []) || within(minute + 1_440, rows[(today + 6) % 7] ?? []) ? 'now' : 'ahead'
  }
  if (from === undefined || to === undefined || !(asInstant(to, zone) > asInstant(from, zone))) return 'ahead'
  return now >= asInstant(to, zone) ? 'over' : now >= asInstant(from, zone) ? 'now' : 'ahead'
}

/** What goes on first, then what is ahead by its beginning, then what is over. */
export const workInOrder = (works: Readonly<Record<string, PlannedWork>>, now: number, siteZone: string): readonly (readonly [string, PlannedWork])[] => {
  const rank: Readonly<Record<WorkState, number>> = { now: 0, ahead: 1, over: 2 }
  const zone = (work: PlannedWork): string => work.timeZone ?? siteZone
  const begins = (work: PlannedWork): number => (work.from === undefined ? Number.POSITIVE_INFINITY : asInstant(work.from, zone(work)))
  return Object.entries(works).sort(([, a], [, b]) => rank[stateOfWork(a, now, zone(a))] - rank[stateOfWork(b, now, zone(b))] || begins(a) - begins(b) || 0)
}

/** A key of the settings made from what people call it. */
export const keyOf = (name: string, taken: readonly string[]): string => {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60) || 'item'
  for (let count = 1; ; count += 1) {
    const key = count === 1 ? plain : `${plain}-${count}`
    if (!taken.includes(key)) return key
  }
}
