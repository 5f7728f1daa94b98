import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** A screen that waits to be paired (as RFC 8628): it shows a short code and asks with a long one, for ten minutes. */
export interface Pairings {
  /** `code` is for people, `device` for the screen alone. */
  readonly begin: () => Promise<{ readonly code: string; readonly device: string }>
  /** Lets the screen that shows this code become a paired one; false: nobody shows it, or not any more. */
  readonly approve: (code: string, screen: string) => Promise<boolean>
  /** Whether somebody shows this code. */
  readonly waits: (code: string) => Promise<boolean>
  /** The id of the paired screen, once; `waiting` until somebody approves, null when it is over. */
  readonly collect: (device: string) => Promise<string | 'waiting' | null>
}

export const PAIRING_MS = 10 * 60_000
/** No vowels, so that no word comes out, and nothing that looks like another letter. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const codeLength = 8
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
/** As people type it: any case, with or without the dash. */
export const plainCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z]/g, '')
export const shownCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`

export const openPairings = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Pairings => {
  const life = { expiration: { type: 'PX', value: PAIRING_MS } } as const
  return {
    begin: async () => {
      const device = randomBytes(32).toString('base64url')
      for (;;) {
        const code = Array.from({ length: codeLength }, () => letters[randomInt(letters.length)] ?? 'B').join('')
        // Two screens never show the same code.
        if ((await redis.set(keys.pairingCode(code), hashOf(device), { ...life, condition: 'NX' })) === null) continue
        await redis.set(keys.pairing(hashOf(device)), 'waiting', life)
        return { code, device }
      }
    },
    waits: async (code) => (await redis.exists(keys.pairingCode(plainCode(code)))) === 1,
    approve: async (code, screen) => {
      // Two who approve at once: the one whose delete took the code away has it.
      const device = await redis.getDel(keys.pairingCode(plainCode(code)))
      return device !== null && (await redis.set(keys.pairing(device), screen, { ...life, condition: 'XX' })) !== null
    },
    collect: async (device) => {
      const key = keys.pairing(hashOf(device))
      const found = await redis.get(key)
      if (found === null || found === 'waiting') return found
      return (await redis.getDel(key)) ?? null
    },
  }
}
