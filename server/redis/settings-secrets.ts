import { isKept } from '../contract/settings/parts.ts'
import type { SettingsDocument, SettingsFault } from '../contract/settings.ts'

/** Secrets and people's addresses are taken out of the document before it is stored or told to the log. */

export type SecretPath = readonly string[]

/** Places of secrets; `*` is any name. */
const places: readonly SecretPath[] = [
  ['channels', 'webhooks', '*', 'secret'],
  ['channels', 'webhooks', '*', 'oldSecret'],
  ['channels', 'slack', '*', 'url'],
  ['channels', 'teams', '*', 'url'],
  ['channels', 'sms', 'token'],
  ['channels', 'sms', 'backup', 'token'],
  ['channels', 'voice', 'token'],
  ['sources', '*', 'secret'],
  ['sources', '*', 'oldSecret'],
  ['people', '*', 'email'],
  ['people', '*', 'phone'],
  ['people', '*', 'slack'],
  ['people', '*', 'teams'],
]

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** One field of the table of secrets. Names may hold dots, so a path is its JSON. */
export const secretField = (path: SecretPath): string => JSON.stringify(path)

const withPlace = (value: unknown, place: SecretPath, path: SecretPath, seen: (path: SecretPath, secret: unknown) => unknown): unknown => {
  const [step, ...rest] = place
  if (step === undefined) return seen(path, value)
  if (!isTable(value)) return value
  const names = step === '*' ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : []
  return { ...value, ...Object.fromEntries(names.map((name) => [name, withPlace(value[name], rest, [...path, name], seen)])) }
}

export interface Parted {
  /** As stored and shown: `{ set: true }` where a secret is. */
  readonly document: SettingsDocument
  /** Secrets that were written anew. */
  readonly given: ReadonlyMap<string, string>
  /** Secrets that are kept. */
  readonly kept: ReadonlySet<string>
  readonly faults: readonly SettingsFault[]
}

/** Parts a document from its secrets; a secret to be kept must be known already. */
export const partSecrets = (whole: SettingsDocument, known: (field: string) => boolean): Parted => {
  const given = new Map<string, string>()
  const kept = new Set<string>()
  const faults: SettingsFault[] = []
  let document: unknown = whole
  for (const place of places) {
    document = withPlace(document, place, [], (path, secret) => {
      if (secret === undefined) return undefined
      const field = secretField(path)
      if (typeof secret === 'string') given.set(field, secret)
      else if (isKept(secret)) {
        kept.add(field)
        if (!known(field)) faults.push({ path: path.join('.'), code: 'secret_missing', detail: 'there is no old value to keep: give the value itself' })
      }
      return { set: true }
    })
  }
  return { document: document as SettingsDocument, given, kept, faults }
}
