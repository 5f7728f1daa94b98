import type { Instant } from '../domain/time.ts'
import type { Logger } from '../log.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { IncidentRows } from './known-rows.ts'
import type { LiveReplica } from './live-replica.ts'
import { openRooms, type Rooms } from './rooms.ts'
import type { SiteFeed } from './feed.ts'
import { openSiteFeed } from './site-feed.ts'
import { viewAnswers, type ViewAnswers } from './view-answers.ts'

export interface LiveSite {
  readonly feed: SiteFeed
  readonly rooms: Rooms
  readonly answers: ViewAnswers
}

export interface LiveSites {
  /** The site's rows and rooms in this process, opened when first asked for. The site must exist. */
  readonly get: (site: string) => Promise<LiveSite>
  readonly opened: () => Iterable<LiveSite>
  readonly close: () => Promise<void>
}

export interface LiveSitesDeps {
  readonly replicas: { readonly get: (site: string) => Promise<LiveReplica> }
  readonly sealed: Pick<Sealed, 'agents'>
  readonly incidents: IncidentRows
  readonly keeperAliveAt: (site: string) => Promise<Instant | null>
  readonly deadLetters?: (site: string) => Promise<number>
  readonly now: () => Instant
  readonly log: Logger
}

export const openLiveSites = ({ replicas, ...deps }: LiveSitesDeps): LiveSites => {
  const opening = new Map<string, Promise<LiveSite>>()
  const open = new Set<LiveSite>()
  const openOne = async (site: string): Promise<LiveSite> => {
    const feed = openSiteFeed({ ...deps, replica: await replicas.get(site) })
    const live = { feed, rooms: openRooms(feed), answers: viewAnswers(feed) }
    open.add(live)
    return live
  }
  return {
    get: (site) => {
      const known = opening.get(site)
      if (known !== undefined) return known
      const live = openOne(site)
      opening.set(site, live)
      live.catch(() => opening.delete(site))
      return live
    },
    opened: () => open,
    close: async () => {
      await Promise.allSettled(opening.values())
      for (const { feed, rooms } of open) {
        rooms.close()
        feed.close()
      }
    },
  }
}
