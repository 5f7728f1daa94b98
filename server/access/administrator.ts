import { createHash, timingSafeEqual } from 'node:crypto'
import type { Credential } from '../contract/roles.ts'

/** `ADMIN_TOKEN` and the command line act as this person on every site. */
export const administrator: Credential = { kind: 'admin-token', id: 'admin-token', person: { id: 'administrator', name: 'Administrator' }, role: 'admin', sites: null }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in constant time, whatever the lengths. */
export const sameSecret = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right))

/** The token of `Authorization: Bearer ...`; null when the header is absent, '' when it is something else. */
export const bearerOf = (authorization: string | readonly string[] | undefined): string | null => {
  if (authorization === undefined) return null
  return typeof authorization === 'string' ? (/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? '') : ''
}
