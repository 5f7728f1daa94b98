import type { PersonId } from '../domain/incident/incident.ts'
import type { People } from './incident-directory.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import type { Texts } from './sealed-texts.ts'
import { timedCache } from './timed-cache.ts'

/** Names of people on incidents: of accounts as they are now, of others as sealed texts, so that the log and its rows hold ids only. */
export interface PeopleNames {
  remember(site: string, person: { readonly id: PersonId; readonly name: string }): Promise<void>
  /** Unknown people are absent. */
  resolve(site: string, ids: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>>
}

const FRESH_MS = 30_000

export const openPeopleNames = ({ redis, keys, texts, people }: { readonly redis: Redis; readonly keys: Keys; readonly texts: Texts; readonly people: Pick<People, 'names'> }): PeopleNames => {
  const textIds = timedCache<string | null>({ freshMs: FRESH_MS, most: 10_000 })
  const known = new Map<string, string>()
  const keyOf = (site: string, id: PersonId) => `${site}\n${id}`

  return {
    remember: async (site, { id, name }) => {
      if (known.get(keyOf(site, id)) === name) return
      const textId = await texts.put(site, name)
      await redis.hSet(keys.site(site).peopleNames, id, textId)
      textIds.put(keyOf(site, id), textId)
      known.set(keyOf(site, id), name)
    },
    resolve: async (site, ids) => {
      const accounts = await people.names(site, ids)
      // Those who have an account no more, keys, and the demo's roles are known by what they said of themselves.
      const wanted = [...new Set(ids)].filter((id) => id !== 'system' && !accounts.has(id))
      const missing = wanted.filter((id) => textIds.get(keyOf(site, id)) === undefined)
      if (missing.length > 0) {
        const rows = await redis.hmGet(keys.site(site).peopleNames, missing)
        missing.forEach((id, index) => textIds.put(keyOf(site, id), rows[index] ?? null))
      }
      const byPerson = wanted.flatMap((id) => {
        const textId = textIds.get(keyOf(site, id))
        return textId ? [[id, textId] as const] : []
      })
      const names = await texts.resolve(site, byPerson.map(([, textId]) => textId))
      const remembered = new Map(byPerson.flatMap(([id, textId]) => {
        const name = names.get(textId)
        return name ? [[id, name] as const] : []
      }))
      return new Map([...accounts, ...remembered])
    },
  }
}
