import { randomInt } from 'node:crypto'
import type { PersonId } from '../domain/incident/incident.ts'
import { HOUR } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** What a reply by text message answers: the notification, and how things stood when it was sent. */
export interface AnsweredPage {
  readonly delivery: string
  readonly ref: string
  readonly person: PersonId
  /** Times it had been reopened. */
  readonly life: number
  readonly generation: number
  readonly level: number
}

export interface ReplyCodes {
  /** A short code of its own, good for a day. */
  give(site: string, page: AnsweredPage): Promise<string>
  find(site: string, code: string): Promise<AnsweredPage | null>
}

/** No letters that are read as digits, no vowels that make words. */
const LETTERS = 'CDFGHJKMNPQRTVWXY2346789'
const LENGTH = 4
const KEPT_MS = 24 * HOUR

export const openReplyCodes = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): ReplyCodes => {
  const keyOf = (site: string, code: string): string => `${keys.site(site).replyCodes}:${code}`
  return {
    give: async (site, page) => {
      for (;;) {
        const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
        if ((await redis.set(keyOf(site, code), JSON.stringify(page), { condition: 'NX', expiration: { type: 'PX', value: KEPT_MS } })) === 'OK') return code
      }
    },
    find: async (site, code) => {
      if (!new RegExp(`^[${LETTERS}]{${LENGTH}}$`).test(code)) return null
      const row = await redis.get(keyOf(site, code))
      return row === null ? null : (JSON.parse(row) as AnsweredPage)
    },
  }
}
