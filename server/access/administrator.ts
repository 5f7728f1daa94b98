import { hash, timingSafeEqual } from 'node:crypto'
import type { Credential } from '../contract/roles.ts'

/** `ADMIN_TOKEN` and the command line act as this person on every site. */
export const administrator: Credential = { kind: 'admin-token', id: 'admin-token', person: { id: 'administrator', name: 'Administrator' }, role: 'admin', sites: null }

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Compares with one secret in constant time, whatever the lengths. */
export const secretIs = (right: string): ((given: string) => boolean) => {
  const wanted = digest(right)
  return (given) => timingSafeEqual(digest(given), wanted)
}

/** The token of `Authorization: Bearer ...`; null when the header is absent, '' when it is something else. */
export const bearerOf = (authorization: string | readonly string[] | undefined): string | null => {
  if (authorization === undefined) return null
  return typeof authorization === 'string' ? (/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? '') : ''
}
