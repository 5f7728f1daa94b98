import { computed, onMounted, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Calendars } from '../../server/contract/settings.ts'
import { request } from '../http/api.ts'
import { recordOf } from '../http/read.ts'
import { useDocumentDraft, type DocumentDraft } from './use-document-draft.ts'

export interface OrganisationCalendars {
  readonly version: number
  readonly calendars: Calendars
}

/** The answer of our own server. */
const calendarsOf = (body: unknown): OrganisationCalendars => {
  const { version, calendars } = recordOf(body)
  return { version: typeof version === 'number' ? version : 0, calendars: recordOf(calendars) as Calendars }
}
const place = '/organisation/calendars'

/** What the organisation gives; nothing where that may not be known. */
const useInheritedCalendars = (): Readonly<ShallowRef<OrganisationCalendars>> => {
  const found = shallowRef<OrganisationCalendars>({ version: 0, calendars: {} })
  onMounted(async () => { found.value = await request(place, calendarsOf).catch(() => found.value) })
  return found
}

/** Calendars of a site: its own, and those that it has of the organisation. */
export interface SiteCalendars {
  readonly above: Readonly<ShallowRef<OrganisationCalendars>>
  /** Of both, each once. */
  readonly names: ComputedRef<readonly string[]>
}

/** `own`: the site's, as they were read or as they are edited. */
export const useSiteCalendars = (own: () => Calendars | undefined): SiteCalendars => {
  const above = useInheritedCalendars()
  return { above, names: computed(() => [...new Set([...Object.keys(own() ?? {}), ...Object.keys(above.value.calendars)])]) }
}

/** Those of the organisation, to be edited. */
export const useOrganisationCalendars = (): DocumentDraft<OrganisationCalendars, { calendars: Calendars }> =>
  useDocumentDraft<OrganisationCalendars, { calendars: Calendars }>({ path: () => place, read: calendarsOf, pick: ({ calendars }) => ({ calendars }), bodyOf: (_whole, part) => ({ calendars: part?.calendars ?? {} }) })
