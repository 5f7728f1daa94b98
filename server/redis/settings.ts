import { defaultSettings, floorSettingsOf, incidentSettingsOf, inheriting, originsOf, parseSettings, settingsWarnings, type Calendars, type SettingsDocument, type SettingsFault } from '../contract/settings.ts'
import { crossFaults, type CheckWith } from '../contract/settings/check.ts'
import type { PeopleByRole } from '../contract/settings/warnings.ts'
import type { CalendarOrigin, IncidentSettings } from '../domain/incident-settings.ts'
import type { EntryId } from '../domain/log-entry.ts'
import type { FloorSettings } from '../domain/settings.ts'
import { instantOf, isoOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import { encodeBody } from './log-codec.ts'
import type { Notices } from './notices.ts'
import type { Organisation } from './organisation.ts'
import { openPinnedSettings } from './pinned-settings.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'
import { keyFor, perSite, sealerWith } from './seal.ts'
import { partSecrets, secretField, type SecretPath } from './settings-secrets.ts'
import type { Site, Sites } from './sites.ts'

export interface StoredSettings {
  /** 0: never saved, the defaults. */
  readonly version: number
  readonly savedAt: Instant | null
  /** Every section; `{ set: true }` where a secret is. */
  readonly document: SettingsDocument
  /** The same with the calendars that count: where the site has none of its own, those of the organisation. */
  readonly whole: SettingsDocument
  /** What the organisation gives, and whose calendar each name is. */
  readonly above: Calendars
  readonly origins: Readonly<Record<string, CalendarOrigin>>
}

export type PutAnswer =
  | { readonly outcome: 'saved' | 'checked'; readonly version: number; readonly warnings: readonly SettingsFault[] }
  | { readonly outcome: 'faulty'; readonly faults: readonly SettingsFault[] }
  /** Another version was saved meanwhile, or `expected` is not the current one. */
  | { readonly outcome: 'stale'; readonly version: number }

export interface Settings {
  readonly get: (site: string) => Promise<StoredSettings>
  /** An earlier version; null when it is not kept. */
  readonly version: (site: string, version: number) => Promise<Pick<StoredSettings, 'version' | 'savedAt' | 'document'> | null>
  readonly floorSettings: (site: string) => Promise<FloorSettings>
  /** Of the current version, or of one that an incident is pinned to; null when that version never was. */
  readonly incidentSettings: (site: string, version?: number) => Promise<IncidentSettings>
  /** A secret by its path, e.g. `['channels', 'webhooks', 'noc', 'secret']`; null when there is none. */
  readonly secret: (site: string, path: SecretPath) => Promise<string | null>
  /** Replaces the document. Never half: document, secrets and the log's entry are one script. */
  readonly put: (site: string, given: unknown, options?: { readonly expected?: number; readonly dryRun?: boolean }) => Promise<PutAnswer>
  /** What should be seen of the document as it is now: accounts and days go by without a save. */
  readonly warnings: (site: string) => Promise<readonly SettingsFault[]>
  /** After a site's name or zone changed: the fold learns it as of now. */
  readonly siteChanged: (site: string) => Promise<void>
  /** After the calendars of the organisation changed: every site that was not told yet has them as a version of its own settings, so that open clocks and the fold learn it. */
  readonly organisationChanged: () => Promise<void>
  /** Where sites name calendars that they would not have, if these were those of the organisation. */
  readonly calendarsInUse: (calendars: Calendars) => Promise<readonly SettingsFault[]>
  /** Called in every process after a site's settings changed. */
  readonly onChange: (changed: (site: string) => void) => () => void
}

export interface SettingsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly notices: Notices
  readonly sites: Pick<Sites, 'get' | 'list' | 'onChange'>
  readonly organisation: Organisation
  readonly dataKey: Uint8Array
  readonly outboundAllow: CheckWith['outboundAllow']
  readonly now: () => Instant
  /** Accounts by role that reach a site, for warnings. */
  readonly peopleByRole?: (site: string) => PeopleByRole
  /** Told of the log's entry of each save by this process. */
  readonly onSaved?: (site: string, entry: EntryId) => void
  /** Faults that only a look at the network can find (names that resolve inwards). */
  readonly networkFaults?: (document: SettingsDocument) => Promise<readonly SettingsFault[]>
  /** Warnings that only a look at this machine can find (files outside its folders). */
  readonly machineWarnings?: (document: SettingsDocument) => Promise<readonly SettingsFault[]>
}

