import { z } from 'zod'
import { roles } from './roles.ts'
import { isTimeZone, label, nameKey } from './settings/parts.ts'

/** Bodies of sign-in, accounts, keys and sites. Unknown fields are refused; nothing of a body is stored unnamed. */

export const siteId = z.string().regex(/^[a-z0-9-]{1,40}$/, { error: 'must be 1 to 40 of a-z, 0-9 and -' })
const username = z.string().min(1).max(200).regex(/^[^\p{C}]+$/u, { error: 'must not hold control characters' })
/** Any text: rules for new passwords stand in `passwords.ts`, and no rule is told to who signs in. */
const password = z.string().max(4_096)

export const signInBody = z.strictObject({ name: username, password })
export const setupBody = z.strictObject({ token: z.string().max(200), username, name: label.optional(), password })
export const passwordBody = z.strictObject({ old: password, new: password })

/** Humans and screens; machines have keys. */
const accountRole = z.enum(roles.filter((role) => role !== 'source' && role !== 'display'))
/** Groups of the settings (`groups`) that a key or an account is limited to; null: all of its sites. `area` is one of them. */
const areas = { areas: z.array(nameKey).min(1).max(100).nullable().optional(), area: nameKey.optional() }
const oneOf = { error: 'give area or areas, not both', path: ['areas'] }
const notBoth = ({ area, areas: several }: { readonly area?: string | undefined; readonly areas?: readonly string[] | null | undefined }): boolean => area === undefined || several === undefined
const sites = z.array(siteId).min(1).max(1_000).nullable()
export const userBody = z.strictObject({ username, name: label.optional(), role: accountRole, ...areas, sites: sites.optional(), password: password.optional() }).refine(notBoth, oneOf)
export const userChange = z.strictObject({ name: label.optional(), role: accountRole.optional(), ...areas, sites: sites.optional(), disabled: z.boolean().optional() }).refine(notBoth, oneOf)
export const keyBody = z.strictObject({ site: z.union([siteId, z.literal('*')], { error: 'must be the id of a site, or "*" for every site' }), role: z.enum(roles), ...areas, name: label.optional() }).refine(notBoth, oneOf)
const typedCode = z.string().max(40).regex(/^[ -]*(?:[A-Za-z][ -]*){8}$/, { error: 'must be the 8 letters that the screen shows, e.g. BCDF-GHJK' })
export const boards = ['near', 'room', 'hall'] as const
export const approvePairing = z.strictObject({ code: typedCode, site: siteId, name: label.min(1).optional(), board: z.enum(boards).default('near') })
export const changeScreen = z.strictObject({ name: label.min(1).optional(), board: z.enum(boards).optional() })
export const collectPairing = z.strictObject({ device: z.string().regex(/^[A-Za-z0-9_-]{43}$/, { error: 'must be what the server gave with the code' }) })
export const siteBody = z.strictObject({ name: label, timeZone: z.string().refine(isTimeZone, { error: 'must be a time zone of the IANA list, e.g. Europe/London' }) })

export const listQuery = z.strictObject({
  limit: z.string().regex(/^\d{1,4}$/, { error: 'must be a whole number from 1 to 1000' }).transform(Number).refine((limit) => limit >= 1 && limit <= 1_000, { error: 'must be a whole number from 1 to 1000' }).default(100),
  cursor: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, { error: 'must be the `next` of an earlier answer' }).optional(),
})
