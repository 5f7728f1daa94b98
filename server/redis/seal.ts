import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { randomFromPool } from './random-pool.ts'

/**
 * Sealing of personal data (RELIABILITY S58): AES-256-GCM with a random nonce. A sealed value is base64 of
 * version (1 byte), key id (4), nonce (12), cipher text, tag (16). Where it lies is authenticated with it, so a value
 * moved to another row, site or purpose does not open.
 */
export interface Sealer {
  /** `place` names the row the value lies in. */
  readonly seal: (clear: string | Uint8Array, place: string) => string
  /** Throws when the value is damaged, moved, or sealed with another key. */
  readonly open: (sealed: string, place: string) => Buffer
}

const VERSION = 1
const KEY_ID = 4
const NONCE = 12
const TAG = 16
const HEAD = 1 + KEY_ID + NONCE

export const sealerWith = (key: Uint8Array): Sealer => {
  const keyId = createHash('sha256').update(key).digest().subarray(0, KEY_ID)
  return {
    seal: (clear, place) => {
      const nonce = randomFromPool(NONCE)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(clear), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), keyId, nonce, body, cipher.getAuthTag()]).toString('base64')
    },
    open: (sealed, place) => {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < HEAD + TAG || bytes[0] !== VERSION) throw new Error(`sealed value of ${place} is damaged`)
      if (!bytes.subarray(1, 1 + KEY_ID).equals(keyId)) throw new Error(`sealed value of ${place} was sealed with another DATA_KEY`)
      const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(1 + KEY_ID, HEAD)).setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG))
      return Buffer.concat([opener.update(bytes.subarray(HEAD, -TAG)), opener.final()])
    },
  }
}

/** A key for one purpose of one site: keys of different purposes say nothing about each other. */
export const keyFor = (dataKey: Uint8Array, site: string, purpose: string): Buffer => {
  if (dataKey.length !== 32) throw new Error(`DATA_KEY must be 32 bytes, it has ${dataKey.length}`)
  return Buffer.from(hkdfSync('sha256', dataKey, site, `floorwatch ${purpose}`, 32))
}

/** Keyed fingerprint that finds a row without telling whose it is. */
export const fingerprint = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

/** Remembers what `make` gave per site. */
export const perSite = <T>(make: (site: string) => T): ((site: string) => T) => {
  const made = new Map<string, T>()
  return (site) => {
    const known = made.get(site)
    if (known !== undefined) return known
    const value = make(site)
    made.set(site, value)
    return value
  }
}
