import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { PersonId } from '../domain/incident/incident.ts'
import { instantOf, MINUTE, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** What the link in a page is good for: one incident, one person, a short while (PRACTICE 3). */
export interface PageLink {
  readonly site: string
  /** Empty for a test page. */
  readonly ref: string
  readonly person: PersonId
  /** Times the incident had been reopened when it was sent: an acknowledgement from before a reopening is refused. */
  readonly life: number
  readonly expiresAt: Instant
}

export interface PageLinks {
  /** Signed; good for 30 minutes from `now`. */
  tokenOf(link: Omit<PageLink, 'expiresAt'>, now: Instant): string
  /** null: not ours, or changed. Expired ones are told with their time. */
  read(token: string): PageLink | null
  /** The same for every spelling of one link. */
  idOf(token: string): string
  used(token: string, site: string): Promise<boolean>
  /** True the first time: the link acknowledges once. */
  use(token: string, site: string): Promise<boolean>
}

export const PAGE_LINK_MS = 30 * MINUTE

const MAC_BYTES = 16
/** Of what was signed: the last letter of a signature holds spare bits, so one signature has several spellings. */
const hashOf = (token: string): string => createHash('sha256').update(token.split('.', 1)[0] ?? '').digest('base64url')

export const openPageLinks = ({ redis, keys, sessionSecret }: { readonly redis: Redis; readonly keys: Keys; readonly sessionSecret: string }): PageLinks => {
  const macOf = (text: string): Buffer => createHmac('sha256', sessionSecret).update(`page link\0${text}`).digest().subarray(0, MAC_BYTES)
  return {
    tokenOf: ({ site, ref, person, life }, now) => {
      const text = Buffer.from(JSON.stringify([site, ref, person, life, Math.floor((now + PAGE_LINK_MS) / 1_000)])).toString('base64url')
      return `${text}.${macOf(text).toString('base64url')}`
    },
    read: (token) => {
      const match = /^([A-Za-z0-9_-]{10,600})\.([A-Za-z0-9_-]{22})$/.exec(token)
      if (match === null) return null
      const [, text = '', mac = ''] = match
      const given = Buffer.from(mac, 'base64url')
      if (given.length !== MAC_BYTES || !timingSafeEqual(given, macOf(text))) return null
      const [site, ref, person, life, expires] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string, string, number, number]
      return { site, ref, person, life, expiresAt: instantOf(expires * 1_000) }
    },
    idOf: hashOf,
    used: async (token, site) => (await redis.exists(keys.site(site).linkUsed(hashOf(token)))) === 1,
    use: async (token, site) => (await redis.set(keys.site(site).linkUsed(hashOf(token)), '1', { condition: 'NX', expiration: { type: 'PX', value: PAGE_LINK_MS } })) === 'OK',
  }
}