const TOPIC = 'settings'
/** Documents of older versions lack sections that came later. */
const documentOf = (text: string): SettingsDocument => ({ ...defaultSettings, ...(JSON.parse(text) as Partial<SettingsDocument>) })

export const openSettings = ({ redis, keys, notices, sites, organisation, dataKey, outboundAllow, now, peopleByRole = () => ({}), networkFaults = async () => [], machineWarnings = async () => [], onSaved }: SettingsDeps): Settings => {
  const saveScript = openScript('save-settings')
  const sealer = perSite((site) => sealerWith(keyFor(dataKey, site, 'settings')))
  /** Sealed as a whole: it names people. Those of early versions were not. */
  const sealDocument = (site: string, document: SettingsDocument): string => sealer(site).seal(JSON.stringify(document), `${site} document`)
  const opened = (site: string, row: string): string => (row.startsWith('{') ? row : sealer(site).open(row, `${site} document`).toString())
  const readDocument = (site: string, row: string): SettingsDocument => documentOf(opened(site, row))
  const current = new Map<string, Promise<StoredSettings>>()
  const pinned = openPinnedSettings({
    text: async (site, version) => {
      if (version === 0) return JSON.stringify(defaultSettings)
      const [row, saved] = await redis.hmGet(keys.site(site).settings, [`v:${version}`, `o:${version}`])
      if (row === null || row === undefined) return null
      const text = opened(site, row)
      const above = await organisation.version(Number(saved ?? 0))
      return above === null || above.version === 0 ? text : JSON.stringify(inheriting(documentOf(text), above.calendars))
    },
    documentOf,
    valuesOf: (site, document, version) => incidentSettingsOf(document, siteOf(site), version),
  })
  const listeners = new Set<(site: string) => void>()
  /** Timers that fire by the hundred ask for the same values: they are made once a version. */
  const incidentValues = new WeakMap<StoredSettings, IncidentSettings>()
  const incidentValuesOf = (site: string, stored: StoredSettings): IncidentSettings => {
    const known = incidentValues.get(stored) ?? incidentSettingsOf(stored.whole, siteOf(site), stored.version, stored.origins)
    incidentValues.set(stored, known)
    return known
  }

  const forget = (site: string) => {
    current.delete(site)
    for (const listener of listeners) listener(site)
  }
  notices.on(TOPIC, forget)
  sites.onChange(({ id }) => {
    pinned.forget()
    forget(id)
  })

  organisation.onChange(() => sites.list().forEach(({ id }) => forget(id)))

  const load = async (site: string): Promise<StoredSettings> => {
    const [{ version, savedAt, document: row }, { calendars }] = await Promise.all([redis.hGetAll(keys.site(site).settings), organisation.current()])
    const document = row === undefined ? defaultSettings : readDocument(site, row)
    const more = { document, above: calendars, whole: inheriting(document, calendars), origins: originsOf(document, calendars) }
    return version === undefined || row === undefined ? { version: 0, savedAt: null, ...more } : { version: Number(version), savedAt: instantOf(Number(savedAt)), ...more }
  }
  const get = async (site: string): Promise<StoredSettings> => {
    const loading = current.get(site) ?? load(site)
    current.set(site, loading)
    try {
      return await loading
    } catch (error) {
      current.delete(site)
      throw error
    }
  }
  const siteOf = (id: string): Site => {
    const site = sites.get(id)
    if (site === null) throw new Error(`settings of a site that does not exist: ${id}`)
    return site
  }

  const redisNow = async (): Promise<Instant> => {
    const [seconds, micros] = (await redis.sendCommand(['TIME'])) as unknown as readonly [string, string]
    return instantOf(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000))
  }

  const save = async (site: string, expected: number, version: number, document: SettingsDocument, drop: readonly string[], set: ReadonlyMap<string, string>) => {
    const [at, above] = await Promise.all([redisNow(), organisation.current()])
    const body = encodeBody({ kind: 'settings', settings: floorSettingsOf(inheriting(document, above.calendars), siteOf(site), version, at) })
    const { settings, settingsSecrets, log } = keys.site(site)
    const sealed = [...set].flatMap(([field, secret]) => [field, sealer(site).seal(secret, `${site} secret ${field}`)])
    const reply = (await saveScript.run(redis, {
      keys: [settings, settingsSecrets, log],
      arguments: [String(expected), String(version), sealDocument(site, document), String(at), body, String(above.version), String(drop.length), ...drop, String(set.size), ...sealed],
    })) as readonly [string, string]
    if (reply[0] !== 'saved') return { saved: false, version: Number(reply[1]) } as const
    onSaved?.(site, reply[1])
    forget(site)
    await notices.publish(TOPIC, site)
    return { saved: true, version } as const
  }

  const today = (): string => isoOf(now()).slice(0, 10)
  const warningsOf = async (site: string, document: SettingsDocument): Promise<readonly SettingsFault[]> => [...settingsWarnings(document, peopleByRole(site), today()), ...(await machineWarnings(document))]
  const putOnce = async (site: string, given: unknown, { expected, dryRun = false }: { readonly expected?: number; readonly dryRun?: boolean }): Promise<PutAnswer> => {
    const parsed = parseSettings(given, { outboundAllow, today: today(), organisation: (await organisation.current()).calendars })
    if (!parsed.ok) return { outcome: 'faulty', faults: parsed.faults }
    const before = await load(site)
    if (expected !== undefined && expected !== before.version) return { outcome: 'stale', version: before.version }
    const known = new Set(await redis.hKeys(keys.site(site).settingsSecrets))
    const parted = partSecrets(parsed.settings, (field) => known.has(field))
    const faults = [...parted.faults, ...(await networkFaults(parsed.settings))]
    if (faults.length > 0) return { outcome: 'faulty', faults }
    const warnings = await warningsOf(site, parted.document)
    if (dryRun) return { outcome: 'checked', version: before.version, warnings }
    const drop = [...known].filter((field) => !parted.kept.has(field) && !parted.given.has(field))
    const result = await save(site, before.version, before.version + 1, parted.document, drop, parted.given)
    return result.saved ? { outcome: 'saved', version: result.version, warnings } : { outcome: 'stale', version: result.version }
  }

  const siteChanged = async (site: string): Promise<void> => {
    for (let tries = 0; tries < 5; tries += 1) {
      const { version, document } = await load(site)
      if ((await save(site, version, version + 1, document, [], new Map())).saved) return
    }
    throw new Error(`settings of site ${site} changed too often to be told again`)
  }

  return {
    get,
    version: async (site, version) => {
      if (version === 0) return { version, savedAt: null, document: defaultSettings }
      const row = await redis.hGet(keys.site(site).settings, `v:${version}`)
      return row === null || row === undefined ? null : { version, savedAt: null, document: readDocument(site, row) }
    },
    floorSettings: async (site) => {
      const { version, whole, savedAt } = await get(site)
      return floorSettingsOf(whole, siteOf(site), version, savedAt ?? instantOf(0))
    },
    incidentSettings: async (site, version) => {
      const latest = await get(site)
      if (version === undefined || version === latest.version) return incidentValuesOf(site, latest)
      return pinned.of(site, version)
    },
    secret: async (site, path) => {
      const field = secretField(path)
      const sealed = await redis.hGet(keys.site(site).settingsSecrets, field)
      return sealed === null || sealed === undefined ? null : sealer(site).open(sealed, `${site} secret ${field}`).toString()
    },
    put: async (site, given, options = {}) => {
      // Without an expected version the last writer wins, so a lost race is run again.
      for (let tries = 0; ; tries += 1) {
        const answer = await putOnce(site, given, options)
        if (answer.outcome !== 'stale' || options.expected !== undefined || tries >= 5) return answer
      }
    },
    warnings: async (site) => warningsOf(site, (await get(site)).document),
    siteChanged,
    organisationChanged: async () => {
      const { version } = await organisation.current()
      for (const { id } of sites.list()) {
        const told = await redis.hGet(keys.site(id).settings, 'organisation')
        if (Number(told ?? 0) !== version) await siteChanged(id)
      }
    },
    calendarsInUse: async (calendars) => {
      const stored = await Promise.all(sites.list().map(async ({ id }) => ({ id, document: (await get(id)).document })))
      return stored.flatMap(({ id, document }) => crossFaults(document, { outboundAllow, today: today(), organisation: calendars }).flatMap(({ path, code, detail }) => (code === 'unknown_calendar' ? [{ path: 'calendars', code, detail: `site "${id}" names it at ${path}: ${detail}` }] : [])))
    },
    onChange: (changed) => {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
  }
}
