import type { SettingsDocument } from '../../server/contract/settings.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { documentOf, type SectionName } from './settings-document.ts'
import { useDocumentDraft, type DocumentDraft } from './use-document-draft.ts'

type Sections<Name extends SectionName> = { -readonly [Key in Name]: SettingsDocument[Key] }

export type SettingsDraft<Name extends SectionName> = DocumentDraft<SettingsDocument, Sections<Name>>

/** Some sections of the settings of a site. */
export const useSettings = <Name extends SectionName>(names: readonly Name[]): SettingsDraft<Name> => {
  const session = useSessionStore()
  return useDocumentDraft<SettingsDocument, Sections<Name>>({
    path: () => session.place('settings'),
    read: documentOf,
    pick: (document) => Object.fromEntries(names.map((name) => [name, document[name]])) as Sections<Name>,
    bodyOf: (whole, part) => ({ ...whole, ...part }),
  })
}
