import { createHash } from 'node:crypto'
import type { SettingsDocument } from '../contract/settings.ts'
import type { IncidentSettings } from '../domain/incident-settings.ts'

export interface PinnedSettingsDeps {
  /** The text of a version's document, opened; null when that version never was. */
  readonly text: (site: string, version: number) => Promise<string | null>
  readonly documentOf: (text: string) => SettingsDocument
  readonly valuesOf: (site: string, document: SettingsDocument, version: number) => IncidentSettings
  readonly kept?: number
}

/** What incidents are judged by that were opened under an earlier version. */
export interface PinnedSettings {
  of(site: string, version: number): Promise<IncidentSettings>
  forget(): void
}

/** Versions that open incidents are pinned to: as many as are asked for in one burst after a long outage. */
const KEPT = 2_000

const setNewest = <Value>(map: Map<string, Value>, key: string, value: Value, most: number): Value => {
  map.delete(key)
  map.set(key, value)
  if (map.size > most) map.delete(map.keys().next().value ?? '')
  return value
}

/**
 * Each version is read once, also when hundreds of timers ask for it in the same moment; versions with the same document share its
 * values, so that what is kept grows with what differs. The ones that were not asked for longest make room.
 */
export const openPinnedSettings = ({ text, documentOf, valuesOf, kept = KEPT }: PinnedSettingsDeps): PinnedSettings => {
  const versions = new Map<string, Promise<IncidentSettings>>()
  const documents = new Map<string, IncidentSettings>()

  const read = async (site: string, version: number): Promise<IncidentSettings> => {
    const found = await text(site, version)
    if (found === null) throw new Error(`settings of site ${site} have no version ${version}`)
    const content = `${site}:${createHash('sha256').update(found).digest('base64url')}`
    const values = documents.get(content) ?? valuesOf(site, documentOf(found), version)
    return { ...setNewest(documents, content, values, kept), version }
  }

  return {
    of: (site, version) => {
      const key = `${site}:${version}`
      const reading =
        versions.get(key) ??
        read(site, version).catch((error: unknown) => {
          versions.delete(key)
          throw error
        })
      return setNewest(versions, key, reading, kept)
    },
    forget: () => {
      versions.clear()
      documents.clear()
    },
  }
}
