import type { Keys } from '../redis/keys.ts'
import type { Redis } from '../redis/connect.ts'

/** Whose limit a name met. */
export type NameRefusal = 'source' | 'site'

/** Unknown queues appear by themselves, but a sender must not fill the memory with names, nor take the room of others (RELIABILITY B25). */
export interface QueueNames {
  /** Those of the names that may not appear: `by` brought as many as one source may, or the site has too many already. */
  readonly refused: (site: string, names: ReadonlySet<string>, by: string) => Promise<ReadonlyMap<string, NameRefusal>>
  /** True when all are known here already: nobody has to be asked. */
  readonly allKnown: (site: string, names: ReadonlySet<string>) => boolean
  /** How many new queues one source may bring. */
  readonly mostOfSource: number
}

export interface QueueNamesDeps {
  readonly redis: Redis
  readonly keys: Keys
  /** Queues that the settings of a site name: they never count and are never refused. */
  readonly named?: (site: string) => Promise<readonly string[]>
  readonly most?: number
  readonly mostOfSource?: number
}

/** Four times the largest floor we promise. */
const MOST = 2_000
/** A large house has as many; what is left of the site's room is for the other sources. */
const MOST_OF_SOURCE = 1_000
const nobody: ReadonlyMap<string, NameRefusal> = new Map()

export const openQueueNames = ({ redis, keys, named = async () => [], most = MOST, mostOfSource = MOST_OF_SOURCE }: QueueNamesDeps): QueueNames => {
  /** Names never leave, so what was once known stays known. */
  const known = new Map<string, Set<string>>()
  const knownOf = (site: string): Set<string> => {
    const names = known.get(site) ?? new Set()
    known.set(site, names)
    return names
  }

  /** Takes in as many as there is room for; the others, by whose limit. Only what is really new is counted, so that two at once count it once. */
  const admit = async (site: string, fresh: readonly string[], by: string): Promise<ReadonlyMap<string, NameRefusal>> => {
    const { queueNames, queueNamesBy } = keys.site(site)
    const ofSettings = new Set(await named(site))
    const strangers = fresh.filter((name) => !ofSettings.has(name))
    const brought = strangers.length === 0 ? {} : await redis.hGetAll(queueNamesBy)
    const roomOfSite = Math.max(0, most - Object.values(brought).reduce((sum, count) => sum + Number(count), 0))
    const roomOfSource = Math.max(0, mostOfSource - Number(brought[by] ?? 0))
    const room = Math.min(roomOfSite, roomOfSource)
    const expected = fresh.filter((name) => ofSettings.has(name))
    if (expected.length > 0) await redis.sAdd(queueNames, expected)
    if (room > 0 && strangers.length > 0) await redis.hIncrBy(queueNamesBy, by, await redis.sAdd(queueNames, strangers.slice(0, room)))
    return new Map(strangers.slice(room).map((name) => [name, roomOfSource <= roomOfSite ? 'source' : 'site']))
  }

  return {
    mostOfSource,
    allKnown: (site, names) => {
      const mine = knownOf(site)
      for (const name of names) if (!mine.has(name)) return false
      return true
    },
    refused: async (site, names, by) => {
      const mine = knownOf(site)
      const unknown = [...names].filter((name) => !mine.has(name))
      if (unknown.length === 0) return nobody
      const members = await redis.smIsMember(keys.site(site).queueNames, unknown)
      const fresh = unknown.filter((_, i) => !members[i])
      const refused = fresh.length === 0 ? nobody : await admit(site, fresh, by)
      for (const name of unknown) if (!refused.has(name)) mine.add(name)
      return refused
    },
  }
}
