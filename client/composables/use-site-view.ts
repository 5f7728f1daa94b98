import { computed, inject, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { ViewTables } from '../../server/contract/messages.ts'
import type { Refusal } from '../../server/contract/problems.ts'
import { feedKey, type Feed, type LinkState, type LiveView, type TableMaps } from '../live/feed.ts'
import { usePauseStore } from '../stores/pause-store.ts'
import { useSessionStore } from '../stores/session-store.ts'

export const useFeed = (): Feed => {
  const feed = inject(feedKey)
  if (!feed) throw new Error('no feed: main.ts provides it before the first component')
  return feed
}

export interface SiteView<T> {
  readonly state: ComputedRef<'loading' | 'ready' | 'refused'>
  readonly refusal: ComputedRef<Refusal | null>
  /** What the reader sees: held still while they have paused it. */
  readonly tables: ComputedRef<TableMaps<T> | null>
  /** What is so now, for alarms. */
  readonly live: ComputedRef<TableMaps<T> | null>
  readonly asOf: ComputedRef<string | null>
  readonly link: ComputedRef<LinkState>
}

/** Follows the site in the address: closes one view and opens the other when it changes, and closes it with the component. */
const follow = <T>(open: (feed: Feed, site: string) => LiveView<T>): SiteView<T> => {
  const feed = useFeed()
  const session = useSessionStore()
  const pause = usePauseStore()
  const view: ShallowRef<LiveView<T> | null> = shallowRef(null)
  watch(
    () => session.site?.id ?? null,
    (site) => {
      const before = view.value
      view.value = site === null ? null : open(feed, site)
      before?.close()
    },
    { immediate: true },
  )
  onScopeDispose(() => view.value?.close())
  const live = computed(() => view.value?.tables.value ?? null)
  const held: ShallowRef<TableMaps<T> | null> = shallowRef(null)
  watch(() => pause.paused, (paused) => { held.value = paused && view.value?.state.value === 'ready' ? live.value : null }, { flush: 'sync' })
  watch(live, (now) => {
    if (!pause.paused) return
    // A page opened meanwhile shows what is so then, and holds it.
    if (held.value === null) held.value = now
    else pause.count()
  })
  return {
    state: computed(() => view.value?.state.value ?? 'loading'),
    refusal: computed(() => view.value?.refusal.value ?? null),
    tables: computed(() => held.value ?? live.value),
    live,
    asOf: computed(() => view.value?.asOf.value ?? null),
    link: computed(() => feed.link.value),
  }
}

export const useFloorView = (): SiteView<ViewTables['floor']> => follow((feed, site) => feed.watch(site, 'floor'))
export const useAgentsView = (): SiteView<ViewTables['agents']> => follow((feed, site) => feed.watch(site, 'agents'))
export const useIncidentsView = (): SiteView<ViewTables['incidents']> => follow((feed, site) => feed.watch(site, 'incidents'))
export const useWallView = (layout: string): SiteView<ViewTables['wall']> => follow((feed, site) => feed.watch(site, `wall:${layout}`))
export const useIncidentView = (ref: string): SiteView<ViewTables['incident']> => follow((feed, site) => feed.watch(site, `incident:${ref}`))
