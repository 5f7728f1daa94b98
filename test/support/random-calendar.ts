import type { CalendarSettings } from '../../server/domain/incident-settings.ts'
import type { Random } from './seeded.ts'

const time = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

const randomInterval = (random: Random) => {
  const from = random.int(0, 95) * 15
  const to = random.chance(0.15) ? random.int(0, 95) * 15 : Math.min(1_440, from + random.int(1, 40) * 15)
  return { from: time(from), to: time(to) }
}

/** Several hours a day, over midnight, holidays whole and part, special openings: around an instant. */
export const randomCalendar = (random: Random, around: number, timeZone: string): CalendarSettings => {
  const week = Object.fromEntries(Array.from({ length: 7 }, (_, day) => [day + 1, random.chance(0.75) ? Array.from({ length: random.int(1, 3) }, () => randomInterval(random)) : []]))
  const date = () => new Date(around + random.int(-3, 20) * 86_400_000).toISOString().slice(0, 10)
  const holidays = Array.from({ length: random.int(0, 3) }, () => (random.chance(0.6) ? { date: date(), from: null, to: null } : { date: date(), from: '12:00', to: '24:00' }))
  const openings = Array.from({ length: random.int(0, 2) }, () => ({ date: date(), ...randomInterval(random) }))
  return { alwaysOpen: false, timeZone, week, holidays, openings }
}
