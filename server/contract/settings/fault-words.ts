import type { z } from 'zod'

/** Faults of a settings document: stable codes, and words that say what would be accepted. */

export interface SettingsFault {
  /** Keys with dots between them, list positions as numbers: `policies.default.ownership.levels.0.waitMs`. */
  readonly path: string
  readonly code: string
  readonly detail: string
}

const kindOf = (value: unknown): string => (value === null ? 'null' : value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a table' : typeof value === 'string' ? 'text' : `a ${typeof value}`)
const kindNames: Readonly<Record<string, string>> = { string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'a table', record: 'a table', array: 'a list', tuple: 'a list' }

const sizeWords = (issue: { readonly origin?: string; readonly minimum?: number | bigint; readonly maximum?: number | bigint; readonly inclusive?: boolean }): string => {
  const things = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' items' : ''
  if (issue.minimum !== undefined) return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${things}`
  return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${things}`
}

/** zod's own message unless the schema gave a better one. */
export const wordsFor: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindNames[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
    case 'too_small':
    case 'too_big':
      return sizeWords(issue)
    case 'unrecognized_keys':
      return 'is not known here'
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not accepted as a name'
    case 'invalid_union':
      return 'has none of the accepted forms'
    default:
      return undefined
  }
}

const codes: Readonly<Record<string, string>> = { invalid_type: 'bad_type', invalid_value: 'bad_value', invalid_format: 'bad_value', invalid_union: 'bad_value', custom: 'bad_value', too_small: 'out_of_range', too_big: 'out_of_range', unrecognized_keys: 'unknown_field', invalid_key: 'bad_name' }

const accepted = (known: readonly string[]): string => (known.length === 0 ? '' : `; accepted: ${known.join(', ')}`)

/** In a union the branch that got furthest speaks; its own error text, when the schema has one, speaks for all. */
const faultsOfIssue = (issue: z.core.$ZodIssue, prefix: readonly PropertyKey[], knownKeys: (path: readonly PropertyKey[]) => readonly string[]): readonly SettingsFault[] => {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key].map(String).join('.'), code: 'unknown_field', detail: `"${key}" is not known here${accepted(knownKeys(path))}` }))
  const missing = issue.code === 'invalid_type' && issue.message === 'is missing'
  return [{ path: path.map(String).join('.'), code: missing ? 'missing' : (codes[issue.code] ?? 'bad_value'), detail: issue.message }]
}

export const faultsOf = (error: z.ZodError, knownKeys: (path: readonly PropertyKey[]) => readonly string[]): readonly SettingsFault[] => error.issues.flatMap((issue) => faultsOfIssue(issue, [], knownKeys))
