/** First look at one item, before any schema: shape limits, forbidden names, clean text. */

const DEPTH = 32
const KEYS = 500
/** Names that could reach an object's prototype or look like its methods (RELIABILITY B11). */
const forbidden = new Set(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])

const plain = /^[ -~]*$/
const breaks = /[\t\n\r\u2028\u2029]+/g
/** C0 and C1 controls, zero-width characters, bidi marks and overrides. */
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g
const loneSurrogate = /\p{Surrogate}/gu

/** NFC on one line, without characters nobody sees; a lone surrogate becomes U+FFFD so that the text survives UTF-8. */
export const cleanText = (text: string): string =>
  plain.test(text) ? text : text.replace(loneSurrogate, '\ufffd').normalize('NFC').replace(breaks, ' ').replace(invisible, '')

export type Cleaned = { readonly ok: true; readonly value: Readonly<Record<string, unknown>> } | { readonly ok: false; readonly code: ShapeCode; readonly fault: string }
export type ShapeCode = 'body_invalid' | 'too_deep' | 'too_many' | 'key_refused'

class Refused extends Error {
  readonly code: ShapeCode
  constructor(code: ShapeCode, detail: string) {
    super(detail)
    this.code = code
  }
}

interface Budget {
  keys: number
}

const cleanValue = (value: unknown, depth: number, budget: Budget): unknown => {
  if (typeof value === 'string') return cleanText(value)
  if (value === 0) return 0
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH) throw new Refused('too_deep', `more than ${DEPTH} levels of nesting`)
  // Rows of a list have a budget each: a snapshot of a large floor has thousands, and the schema caps every list.
  if (Array.isArray(value)) return value.map((entry) => cleanValue(entry, depth + 1, { keys: 0 }))
  return cleanObject(value, depth, budget)
}

const cleanObject = (value: object, depth: number, budget: Budget): Record<string, unknown> => {
  const clean: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(value)) {
    if (forbidden.has(key)) throw new Refused('key_refused', `the field name ${key} is not accepted`)
    budget.keys += 1
    if (budget.keys > KEYS) throw new Refused('too_many', `more than ${KEYS} fields`)
    clean[key] = cleanValue(entry, depth + 1, budget)
  }
  return clean
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nearly every event is flat and clean as it came: then it is not copied. */
const isFlatAndClean = (item: object): item is Readonly<Record<string, unknown>> => {
  const entries = Object.entries(item)
  if (entries.length > KEYS) return false
  for (const [key, value] of entries) {
    if (forbidden.has(key) || (typeof value === 'string' ? !plain.test(value) : (typeof value === 'object' && value !== null) || Object.is(value, -0))) return false
  }
  return true
}

export const cleanItem = (item: unknown): Cleaned => {
  if (!isObject(item)) return { ok: false, code: 'body_invalid', fault: 'an event is a JSON object' }
  if (isFlatAndClean(item)) return { ok: true, value: item }
  try {
    return { ok: true, value: cleanObject(item, 0, { keys: 0 }) }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, code: error.code, fault: error.message }
    throw error
  }
}
