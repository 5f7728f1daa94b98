import { z } from 'zod'
import { checkCalendars } from './check.ts'
import { faultsOf, wordsFor, type SettingsFault } from './fault-words.ts'
import { calendar } from './incidents-schema.ts'
import type { Calendars } from './inherited-calendars.ts'
import { table } from './parts.ts'

export const organisationSchema = z.strictObject({ calendars: table(calendar) })

export type OrganisationAnswer = { readonly ok: true; readonly calendars: Calendars } | { readonly ok: false; readonly faults: readonly SettingsFault[] }

/** The calendars of the organisation, or every fault at once. `today`: "YYYY-MM-DD". */
export const parseOrganisation = (given: unknown, today: string): OrganisationAnswer => {
  const parsed = organisationSchema.safeParse(given, { error: wordsFor })
  if (!parsed.success) return { ok: false, faults: faultsOf(parsed.error, (path) => (path.length === 0 ? ['calendars'] : [])) }
  const faults: SettingsFault[] = []
  checkCalendars(parsed.data, today, (path, code, detail) => void faults.push({ path, code, detail }))
  if (Object.hasOwn(parsed.data.calendars, 'always')) faults.push({ path: 'calendars.always', code: 'built_in', detail: 'is built in and open at all hours for every site: choose another name' })
  return faults.length === 0 ? { ok: true, calendars: parsed.data.calendars } : { ok: false, faults }
}
