import { demoSite } from '../../server/contract/demo.ts'
import { type Instant, instantOf, MINUTE } from '../../server/domain/time.ts'
import type { Sites } from '../../server/redis/sites.ts'
import type { Replica } from '../../server/replica/replica.ts'
import type { Replicas } from '../../server/replica/replicas.ts'

export interface LiveSources {
  /** True while any site but the demo hears a real source. */
  readonly any: () => boolean
  readonly close: () => void
}

/** A source that sends and is not dialled counts as connected for this long after its last event. */
const HEARD_MS = 10 * MINUTE

/** Watches the sites' replicas, which every worker holds anyway. */
export const watchLiveSources = ({ sites, replicas, now }: { readonly sites: Sites; readonly replicas: Pick<Replicas, 'get'>; readonly now: () => Instant }): LiveSources => {
  const watched = new Map<string, Replica>()
  const heardAt = new Map<string, number>()
  const ends: (() => void)[] = []
  let open = true

  const watch = async (site: string): Promise<void> => {
    if (site === demoSite || watched.has(site)) return
    const replica = await replicas.get(site)
    if (!open || watched.has(site)) return
    watched.set(site, replica)
    const last = replica.floor.asOf
    if (replica.floor.contacts({ from: instantOf(last - HEARD_MS), to: last }).length > 0) heardAt.set(site, last)
    ends.push(replica.onChange((_changes, _revision, _last, entries) => {
      if (entries.some(({ kind }) => kind === 'facts')) heardAt.set(site, now())
    }))
  }
  const watchQuietly = (site: string): void => void watch(site).catch(() => undefined)
  ends.push(sites.onChange(({ id }) => watchQuietly(id)))
  for (const { id } of sites.list()) watchQuietly(id)

  return {
    any: () => [...watched].some(([site, { floor }]) => now() - (heardAt.get(site) ?? -Infinity) < HEARD_MS || floor.sources().some(({ connected }) => connected)),
    close: () => {
      open = false
      for (const end of ends) end()
    },
  }
}
