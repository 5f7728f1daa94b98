import type { IncidentSettings } from '../domain/incident-settings.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { rulesOf, type Rules } from '../domain/incident/rules.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** What is asked of the settings store. */
export interface SettingsSource {
  incidentSettings(site: string): Promise<IncidentSettings>
}

/** Rules of incidents: the settings they were opened under, with the calendars of today. */
export interface IncidentRules {
  /** Today's rules for a new incident; its settings are kept for as long as it lives. */
  current(site: string): Promise<Rules>
  of(site: string, record: Pick<IncidentRecord, 'policy'>): Promise<Rules>
}

const CACHED = 200

export const openIncidentRules = ({ redis, keys, settings }: { readonly redis: Redis; readonly keys: Keys; readonly settings: SettingsSource }): IncidentRules => {
  const pinned = new Map<string, IncidentSettings>()
  const rules = new Map<string, { readonly calendars: IncidentSettings['calendars']; readonly rules: Rules }>()

  const keep = <T>(map: Map<string, T>, key: string, value: T): T => {
    if (map.size >= CACHED) map.delete(map.keys().next().value ?? '')
    map.set(key, value)
    return value
  }

  const settingsOf = async (site: string, version: number): Promise<IncidentSettings | null> => {
    const key = `${site}\n${version}`
    const known = pinned.get(key)
    if (known !== undefined) return known
    const row = await redis.hGet(keys.site(site).pinnedSettings, String(version))
    return row ? keep(pinned, key, JSON.parse(row) as IncidentSettings) : null
  }

  /** Compiled calendars are kept as long as neither the pinned settings nor today's calendars change. */
  const withCalendars = (site: string, settingsThen: IncidentSettings, today: IncidentSettings): Rules => {
    const key = `${site}\n${settingsThen.version}`
    const known = rules.get(key)
    if (known !== undefined && known.calendars === today.calendars) return known.rules
    return keep(rules, key, { calendars: today.calendars, rules: rulesOf(settingsThen, today.calendars) }).rules
  }

  return {
    current: async (site) => {
      const today = await settings.incidentSettings(site)
      const key = `${site}\n${today.version}`
      if (!pinned.has(key)) {
        await redis.hSetNX(keys.site(site).pinnedSettings, String(today.version), JSON.stringify(today))
        keep(pinned, key, today)
      }
      return withCalendars(site, today, today)
    },
    of: async (site, { policy }) => {
      const [then, today] = await Promise.all([settingsOf(site, policy.version), settings.incidentSettings(site)])
      return withCalendars(site, then ?? today, today)
    },
  }
}
