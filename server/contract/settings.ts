import { isAlias, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { checkJson, readJson, type JsonLimits } from './json.ts'
import { crossFaults, type CheckWith } from './settings/check.ts'
import { withDefaults, type SectionName, type SettingsDocument } from './settings/defaults.ts'
import { faultsOf, wordsFor, type SettingsFault } from './settings/fault-words.ts'
import { floorSections } from './settings/floor-schema.ts'
import { incidentSections } from './settings/incidents-schema.ts'

export { defaultSettings, builtInCategories, type SettingsDocument } from './settings/defaults.ts'
export type { SettingsFault } from './settings/fault-words.ts'
export { inheriting, originsOf, type Calendars } from './settings/inherited-calendars.ts'
export { organisationSchema, parseOrganisation } from './settings/organisation.ts'
export { floorSettingsOf, hoursOfQueues, incidentSettingsOf, resourcesOf, rotasOf } from './settings/values.ts'
export { settingsWarnings } from './settings/warnings.ts'

const sections = { ...floorSections, ...incidentSections }

/** The settings document of a site as it is written: every section may be left out. */
export const settingsSchema = z.strictObject({ ...sections, version: z.literal(1, { error: 'must be 1, the only version of the document' }) }).partial()

export type SettingsAnswer = { readonly ok: true; readonly settings: SettingsDocument } | { readonly ok: false; readonly faults: readonly SettingsFault[] }

/** Large houses have 1,000 queues and 5,000 people. */
const limits: JsonLimits = { depth: 32, keys: 20_000, items: 20_000 }

type Shape = { readonly def: { readonly type: string; readonly shape?: Readonly<Record<string, z.core.$ZodType>>; readonly innerType?: z.core.$ZodType; readonly valueType?: z.core.$ZodType; readonly element?: z.core.$ZodType } }
const inside = (schema: z.core.$ZodType): Shape => ({ def: schema._zod.def })

/** Names that the schema knows at a place of the document; empty where it cannot tell. */
const knownKeys = (path: readonly PropertyKey[]): readonly string[] => {
  let at: z.core.$ZodType = settingsSchema
  const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType => {
    const { innerType } = inside(schema).def
    return innerType === undefined ? schema : unwrapped(innerType)
  }
  for (const step of path) {
    const { def } = inside(unwrapped(at))
    const next = def.shape?.[String(step)] ?? def.valueType ?? def.element
    if (next === undefined) return []
    at = next
  }
  return Object.keys(inside(unwrapped(at)).def.shape ?? {})
}

/** The whole document with its defaults, or every fault at once. */
export const parseSettings = (given: unknown, check: CheckWith): SettingsAnswer => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { ok: false, faults: [{ path: '', code: 'bad_type', detail: 'the settings must be a table of sections' }] }
  const parsed = settingsSchema.safeParse(given, { error: wordsFor })
  if (!parsed.success) return { ok: false, faults: faultsOf(parsed.error, knownKeys) }
  const { version: _version, ...own } = parsed.data
  const settings = withDefaults(own)
  const faults = crossFaults(settings, check)
  return faults.length === 0 ? { ok: true, settings } : { ok: false, faults }
}

export type TextAnswer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: string; readonly detail: string }

const readYaml = (text: string): TextAnswer => {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true, version: '1.2' })
  const [error] = document.errors
  if (error !== undefined) return { ok: false, code: 'body_invalid', detail: `the YAML cannot be read: ${error.message.split('\n')[0] ?? ''}` }
  let aliases = 0
  visit(document, (_key, node) => void (isAlias(node) && (aliases += 1)))
  if (aliases > 100) return { ok: false, code: 'too_many', detail: 'at most 100 aliases are accepted' }
  try {
    return checkJson(document.toJS({ maxAliasCount: 1_000 }), limits)
  } catch {
    return { ok: false, code: 'body_invalid', detail: 'the YAML holds references that cannot be followed' }
  }
}

/** The text of a document in either form. */
export const readSettingsText = (text: string, form: 'json' | 'yaml'): TextAnswer => (form === 'json' ? readJson(text, limits) : readYaml(text))

export const sectionNames = Object.keys(sections) as readonly SectionName[]
