import type { CalendarOrigin } from '../../domain/incident-settings.ts'
import { defaultSettings, type SettingsDocument } from './defaults.ts'

/** What every site has that has not its own: calendars of the organisation (INCIDENTS 2.5). */
export type Calendars = SettingsDocument['calendars']

/** A section that is left out reads as what is built in: a calendar that stands so is not the site's own. */
export const ownCalendars = (calendars: Calendars): Calendars => Object.fromEntries(Object.entries(calendars).filter(([name, own]) => JSON.stringify(own) !== JSON.stringify(defaultSettings.calendars[name])))

/** The document with the calendars that count at the site: its own, else those of the organisation, else what is built in. */
export const inheriting = (document: SettingsDocument, organisation: Calendars): SettingsDocument =>
  Object.keys(organisation).length === 0 ? document : { ...document, calendars: { ...defaultSettings.calendars, ...organisation, ...ownCalendars(document.calendars) } }

export const originsOf = ({ calendars }: Pick<SettingsDocument, 'calendars'>, organisation: Calendars): Readonly<Record<string, CalendarOrigin>> => {
  const own = ownCalendars(calendars)
  const names = Object.keys({ ...defaultSettings.calendars, ...calendars, ...organisation })
  return Object.fromEntries(names.map((name) => [name, Object.hasOwn(own, name) ? 'site' : Object.hasOwn(organisation, name) ? 'organisation' : 'built-in']))
}
