import type { SettingsDocument, SettingsFault } from '../../server/contract/settings.ts'
import { isRecord, itemsOf, listOf, recordOf, textOf } from '../http/read.ts'

export type SectionName = keyof SettingsDocument

/** The answer of our own server, which gives every section whole (CONTRACT 4). */
export const documentOf = (body: unknown): SettingsDocument => {
  const document = recordOf(body)
  const lacking = ['policies', 'calendars', 'queues', 'routes', 'rotas', 'people', 'channels'].filter((name) => !(name in document))
  if (lacking.length > 0) throw new Error(`the settings lack ${lacking.join(', ')}`)
  return document as unknown as SettingsDocument
}

export const faultsIn = (value: unknown): readonly SettingsFault[] =>
  listOf(value).filter(isRecord).map(({ path, code, detail }) => ({ path: textOf(path) ?? '', code: textOf(code) ?? '', detail: textOf(detail) ?? '' }))

/** What concerns a place of the document: the place itself or anything within it. */
export const faultAt = (faults: readonly SettingsFault[], path: string): string | undefined => faults.find((fault) => fault.path === path || fault.path.startsWith(`${path}.`))?.detail

/** A section without one of its things. */
export const without = <Entry>(section: Readonly<Record<string, Entry>>, name: string): Record<string, Entry> => Object.fromEntries(Object.entries(section).filter(([one]) => one !== name))

export interface Choice {
  readonly value: string
  readonly label: string
}

export const userNames = (body: unknown): readonly Choice[] => itemsOf(body).map((user) => ({ value: textOf(user.id) ?? '', label: textOf(user.name) ?? textOf(user.username) ?? '' }))
