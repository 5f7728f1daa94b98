import type { SubjectToken } from '../domain/platform-events.ts'
import type { Redis } from './connect.ts'
import type { Keys } from './keys.ts'
import { randomFromPool } from './random-pool.ts'
import { fingerprint, keyFor, perSite, sealerWith } from './seal.ts'

/** A customer as a source names them: exactly one of the three. */
export type Customer = { readonly ref: string } | { readonly phone: string } | { readonly email: string }

export interface Subjects {
  /** Tokens in the order asked; unknown customers get a new random one. One or two round trips however many. */
  readonly tokensOf: (site: string, customers: readonly Customer[]) => Promise<readonly SubjectToken[]>
  /** What is kept about a customer, or null; makes nothing. */
  readonly find: (site: string, customer: Customer) => Promise<{ readonly token: SubjectToken; readonly customer: Customer } | null>
  /** Drops the row: the token in the log stands for nobody from then on. False when there was none. */
  readonly erase: (site: string, customer: Customer) => Promise<boolean>
}

/** A number without its separators; 00 is the +. */
export const plainNumber = (phone: string): string => phone.replace(/[^\d+]/g, '').replace(/^00/, '+')

/** The same customer written differently is one subject: separators of a number and the case of an address do not count. */
const canonical = (customer: Customer): string => {
  if ('phone' in customer) return `phone:${plainNumber(customer.phone)}`
  if ('email' in customer) return `email:${customer.email.normalize('NFC').trim().toLowerCase()}`
  return `ref:${customer.ref.normalize('NFC').trim()}`
}

/** A row is `token.key.values`: the subject's own key wrapped with the site's, its values sealed with its own. */
const SEPARATOR = '.'
const tokenOfRow = (row: string): SubjectToken => row.slice(0, row.indexOf(SEPARATOR))

export const openSubjects = ({ redis, keys, dataKey }: { readonly redis: Redis; readonly keys: Keys; readonly dataKey: Uint8Array }): Subjects => {
  const siteKeys = perSite((site) => ({ find: keyFor(dataKey, site, 'subject fingerprint'), wrap: sealerWith(keyFor(dataKey, site, 'subject key')) }))
  const fieldOf = (site: string, customer: Customer) => fingerprint(siteKeys(site).find, canonical(customer))

  const newRow = (site: string, field: string, customer: Customer): string => {
    const own = randomFromPool(32)
    const token = randomFromPool(16).toString('base64url')
    const wrapped = siteKeys(site).wrap.seal(own, `${site} subject ${field} key`)
    return [token, wrapped, sealerWith(own).seal(JSON.stringify(customer), `${site} subject ${field} values`)].join(SEPARATOR)
  }

  const openRow = (site: string, field: string, row: string): { token: SubjectToken; customer: Customer } => {
    const [token = '', wrapped = '', values = ''] = row.split(SEPARATOR)
    const own = siteKeys(site).wrap.open(wrapped, `${site} subject ${field} key`)
    return { token, customer: JSON.parse(sealerWith(own).open(values, `${site} subject ${field} values`).toString()) as Customer }
  }

  return {
    tokensOf: async (site, customers) => {
      if (customers.length === 0) return []
      const key = keys.site(site).subjects
      const fieldsOfAll = customers.map((customer) => fieldOf(site, customer))
      const byField = new Map(customers.map((customer, i) => [fieldsOfAll[i] ?? '', customer]))
      const fields = [...byField.keys()]
      const tokens = new Map<string, SubjectToken>()
      const read = (rows: readonly (string | null)[], of: readonly string[]) => of.forEach((field, i) => { const row = rows[i]; if (row) tokens.set(field, tokenOfRow(row)) })
      read(await redis.hmGet(key, fields), fields)
      const missing = fields.filter((field) => !tokens.has(field))
      if (missing.length > 0) {
        // Two processes may meet the same new customer: the first row stands, both read it back.
        await Promise.all(missing.map((field) => { const customer = byField.get(field); return customer ? redis.hSetNX(key, field, newRow(site, field, customer)) : null }))
        read(await redis.hmGet(key, missing), missing)
      }
      return fieldsOfAll.map((field) => {
        const token = tokens.get(field)
        if (token === undefined) throw new Error(`subject row of site ${site} vanished between writing and reading`)
        return token
      })
    },
    find: async (site, customer) => {
      const field = fieldOf(site, customer)
      const row = await redis.hGet(keys.site(site).subjects, field)
      return row ? openRow(site, field, row) : null
    },
    erase: async (site, customer) => {
      const { subjects, ends } = keys.site(site)
      const field = fieldOf(site, customer)
      const row = await redis.hGet(subjects, field)
      if (!row) return false
      await redis.multi().hDel(subjects, field).zRem(ends, tokenOfRow(row)).exec()
      return true
    },
  }
}
