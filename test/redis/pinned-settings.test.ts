import { describe, expect, it } from '@jest/globals'
import { defaultSettings, incidentSettingsOf, type SettingsDocument } from '../../server/contract/settings.ts'
import { openPinnedSettings } from '../../server/redis/pinned-settings.ts'

const site = { id: 'north', name: 'North', timeZone: 'Europe/London' }

/** Documents by version; `read` says which were read, `valued` which were made into values. */
const house = (documents: Readonly<Record<number, Partial<SettingsDocument>>>, kept?: number) => {
  const read: number[] = []
  const valued: number[] = []
  const pinned = openPinnedSettings({
    text: async (_site, version) => {
      read.push(version)
      return documents[version] === undefined ? null : JSON.stringify({ ...defaultSettings, ...documents[version] })
    },
    documentOf: (text) => JSON.parse(text) as SettingsDocument,
    valuesOf: (_site, document, version) => {
      valued.push(version)
      return incidentSettingsOf(document, site, version)
    },
    ...(kept === undefined ? {} : { kept }),
  })
  return { pinned, read, valued }
}

describe('settings that incidents are pinned to', () => {
  it('reads a version once when a burst asks for it in one moment', async () => {
    const { pinned, read } = house({ 3: {} })
    await Promise.all(Array.from({ length: 250 }, () => pinned.of('north', 3)))
    expect(read).toEqual([3])
  })

  it('makes values once of documents that say the same, and each keeps its own version', async () => {
    const { pinned, valued } = house({ 1: {}, 2: { services: { Payments: {} } }, 3: {} })
    const [first, second, third] = await Promise.all([pinned.of('north', 1), pinned.of('north', 2), pinned.of('north', 3)])
    expect(valued).toEqual([1, 2])
    expect([first.version, second.version, third.version]).toEqual([1, 2, 3])
    expect(third.calendars['service']).toBe(first.calendars['service'])
    expect(Object.keys(second.services)).toEqual(['Payments'])
  })

  it('lets go of the version that was not asked for longest', async () => {
    const { pinned, read } = house({ 1: {}, 2: {}, 3: {} }, 2)
    for (const version of [1, 2, 1, 3, 1, 2]) await pinned.of('north', version)
    expect(read).toEqual([1, 2, 3, 2])
  })

  it('says which version never was, and looks again when it is asked again', async () => {
    const { pinned, read } = house({})
    await expect(pinned.of('north', 9)).rejects.toThrow('settings of site north have no version 9')
    await expect(pinned.of('north', 9)).rejects.toThrow()
    expect(read).toEqual([9, 9])
  })
})
