import { calendarOf, type Calendar } from '../clock/calendar.ts'
import type { IncidentSettings, Policy, SlaTarget } from '../incident-settings.ts'
import type { IncidentRecord, Priority } from './incident.ts'

/** What an incident is judged by: its pinned settings, and the calendars as they are now. */
export interface Rules {
  readonly settings: IncidentSettings
  calendar(name: string): Calendar
}

/** `calendars` may be newer than the pinned settings: a calendar edit reaches open clocks (INCIDENTS 2.5). */
export const rulesOf = (settings: IncidentSettings, calendars: IncidentSettings['calendars'] = settings.calendars): Rules => {
  const made = new Map<string, Calendar>()
  const calendar = (name: string): Calendar => {
    const known = made.get(name)
    if (known !== undefined) return known
    const found = calendars[name] ?? settings.calendars[name] ?? { alwaysOpen: true, timeZone: settings.timeZone, week: {}, holidays: [], openings: [] }
    const fresh = calendarOf(found)
    made.set(name, fresh)
    return fresh
  }
  return { settings, calendar }
}

export const slaOf = (rules: Rules, priority: Priority): SlaTarget => rules.settings.sla[priority]

const emptyPolicy: Policy = { id: 'none', ownership: { levels: [], repeat: 0 }, deadline: { on: [] } }

/** The first route that matches names the policy; none: `default`. */
export const policyIdFor = (settings: IncidentSettings, incident: Pick<IncidentRecord, 'priority' | 'category' | 'service'>): string => {
  const holds = <T extends string>(list: readonly T[] | undefined, value: T | null): boolean => list === undefined || (value !== null && list.includes(value))
  const route = settings.routes.find(({ when }) => holds(when.priority, incident.priority) && holds(when.category, incident.category) && holds(when.service, incident.service))
  return route?.policy ?? 'default'
}

export const policyOf = (rules: Rules, id: string): Policy => rules.settings.policies[id] ?? rules.settings.policies['default'] ?? emptyPolicy
