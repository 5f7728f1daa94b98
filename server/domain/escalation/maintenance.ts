import { calendarOf, type Opening } from '../clock/calendar.ts'
import type { CalendarShelf } from '../clock/calendar-shelf.ts'
import type { MaintenanceSettings } from '../incident-settings.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import { DAY, instantOf, later, type Instant } from '../time.ts'

/** Planned work: for so long what raises itself is expected. Half-open. */
export interface MaintenanceWindow {
  readonly name: string
  readonly from: Instant
  readonly to: Instant
  readonly settings: MaintenanceSettings
}

export interface Maintenance {
  /** All windows that touch [from, to), in order. */
  windows(from: Instant, to: Instant): readonly MaintenanceWindow[]
  /** The window that holds an incident back at an instant, with the end of all that follow it without a gap; null: none does. */
  holding(about: Held, at: Instant): { readonly name: string; readonly until: Instant } | null
}

export type Held = Pick<IncidentRecord, 'priority' | 'channel' | 'queue' | 'service' | 'category'>

/** A weekly window is looked for so far ahead; one that is longer than a week is given by its instants. */
const LONGEST_WEEKLY = 8 * DAY
/** Windows that follow each other without end hold nothing back for ever. */
const MOST_IN_A_ROW = 100

/** Held back is what a machine raised and what can wait (INCIDENTS 2.7): what a person reports, and every P1 and P2, is told at once. */
const canWait = ({ priority, channel }: Held): boolean => channel === 'monitoring' && (priority === 'P3' || priority === 'P4')

const names = (list: readonly string[] | null, value: string | null): boolean => list === null || (value !== null && list.includes(value))
const concerns = ({ queues, services, categories }: MaintenanceSettings, { queue, service, category }: Held): boolean => names(queues, queue) && names(services, service) && names(categories, category)

/** Hours over midnight belong to two days and are one window. */
const joined = (openings: readonly Opening[]): readonly Opening[] =>
  openings.reduce<readonly Opening[]>((all, next) => {
    const last = all.at(-1)
    return last?.to === next.from ? [...all.slice(0, -1), { from: last.from, to: next.to }] : [...all, next]
  }, [])

export const maintenanceOf = (settings: Readonly<Record<string, MaintenanceSettings>>, compiled: CalendarShelf = calendarOf): Maintenance => {
  const all = Object.values(settings).map((one) => ({ one, hours: one.hours === null ? null : compiled(one.hours) }))
  const windowsOf = ({ one, hours }: (typeof all)[number], from: Instant, to: Instant): readonly MaintenanceWindow[] => {
    if (hours !== null) return joined(hours.openingsBetween(instantOf(from - LONGEST_WEEKLY), to)).filter((opening) => opening.to > from).map((opening) => ({ name: one.name, ...opening, settings: one }))
    return one.from !== null && one.to !== null && one.from < to && one.to > from ? [{ name: one.name, from: one.from, to: one.to, settings: one }] : []
  }
  const windows: Maintenance['windows'] = (from, to) => all.flatMap((one) => windowsOf(one, from, to)).sort((a, b) => a.from - b.from)
  const longest = (about: Held, at: Instant): MaintenanceWindow | null =>
    windows(at, later(at, LONGEST_WEEKLY))
      .filter(({ from, to, settings: one }) => from <= at && to > at && concerns(one, about))
      .reduce<MaintenanceWindow | null>((last, next) => (last === null || next.to > last.to ? next : last), null)

  return {
    windows,
    holding: (about, at) => {
      const first = canWait(about) ? longest(about, at) : null
      if (first === null) return null
      let until = first.to
      for (let row = 0; row < MOST_IN_A_ROW; row += 1) {
        const next = longest(about, until)
        if (next === null) break
        until = next.to
      }
      return { name: first.name, until }
    },
  }
}
