import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { TextId } from '../domain/platform-events.ts'
import type { Redis } from './connect.ts'
import type { Keys } from './keys.ts'
import { keyFor, perSite, sealerWith } from './seal.ts'
import { timedCache } from './timed-cache.ts'

/**
 * Free text beside the log. An id is `row.commitment`, the commitment being a salted hash of the text: the log proves which
 * text was meant, and once the row (text and salt) is dropped it proves nothing about anybody.
 */
export interface Texts {
  readonly put: (site: string, text: string) => Promise<TextId>
  /** Ids in the order given, in one round trip. */
  readonly putAll: (site: string, texts: readonly string[]) => Promise<readonly TextId[]>
  /** Texts by id; erased ones are null. At most 30 s old. Throws when a text is not the one its id commits to. */
  readonly resolve: (site: string, ids: readonly TextId[]) => Promise<ReadonlyMap<TextId, string | null>>
  /** Ids of all texts that the question holds for; opens every text of the site. */
  readonly find: (site: string, matches: (text: string) => boolean) => Promise<readonly TextId[]>
  /** How many rows were dropped. */
  readonly erase: (site: string, ids: readonly TextId[]) => Promise<number>
}

const SALT = 16
const FRESH_MS = 30_000

const commitment = (salt: Uint8Array, text: Uint8Array): Buffer => createHash('sha256').update(salt).update(text).digest().subarray(0, 16)

export const openTexts = ({ redis, keys, dataKey }: { readonly redis: Redis; readonly keys: Keys; readonly dataKey: Uint8Array }): Texts => {
  const sealer = perSite((site) => sealerWith(keyFor(dataKey, site, 'text')))
  const cache = timedCache<string | null>({ freshMs: FRESH_MS, most: 20_000 })
  const place = (site: string, id: TextId) => `${site} text ${id}`
  const cacheKey = (site: string, id: TextId) => `${site}\n${id}`

  const opened = (site: string, id: TextId, row: string): string => {
    const bytes = sealer(site).open(row, place(site, id))
    const salt = bytes.subarray(0, SALT)
    const text = bytes.subarray(SALT)
    const committed = Buffer.from(id.slice(id.indexOf('.') + 1), 'base64url')
    const actual = commitment(salt, text)
    if (committed.length !== actual.length || !timingSafeEqual(committed, actual)) throw new Error(`text ${id} of site ${site} is not the one its id commits to`)
    return text.toString()
  }

  const putAll = async (site: string, texts: readonly string[]): Promise<readonly TextId[]> => {
    if (texts.length === 0) return []
    const rows: Record<string, string> = {}
    const ids = texts.map((text) => {
      const salt = randomBytes(SALT)
      const bytes = Buffer.from(text)
      const id = `${randomBytes(12).toString('base64url')}.${commitment(salt, bytes).toString('base64url')}`
      rows[id] = sealer(site).seal(Buffer.concat([salt, bytes]), place(site, id))
      return id
    })
    await redis.hSet(keys.site(site).texts, rows)
    return ids
  }

  return {
    putAll,
    put: async (site, text) => {
      const [id] = await putAll(site, [text])
      if (id === undefined) throw new Error(`text of site ${site} was not stored`)
      return id
    },
    resolve: async (site, ids) => {
      const wanted = [...new Set(ids)]
      const resolved = new Map<TextId, string | null>()
      const missing: TextId[] = []
      for (const id of wanted) {
        const text = cache.get(cacheKey(site, id))
        if (text === undefined) missing.push(id)
        else resolved.set(id, text)
      }
      if (missing.length === 0) return resolved
      const rows = await redis.hmGet(keys.site(site).texts, missing)
      missing.forEach((id, i) => {
        const row = rows[i]
        const text = row ? opened(site, id, row) : null
        cache.put(cacheKey(site, id), text)
        resolved.set(id, text)
      })
      return resolved
    },
    find: async (site, matches) => {
      const found = new Set<TextId>()
      for await (const rows of redis.hScanIterator(keys.site(site).texts, { COUNT: 500 })) for (const { field, value } of rows) if (matches(opened(site, field, value))) found.add(field)
      return [...found]
    },
    erase: async (site, ids) => {
      if (ids.length === 0) return 0
      const dropped = await redis.hDel(keys.site(site).texts, [...ids])
      for (const id of ids) cache.put(cacheKey(site, id), null)
      return dropped
    },
  }
}
