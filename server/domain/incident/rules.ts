import { calendarOf, type Calendar } from '../clock/calendar.ts'
import type { CalendarShelf } from '../clock/calendar-shelf.ts'
import { maintenanceOf, type Maintenance } from '../escalation/maintenance.ts'
import type { CalendarOrigin, IncidentSettings, Policy, SlaTarget } from '../incident-settings.ts'
import type { IncidentRecord, Priority } from './incident.ts'

/** What an incident is judged by: its pinned settings, and the calendars as they are now. */
export interface Rules {
  readonly settings: IncidentSettings
  calendar(name: string): Calendar
  /** Whose calendar a name is today. */
  originOf(name: string): CalendarOrigin
  /** Planned work as it is set today. */
  readonly maintenance: Maintenance
}

const always = (timeZone: string): IncidentSettings['calendars'][string] => ({ alwaysOpen: true, timeZone, week: {}, holidays: [], openings: [] })

/** Calendars and planned work may be newer than the pinned settings: their edits reach open incidents (INCIDENTS 2.5). `compiled`: where calendars are kept between calls. */
export const rulesOf = (settings: IncidentSettings, { calendars, maintenance, calendarOrigins = {} }: Pick<IncidentSettings, 'calendars' | 'calendarOrigins' | 'maintenance'> = settings, compiled: CalendarShelf = calendarOf): Rules => {
  const made = new Map<string, Calendar>()
  const calendar = (name: string): Calendar => {
    const known = made.get(name) ?? compiled(calendars[name] ?? settings.calendars[name] ?? always(settings.timeZone))
    made.set(name, known)
    return known
  }
  return { settings, calendar, originOf: (name) => calendarOrigins[name] ?? 'site', maintenance: maintenanceOf(maintenance, compiled) }
}

/** Where rules say `service` the hours of the incident's own service count. */
export const calendarNameFor = ({ settings }: Pick<Rules, 'settings'>, name: string, { service }: Pick<IncidentRecord, 'service'>): string => (name === 'service' && service !== null ? (settings.services[service]?.calendar ?? name) : name)
export const calendarFor = (rules: Rules, name: string, incident: Pick<IncidentRecord, 'service'>): Calendar => rules.calendar(calendarNameFor(rules, name, incident))

/** What people call a group of the stakeholder register. */
export const audienceCalled = (key: string, { settings: { audiences = {} } }: Pick<Rules, 'settings'>): string => (Object.hasOwn(audiences, key) ? audiences[key]?.name : undefined) ?? key

export const slaOf = (rules: Rules, priority: Priority): SlaTarget => rules.settings.sla[priority]

const emptyPolicy: Policy = { id: 'none', ownership: { levels: [], repeat: 0 }, deadline: { on: [] } }

/** The first route that matches names the policy; none: `default`. */
export const policyIdFor = (settings: IncidentSettings, incident: Pick<IncidentRecord, 'priority' | 'category' | 'service'>): string => {
  const holds = <T extends string>(list: readonly T[] | undefined, value: T | null): boolean => list === undefined || (value !== null && list.includes(value))
  const route = settings.routes.find(({ when }) => holds(when.priority, incident.priority) && holds(when.category, incident.category) && holds(when.service, incident.service))
  return route?.policy ?? 'default'
}

export const policyOf = (rules: Rules, id: string): Policy => rules.settings.policies[id] ?? rules.settings.policies['default'] ?? emptyPolicy
