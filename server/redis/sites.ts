import type { Keys } from './keys.ts'
import type { Notices } from './notices.ts'
import type { Redis } from './plain-client.ts'

export interface Site {
  readonly id: string
  readonly name: string
  /** IANA zone. */
  readonly timeZone: string
}

/** As the registry keeps it: with the name and zone it was founded with, from which a fold of the whole log begins. */
export interface RegisteredSite extends Site {
  readonly founded: Site
}

export interface Sites {
  readonly list: () => readonly RegisteredSite[]
  readonly get: (id: string) => RegisteredSite | null
  /** Resolves when it is stored and this process knows it; others hear of it within milliseconds. */
  readonly put: (site: Site) => Promise<'created' | 'replaced'>
  /** Called after each change that this process has taken in. */
  readonly onChange: (changed: (site: RegisteredSite) => void) => () => void
}

const TOPIC = 'sites'

/** Ids of all sites, for whoever needs nothing else of them. */
export const siteIds = async ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Promise<readonly string[]> => (await redis.hKeys(keys.sites)).sort()

const parse = (row: string): RegisteredSite => JSON.parse(row) as RegisteredSite

export const openSites = async ({ redis, keys, notices }: { readonly redis: Redis; readonly keys: Keys; readonly notices: Notices }): Promise<Sites> => {
  const sites = new Map<string, RegisteredSite>()
  const listeners = new Set<(site: RegisteredSite) => void>()

  const takeIn = (row: string) => {
    const site = parse(row)
    if (JSON.stringify(sites.get(site.id)) === row) return
    sites.set(site.id, site)
    for (const listener of listeners) listener(site)
  }
  const takeInAll = async () => Object.values(await redis.hGetAll(keys.sites)).forEach((row) => takeIn(String(row)))

  notices.on(TOPIC, (id) => void redis.hGet(keys.sites, id).then((row) => row && takeIn(row), () => undefined))
  await takeInAll()

  return {
    list: () => [...sites.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    get: (id) => sites.get(id) ?? null,
    put: async ({ id, name, timeZone }) => {
      const before = await redis.hGet(keys.sites, id)
      const founded = before ? parse(before).founded : { id, name, timeZone }
      const row = JSON.stringify({ id, name, timeZone, founded })
      // Two first writers: the one whose field was new founded it, the other's founding is taken from the stored row.
      if (!before && !(await redis.hSetNX(keys.sites, id, row))) {
        const stored = parse((await redis.hGet(keys.sites, id)) ?? row)
        await redis.hSet(keys.sites, id, JSON.stringify({ id, name, timeZone, founded: stored.founded }))
      } else if (before) await redis.hSet(keys.sites, id, row)
      await notices.publish(TOPIC, id)
      takeIn((await redis.hGet(keys.sites, id)) ?? row)
      return before ? 'replaced' : 'created'
    },
    onChange: (changed) => {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
  }
}
