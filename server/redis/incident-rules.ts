import { openCalendarShelf } from '../domain/clock/calendar-shelf.ts'
import { rulesAtSpeed } from '../domain/drill/at-speed.ts'
import type { IncidentSettings } from '../domain/incident-settings.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { rulesOf, type Rules } from '../domain/incident/rules.ts'

/** What is asked of the settings store: today's settings, or a version that an incident is pinned to. */
export interface SettingsSource {
  incidentSettings(site: string, version?: number): Promise<IncidentSettings>
}

/** Rules of incidents: the settings they were opened under, with the calendars of today. */
export interface IncidentRules {
  /** Today's rules, for a new incident. */
  current(site: string, exercise?: IncidentRecord['exercise']): Promise<Rules>
  of(site: string, record: Pick<IncidentRecord, 'policy' | 'exercise'>): Promise<Rules>
}

/** What is dear of rules is their calendars; equal ones are compiled once, whatever number of versions incidents are pinned to. */
export const openIncidentRules = (settings: SettingsSource): IncidentRules => {
  const compiled = openCalendarShelf()
  return {
    current: async (site, exercise = null) => {
      const today = await settings.incidentSettings(site)
      return rulesAtSpeed(rulesOf(today, today, compiled), exercise?.speed ?? 1)
    },
    of: async (site, { policy, exercise }) => {
      const today = await settings.incidentSettings(site)
      return rulesAtSpeed(rulesOf(policy.version === today.version ? today : await settings.incidentSettings(site, policy.version), today, compiled), exercise?.speed ?? 1)
    },
  }
}
