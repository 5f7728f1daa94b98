import { onMounted, shallowRef, type ShallowRef } from 'vue'
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
export const useInheritedCalendars = (): Readonly<ShallowRef<OrganisationCalendars>> => {
  const found = shallowRef<OrganisationCalendars>({ version: 0, calendars: {} })
  onMounted(async () => { found.value = await request(place, calendarsOf).catch(() => found.value) })
  return found
}

/** The same, to be edited. */
export const useOrganisationCalendars = (): DocumentDraft<OrganisationCalendars, { calendars: Calendars }> =>
  useDocumentDraft<OrganisationCalendars, { calendars: Calendars }>({ path: () => place, read: calendarsOf, pick: ({ calendars }) => ({ calendars }), bodyOf: (_whole, part) => ({ calendars: part?.calendars ?? {} }) })
