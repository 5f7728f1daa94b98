import { jsonFaultWords } from './json-fault.ts'

/** JSON from outside, checked before any schema sees it: depth, size and keys that could become prototypes (RELIABILITY B1-B12). */

export type JsonAnswer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: JsonFault; readonly detail: string }
export type JsonFault = 'body_invalid' | 'too_deep' | 'too_many' | 'key_refused' | 'number_refused'

export interface JsonLimits {
  readonly depth: number
  /** Keys of one object. */
  readonly keys: number
  /** Items of one array. */
  readonly items: number
}
export const jsonLimits: JsonLimits = { depth: 32, keys: 500, items: 10_000 }

const refusedKeys = new Set(['__proto__', 'constructor', 'prototype'])

const fault = (code: JsonFault, detail: string) => ({ ok: false, code, detail }) as const

/** First thing in `value` that no route accepts, or null. */
const refusedIn = (value: unknown, limits: JsonLimits, depth: number): Extract<JsonAnswer, { ok: false }> | null => {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return fault('number_refused', 'numbers must be finite')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? fault('number_refused', 'whole numbers must lie within 2^53') : null
  }
  if (typeof value !== 'object' || value === null) return null
  if (depth >= limits.depth) return fault('too_deep', `at most ${limits.depth} levels of nesting are accepted`)
  if (Array.isArray(value)) {
    if (value.length > limits.items) return fault('too_many', `at most ${limits.items} items are accepted in one list`)
    for (const item of value) {
      const refused = refusedIn(item, limits, depth + 1)
      if (refused !== null) return refused
    }
    return null
  }
  const entries = Object.entries(value)
  if (entries.length > limits.keys) return fault('too_many', `at most ${limits.keys} keys are accepted in one object`)
  for (const [key, item] of entries) {
    if (refusedKeys.has(key)) return fault('key_refused', `the key "${key}" is not accepted`)
    const refused = refusedIn(item, limits, depth + 1)
    if (refused !== null) return refused
  }
  return null
}

/** The same check for a value that a parser (JSON, YAML) has made already. */
export const checkJson = (value: unknown, limits: JsonLimits = jsonLimits): JsonAnswer => refusedIn(value, limits, 0) ?? { ok: true, value }

/** A leading BOM is accepted; of repeated keys the last wins. */
export const readJson = (text: string, limits: JsonLimits = jsonLimits): JsonAnswer => {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  let value: unknown
  try {
    value = JSON.parse(plain)
  } catch {
    return fault('body_invalid', text.trim() === '' ? 'the body is empty: JSON is expected' : `the body is not valid JSON: ${jsonFaultWords(plain)}`)
  }
  return checkJson(value, limits)
}
