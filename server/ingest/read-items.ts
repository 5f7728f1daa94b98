import { checkJson } from '../contract/json.ts'
import { jsonFaultWords } from '../contract/json-fault.ts'
import { UnreadableItem } from './check-event.ts'
import { fromBinary, fromStructured } from './cloud-events.ts'
import { cleanItem, isObject } from './clean-item.ts'

/** A body as items, before any of them is checked. */

export const MOST_EVENTS = 10_000
export const MOST_BYTES = 8 * 1024 * 1024

export interface BodyRefusal {
  readonly ok: false
  readonly status: 400 | 413 | 415
  readonly code: string
  readonly detail: string
}
export interface Items {
  readonly ok: true
  readonly items: readonly unknown[]
  /** Positions that brought no time of their own and got the time of arrival. */
  readonly untimed: ReadonlySet<number>
}
export type ItemsAnswer = Items | BodyRefusal

type Headers = Readonly<Record<string, string | string[] | undefined>>
const refusal = (status: BodyRefusal['status'], code: string, detail: string): BodyRefusal => ({ ok: false, status, code, detail })

export const bodyInvalid = (detail: string): BodyRefusal => refusal(400, 'body_invalid', detail)
export const tooManyEvents = (count: number): BodyRefusal => refusal(413, 'too_many_events', `${count} events in one request; at most ${MOST_EVENTS}: send several requests, or history as POST imports`)

const JSON_TYPE = 'application/json'
const NDJSON_TYPE = 'application/x-ndjson'
const STRUCTURED_TYPE = 'application/cloudevents+json'
const BATCH_TYPE = 'application/cloudevents-batch+json'
const accepted = [JSON_TYPE, NDJSON_TYPE, STRUCTURED_TYPE, BATCH_TYPE]

/** Media type in lower case, or a refusal; only UTF-8 is read. */
export const mediaType = (header: string | undefined, types: readonly string[] = accepted): { readonly ok: true; readonly type: string } | BodyRefusal => {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (!types.includes(type)) return refusal(415, 'type_unsupported', `this route accepts ${types.join(', ')}`)
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length).replaceAll('"', '')
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii' ? { ok: true, type } : refusal(415, 'charset_unsupported', 'the body must be UTF-8')
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Bytes as text; invalid UTF-8 is refused, never guessed; a leading byte order mark is accepted. */
export const bodyText = (bytes: Uint8Array): string | null => {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

const parseJson = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

const NO_EVENT = 'the body is not an event; expected an object with id, type and occurredAt, or a list of them'
/** An object that is no event at all is a mistake about the address, not a bad event. */
const looksLikeEvent = (value: object): boolean => 'type' in value || 'id' in value || 'specversion' in value

const listOf = (values: readonly unknown[], now: number): ItemsAnswer => {
  if (values.length === 0) return bodyInvalid('the list is empty; expected at least one event')
  if (values.length > MOST_EVENTS) return tooManyEvents(values.length)
  if (!values.some(isObject)) {
    const shape = checkJson(values)
    return shape.ok ? bodyInvalid('no entry of the list is a JSON object') : refusal(400, shape.code, shape.detail)
  }
  const untimed = new Set<number>()
  const items = values.map((value, index) => {
    if (!isObject(value) || !('specversion' in value)) return value
    const event = fromStructured(value, now)
    if (event instanceof UnreadableItem) return event
    if (event.untimed) untimed.add(index)
    return event.item
  })
  return { ok: true, items, untimed }
}

const ofJson = (text: string, now: number): ItemsAnswer => {
  const parsed = parseJson(text)
  if (parsed === null) return bodyInvalid(text.trim() === '' ? 'the body is empty; expected an event, a list of events or NDJSON' : `the body is not valid JSON: ${jsonFaultWords(text)}`)
  if (Array.isArray(parsed.value)) return listOf(parsed.value, now)
  if (!isObject(parsed.value)) return bodyInvalid(NO_EVENT)
  // Alone in its body there is nothing that a broken shape could cost: the whole body is refused, as everywhere else.
  const shape = cleanItem(parsed.value)
  if (!shape.ok) return refusal(400, shape.code, shape.fault)
  return looksLikeEvent(parsed.value) ? listOf([parsed.value], now) : bodyInvalid(NO_EVENT)
}

const ofLines = (text: string, now: number): ItemsAnswer => {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  if (lines.length === 0) return bodyInvalid('the body is empty; expected one event a line')
  if (lines.length > MOST_EVENTS) return tooManyEvents(lines.length)
  const values = lines.map((line) => {
    const parsed = parseJson(line)
    return parsed === null ? new UnreadableItem(`the line is not valid JSON: ${jsonFaultWords(line)}`) : parsed.value
  })
  if (values.every((value) => value instanceof UnreadableItem)) return bodyInvalid(`no line is valid JSON; the first: ${jsonFaultWords(lines[0] ?? '')}`)
  return listOf(values, now)
}

const ofBinary = (text: string, headers: Headers, now: number): ItemsAnswer => {
  const parsed = parseJson(text.trim() === '' ? '{}' : text)
  if (parsed === null || !isObject(parsed.value)) return bodyInvalid('the data of a binary CloudEvent must be a JSON object')
  const event = fromBinary(headers, parsed.value, now)
  return { ok: true, items: [event.item], untimed: new Set(event.untimed ? [0] : []) }
}

/** `now` in ms: the time of CloudEvents that bring none. */
export const readItems = (bytes: Uint8Array, headers: Headers, now: number): ItemsAnswer => {
  const given = headers['content-type']
  const type = mediaType(typeof given === 'string' ? given : undefined)
  if (!type.ok) return type
  const text = bodyText(bytes)
  if (text === null) return bodyInvalid('the body is not valid UTF-8')
  if (type.type === NDJSON_TYPE) return ofLines(text, now)
  if (type.type === JSON_TYPE && headers['ce-id'] !== undefined) return ofBinary(text, headers, now)
  return ofJson(text, now)
}
