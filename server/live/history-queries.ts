import { z } from 'zod'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import { DAY, instantOf, type Instant } from '../domain/time.ts'
import { problem } from '../http/problem.ts'
import { steps } from './interval-steps.ts'

/** What may be asked of history, and the place of a row in a list. */

/** A parameter is text whenever it is there: what fails here is one that is missing. */
export const instant = z.string('is missing: an instant with a zone is needed, such as 2026-11-22T09:00:00.000Z').transform((text, context) => {
  const at = parseRfc3339(text)
  if (at !== null) return instantOf(at)
  context.addIssue({ code: 'custom', message: 'must be an instant with a zone, such as 2026-11-22T09:00:00.000Z' })
  return z.NEVER
})
const zoneKnown = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
  } catch {
    return false
  }
}
export const zone = z.string().max(60).refine(zoneKnown, { error: 'must be an IANA time zone, such as Europe/London' })
export const range = { from: instant, to: instant }
export const yes = z.enum(['true', 'false']).transform((text) => text === 'true')
export const name = z.string('is missing: a name or id of 1 to 200 characters is needed').min(1).max(200)
export const channel = z.enum(['voice', 'chat', 'email', 'task'])
export const limit = z.string().regex(/^\d{1,4}$/, { error: 'must be 1 to 1000' }).transform(Number).refine((count) => count >= 1 && count <= 1_000, { error: 'must be 1 to 1000' }).default(100)

/** What days came to, or what they come to by the settings of their newest recompute. */
export const series = z.enum(['original', 'recomputed'])

const outcomes = ['pending', 'answered', 'abandoned', 'callback', 'flowed-out', 'system', 'refused'] as const

export const intervalsFields = {
  ...range,
  step: z.enum(steps).default('15m'),
  queue: name.optional(),
  channel: channel.optional(),
  tz: zone.optional(),
  basis: z.enum(['outcome', 'arrival']).default('outcome'),
  series: series.optional(),
}
export const contactsFields = { ...range, queue: name.optional(), outcome: z.enum(outcomes).optional(), agent: name.optional() }

export const intervalsQuery = z.strictObject(intervalsFields)
export type IntervalsQuery = z.infer<typeof intervalsQuery>
export const contactsFilter = z.strictObject(contactsFields)
export type ContactsFilter = z.infer<typeof contactsFilter>

/** Rows are kept for 25 months; three years are more than anybody has. */
const LONGEST_RANGE_MS = 1_096 * DAY

export const inOrder = ({ from, to }: { readonly from: Instant; readonly to: Instant }): void => {
  if (from >= to) throw problem(422, 'range_invalid', 'from must be before to')
  if (to - from > LONGEST_RANGE_MS) throw problem(422, 'range_too_long', `a range of ${Math.ceil((to - from) / DAY)} days is too long: ask for ${LONGEST_RANGE_MS / DAY} at most`)
}

/** Position of a visit in the list: its enqueue, contact and leg. */
export type Place = readonly [queuedAt: number, contactId: string, legId: string]
export const placeOf = ({ queuedAt, contactId, legId }: ContactFigures): Place => [queuedAt, contactId, legId]
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
export const before = (a: Place, b: Place): number => a[0] - b[0] || byText(a[1], b[1]) || byText(a[2], b[2])
export const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')
export const placeIn = (cursor: string): Place => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parsed) && parsed.length === 3 && typeof parsed[0] === 'number' && typeof parsed[1] === 'string' && typeof parsed[2] === 'string') return [parsed[0], parsed[1], parsed[2]]
  } catch {
    // Told below, with what would be accepted.
  }
  throw problem(400, 'query_invalid', 'cursor: must be the "next" of the page before')
}
