import { createHash } from 'node:crypto'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** Which of our incidents stands for one that was imported: the same file again changes nothing. */
export interface ImportedIncidents {
  /** The ref of an imported incident that is here, or null. */
  readonly known: (site: string, ids: readonly string[]) => Promise<readonly (string | null)[]>
  /** The first to ask keeps its ref; after a kill the same import gets it again. */
  readonly claim: (site: string, id: string, ref: string) => Promise<string>
}

const field = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 22)

export const openImportedIncidents = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): ImportedIncidents => ({
  known: async (site, ids) => {
    const of = keys.site(site)
    const refs = ids.length === 0 ? [] : await redis.hmGet(of.importedIncidents, ids.map(field))
    // A kill may have come between the claim and the incident.
    return Promise.all(refs.map(async (ref) => (ref && (await redis.exists(of.incident(ref))) === 1 ? ref : null)))
  },
  claim: async (site, id, ref) => {
    const key = keys.site(site).importedIncidents
    if ((await redis.hSetNX(key, field(id), ref)) === 1) return ref
    return (await redis.hGet(key, field(id))) ?? ref
  },
})
