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
  current(site: string): Promise<Rules>
  of(site: string, record: Pick<IncidentRecord, 'policy'>): Promise<Rules>
}

const CACHED = 500

export const openIncidentRules = (settings: SettingsSource): IncidentRules => {
  /** Compiled calendars live as long as neither version changes. */
  const compiled = new Map<string, Rules>()
  const rulesFor = (site: string, then: IncidentSettings, today: IncidentSettings): Rules => {
    const key = `${site}\n${then.version}\n${today.version}`
    const known = compiled.get(key)
    if (known !== undefined) return known
    if (compiled.size >= CACHED) compiled.delete(compiled.keys().next().value ?? '')
    const rules = rulesOf(then, today)
    compiled.set(key, rules)
    return rules
  }
  return {
    current: async (site) => {
      const today = await settings.incidentSettings(site)
      return rulesFor(site, today, today)
    },
    of: async (site, { policy }) => {
      const today = await settings.incidentSettings(site)
      return rulesFor(site, policy.version === today.version ? today : await settings.incidentSettings(site, policy.version), today)
    },
  }
}
