import { raw, type RequestHandler } from 'express'
import type { z, ZodType } from 'zod'
import { readJson, type JsonLimits } from '../contract/json.ts'
import { wordsFor } from '../contract/settings/fault-words.ts'
import { problem } from './problem.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes as text; invalid UTF-8 is refused, never guessed. */
export const textOf = (body: unknown): string => {
  if (!Buffer.isBuffer(body)) return ''
  try {
    return utf8.decode(body)
  } catch {
    throw problem(400, 'body_invalid', 'the body is not valid UTF-8')
  }
}

/** Media type without parameters, lower case; charsets other than UTF-8 are refused. */
export const mediaTypeOf = (contentType: string | undefined): string => {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length).replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') throw problem(415, 'charset_unsupported', 'the body must be UTF-8')
  return type
}

/** The body of a type that the route lists, as a Buffer on `request.body`; others are 415, larger ones 413. Use after the guard: strangers' bodies are not read. */
export const bytesBody = (types: readonly string[], limit = 262_144): RequestHandler[] => [
  (request, _response, next) => {
    const type = mediaTypeOf(request.headers['content-type'])
    if (!types.includes(type)) throw problem(415, 'type_unsupported', `this route accepts ${types.join(', ')}`)
    next()
  },
  raw({ type: () => true, limit, inflate: false }),
]

/** A JSON body on `request.body`, read and checked for depth, size and dangerous keys. */
export const jsonBody = (options: { readonly limit?: number; readonly limits?: JsonLimits } = {}): RequestHandler[] => [
  ...bytesBody(['application/json'], options.limit),
  (request, _response, next) => {
    const answer = readJson(textOf(request.body), options.limits)
    if (!answer.ok) throw problem(400, answer.code, answer.detail)
    request.body = answer.value
    next()
  },
]

export const pathText = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/** Names that a schema takes; empty where it is no plain object. */
const namesOf = (schema: ZodType): readonly string[] => ('shape' in schema && typeof schema.shape === 'object' && schema.shape !== null ? Object.keys(schema.shape) : [])

/** Words that say what would be accepted, wherever the schema has none of its own. */
const wordsOf =
  (schema: ZodType): z.core.$ZodErrorMap =>
  (issue) => {
    if (issue.code !== 'unrecognized_keys') return wordsFor(issue)
    const known = issue.path?.length === 0 || issue.path === undefined ? namesOf(schema) : []
    return `${issue.keys.map((key) => `"${key.slice(0, 40)}"`).join(', ')} not known here${known.length === 0 ? '' : `; accepted: ${known.join(', ')}`}`
  }

/** The value a schema makes of a body, or 422 with every fault and its path. */
export const accepted = <T>(schema: ZodType<T>, body: unknown): T => {
  if (typeof body !== 'object' || body === null) throw problem(400, 'body_invalid', 'the body must be a JSON object')
  const parsed = schema.safeParse(body, { error: wordsOf(schema) })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => ({ path: pathText(issue.path), code: issue.code, detail: issue.message }))
  throw problem(422, 'fields_invalid', `${faults.length} field${faults.length === 1 ? ' is' : 's are'} not accepted`, { faults })
}

/** One value per name: repeated, bracketed and undeclared parameters are 400 (B34). */
export const queryOf = <T>(schema: ZodType<T>, url: string): T => {
  const given: Record<string, string> = {}
  for (const [name, value] of new URL(url, 'http://x').searchParams) {
    if (Object.hasOwn(given, name)) throw problem(400, 'query_invalid', `the parameter "${name.slice(0, 40)}" is given twice`)
    Object.defineProperty(given, name, { value, enumerable: true, configurable: true })
  }
  const parsed = schema.safeParse(given, { error: wordsOf(schema) })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => ({ path: pathText(issue.path), code: issue.code, detail: issue.message }))
  throw problem(400, 'query_invalid', faults.map(({ path, detail }) => `${path === '' ? 'query' : path}: ${detail}`).join('; '), { faults })
}
