import type { Keys } from '../redis/keys.ts'
import type { Redis } from '../redis/connect.ts'

/** Unknown queues appear by themselves, but a sender must not fill the memory with names (RELIABILITY B25). */
export interface QueueNames {
  /** Those of the names that may not appear because the site has too many already. */
  readonly refused: (site: string, names: ReadonlySet<string>) => Promise<ReadonlySet<string>>
  /** True when all are known here already: nobody has to be asked. */
  readonly allKnown: (site: string, names: ReadonlySet<string>) => boolean
}

/** Four times the largest floor we promise. */
const MOST = 2_000
const nobody: ReadonlySet<string> = new Set()

export const openQueueNames = ({ redis, keys, most = MOST }: { readonly redis: Redis; readonly keys: Keys; readonly most?: number }): QueueNames => {
  /** Names never leave, so what was once known stays known. */
  const known = new Map<string, Set<string>>()
  const knownOf = (site: string): Set<string> => {
    const names = known.get(site) ?? new Set()
    known.set(site, names)
    return names
  }

  return {
    allKnown: (site, names) => {
      const mine = knownOf(site)
      for (const name of names) if (!mine.has(name)) return false
      return true
    },
    refused: async (site, names) => {
      const mine = knownOf(site)
      const unknown = [...names].filter((name) => !mine.has(name))
      if (unknown.length === 0) return nobody
      const key = keys.site(site).queueNames
      const [members, count] = await Promise.all([redis.smIsMember(key, unknown), redis.sCard(key)])
      const fresh = unknown.filter((_, i) => !members[i])
      const room = Math.max(0, most - count)
      const admitted = fresh.slice(0, room)
      if (admitted.length > 0) await redis.sAdd(key, admitted)
      const refused = new Set(fresh.slice(room))
      for (const name of unknown) if (!refused.has(name)) mine.add(name)
      return refused
    },
  }
}
