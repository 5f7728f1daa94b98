import { z } from 'zod'
import { eventSchemas, eventTypes, type CanonicalEvent, type RejectionCode } from '../contract/events.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import { wordsFor } from '../contract/settings/fault-words.ts'
import { HOT_MS } from '../domain/hot-hours.ts'
import { MINUTE, type Instant } from '../domain/time.ts'
import { cleanItem } from './clean-item.ts'

/** `live` refuses what is older than 48 h; `import` takes history. */
export type IngestMode = 'live' | 'import'

export interface Fault {
  readonly id: string | null
  readonly code: RejectionCode
  readonly detail: string
}
export type Checked = { readonly ok: true; readonly event: CanonicalEvent; readonly unknownFields: number } | ({ readonly ok: false } & Fault)

/** Stands in a batch for an item that could not be read, such as a broken NDJSON line; the others go on. */
export class UnreadableItem {
  readonly detail: string
  constructor(detail: string) {
    this.detail = detail
  }
}

const FUTURE_MS = 5 * MINUTE
/** Before this no contact centre kept a log that anyone imports; it also catches seconds taken for milliseconds. */
const FIRST_IMPORT = Date.UTC(1990, 0, 1)

interface Compiled {
  readonly schema: z.ZodType<CanonicalEvent>
  readonly plain: z.ZodType
  readonly fields: ReadonlySet<string>
}

/** Compiled ahead of time: a quarter of the cost per event. A test holds it equal to the plain schema. */
const compiled: ReadonlyMap<string, Compiled> = new Map(
  eventTypes.map((type) => [type, { schema: z.compile(eventSchemas[type]) as z.ZodType<CanonicalEvent>, plain: eventSchemas[type], fields: new Set(Object.keys(eventSchemas[type].shape)) }]),
)

/** What a field that is missing should have been. */
const needed: Readonly<Record<string, string>> = { id: '1 to 200 printable ASCII characters without space, quotes, backslash and : * { }', occurredAt: 'an RFC 3339 instant with a zone, such as 2026-11-22T09:00:00.000Z', enqueuedAt: 'an RFC 3339 instant with a zone, such as 2026-11-22T09:00:00.000Z' }
const words: z.core.$ZodErrorMap = (issue) => {
  const said = wordsFor(issue)
  if (issue.code !== 'invalid_type') return typeof said === 'string' ? said : said?.message
  return `${typeof said === 'string' ? said : ''}; ${needed[String(issue.path?.at(-1))] ?? (issue.expected === 'string' ? '1 to 200 characters' : 'see the schema of this type')} ${issue.input === undefined ? 'is needed' : 'is accepted'}`
}

/** Said by the plain schema: the compiled one is quick and of few words. */
const detailOf = (schema: z.ZodType, value: unknown): string => {
  const issues = schema.safeParse(value, { error: words }).error?.issues ?? []
  const [first, ...others] = new Set(issues.map(({ path, message }) => `${path.length === 0 ? 'event' : path.map(String).join('.')}: ${message}`))
  if (first === undefined) return 'not an event of this type'
  return `${first}${others.length > 0 ? ` (and ${others.length} more)` : ''}`
}

/** Numbers where an instant belongs are nearly always epochs: say which unit it looks like (RELIABILITY B16). */
const epochHint = (value: unknown): string | null => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,17}$/.test(value) ? Number(value) : null
  if (number === null) return null
  const unit = number < 1e11 ? 'seconds' : number < 1e14 ? 'milliseconds' : 'microseconds'
  return `occurredAt: time_unit: looks like an epoch in ${unit}; write an RFC 3339 instant with a zone, such as 2026-11-22T09:00:00.000Z`
}

/** What is too long to be an id comes back as its beginning: its sender knows it by that and by the position. */
const readableId = (id: unknown): string | null => (typeof id !== 'string' || id.length === 0 ? null : id.length > 200 ? `${id.slice(0, 64)}… (${id.length} characters)` : id)

const timeFault = (occurredAt: number, now: Instant, mode: IngestMode): { readonly code: RejectionCode; readonly detail: string } | null => {
  if (occurredAt > now + FUTURE_MS) return { code: 'in_future', detail: 'occurredAt: more than 5 minutes after the clock of this server' }
  if (mode === 'live' && occurredAt < now - HOT_MS) return { code: 'too_old', detail: 'occurredAt: more than 48 hours ago; bring history in with POST imports' }
  if (occurredAt < FIRST_IMPORT) return { code: 'too_old', detail: 'occurredAt: before 1990' }
  return null
}

/**
 * The checks of one item in the order they are made: an object within limits, a known type, its fields, its time.
 * The first that fails names the code. Pure: `now` is the server's clock.
 */
export const checkEvent = (item: unknown, now: Instant, mode: IngestMode): Checked => {
  if (item instanceof UnreadableItem) return { ok: false, id: null, code: 'bad_field', detail: item.detail }
  const cleaned = cleanItem(item)
  const id = readableId(typeof item === 'object' && item !== null ? (item as { id?: unknown }).id : null)
  if (!cleaned.ok) return { ok: false, id, code: 'bad_field', detail: cleaned.fault }
  const { value } = cleaned
  const type = value['type']
  if (typeof type !== 'string') return { ok: false, id, code: 'unknown_type', detail: 'type: missing; expected a canonical type such as contact.queued' }
  const known = compiled.get(type)
  if (!known) return { ok: false, id, code: 'unknown_type', detail: `type: ${type.slice(0, 60)} is not a canonical event type` }
  const hint = epochHint(value['occurredAt'])
  if (hint !== null) return { ok: false, id, code: 'bad_field', detail: hint }
  const parsed = known.schema.safeParse(value)
  if (!parsed.success) return { ok: false, id, code: 'bad_field', detail: detailOf(known.plain, value) }
  const fault = timeFault(parseRfc3339(parsed.data.occurredAt) ?? Number.NaN, now, mode)
  if (fault) return { ok: false, id, ...fault }
  let unknownFields = 0
  for (const key of Object.keys(value)) if (!known.fields.has(key)) unknownFields += 1
  return { ok: true, event: parsed.data, unknownFields }
}
