import { z } from 'zod'

/** Small schemas that the sections of the settings document share. Their messages say what would be accepted. */

export const YEAR_MS = 31_536_000_000

/** Ids of queues, policies, people and the like: they become keys, paths and metric labels. */
export const nameKey = z.string().min(1).max(100).regex(/^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u, { error: 'must be 1 to 100 visible characters without a space at either end' })
export const label = z.string().min(1).max(200).regex(/^[^\p{C}]*$/u, { error: 'must not hold control characters' })
export const table = <T extends z.ZodType>(value: T) => z.record(nameKey, value)

export const durationMs = (most = YEAR_MS) => z.number().int({ error: 'must be a whole number of milliseconds' }).min(0).max(most)
export const positiveMs = (most = YEAR_MS) => z.number().int({ error: 'must be a whole number of milliseconds' }).min(1).max(most)
export const days = (most = 366) => z.number().int({ error: 'must be a whole number of days' }).min(1).max(most)
export const ratio = z.number().min(0).max(1)
export const scale = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)], { error: 'must be 1, 2, 3 or 4' })
export const priority = z.enum(['P1', 'P2', 'P3', 'P4'])

export const isTimeZone = (name: string): boolean => {
  // "Etc/GMT+1" style names are zones; bare offsets are not, since they know no daylight saving.
  if (/^[+-]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
export const timeZone = z.string().refine(isTimeZone, { error: 'must be a time zone of the IANA list, e.g. Europe/London' })

export const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a wall clock time from "00:00" to "23:59"' })
export const closingTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'must be a wall clock time from "00:00" to "24:00"' })
export const hours = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'must be hours such as "09:00-17:30"' }).refine((text) => text.slice(0, 5) !== text.slice(6), { error: 'opens and closes at the same moment' })

export const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
export const date = z.string().refine(isDate, { error: 'must be a date such as "2026-12-25"' })

/** What a document holds where a secret is: the secret, or the mark that the old one is kept. */
export const kept = z.strictObject({ set: z.literal(true) })
export type Kept = z.infer<typeof kept>
export const secretText = (error: string, accepts: (text: string) => boolean = () => true) => z.union([z.string().min(1).max(4_000).refine(accepts, { error }), kept], { error: `${error}, or { set: true } to keep the old one` })
export const isKept = (value: unknown): value is Kept => typeof value === 'object' && value !== null && 'set' in value && value.set === true

/** http and https only (RELIABILITY B55): templates of links shown to people, with {placeholders}. */
export const linkTemplate = z.string().max(2_000).refine((text) => /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text.replace(/\{[A-Za-z]+\}/g, 'x')), { error: 'must be an http:// or https:// address; {contactId}, {ref} and the like are filled in' })
