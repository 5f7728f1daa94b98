import { computed, type ComputedRef } from 'vue'
import type { SourceRow } from '../../server/contract/rows.ts'
import { freshnessOf, type Freshness } from '../format/freshness.ts'
import type { LinkState } from '../live/feed.ts'
import { useNow } from './use-now.ts'

interface Seen {
  readonly tables: ComputedRef<{ readonly sources: ReadonlyMap<string, SourceRow> } | null>
  readonly asOf: ComputedRef<string | null>
  readonly link: ComputedRef<LinkState>
}

export const useFreshness = (seen: Seen): ComputedRef<Freshness> => {
  const { now, localNow } = useNow({ always: true })
  return computed(() => freshnessOf({ link: seen.link.value, sources: [...(seen.tables.value?.sources.values() ?? [])], asOf: seen.asOf.value, now: now.value, localNow: localNow.value }))
}
