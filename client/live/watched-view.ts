import { shallowRef, type ShallowRef } from 'vue'
import { applyChanges, tableStateOf, type TableState } from '../../server/contract/changes.ts'
import { tablesOfView, type Revision, type Row, type Tables, type ViewChange } from '../../server/contract/messages.ts'
import type { Refusal } from '../../server/contract/problems.ts'
import type { Iso } from '../../server/contract/rows.ts'
import type { LiveView } from './feed.ts'

/** One view of one site as the feed keeps it, whoever watches it. */
export interface WatchedView {
  readonly site: string
  readonly view: string
  watchers: number
  /** A `watch` is under way: frames before its answer belong to an older state. */
  asking: boolean
  readonly revision: () => Revision | null
  readonly load: (revision: Revision, asOf: Iso, snapshot: Tables) => void
  readonly resume: (revision: Revision, asOf: Iso, changes: Pick<ViewChange, 'put' | 'gone'>) => void
  /** False when the change does not start where this view is: it must be watched again. */
  readonly apply: (change: ViewChange, asOf: Iso) => boolean
  readonly refuse: (refusal: Refusal) => void
  readonly refs: Omit<LiveView<Readonly<Record<string, Row>>>, 'close'>
}

const emptyTables = (view: string): TableState => Object.fromEntries((tablesOfView(view) ?? []).map((table) => [table, new Map<string, Row>()]))

export const watchedView = (site: string, view: string): WatchedView => {
  const state = shallowRef<'loading' | 'ready' | 'refused'>('loading')
  const refusal: ShallowRef<Refusal | null> = shallowRef(null)
  const asOf: ShallowRef<Iso | null> = shallowRef(null)
  const tables = shallowRef<TableState>(emptyTables(view))
  let revision: Revision | null = null

  const arrive = (at: Revision, seen: Iso, next: TableState): void => {
    revision = at
    tables.value = next
    asOf.value = seen
    refusal.value = null
    state.value = 'ready'
  }
  return {
    site,
    view,
    watchers: 0,
    asking: false,
    revision: () => revision,
    load: (at, seen, snapshot) => arrive(at, seen, { ...emptyTables(view), ...tableStateOf(snapshot) }),
    resume: (at, seen, changes) => arrive(at, seen, applyChanges(tables.value, changes)),
    apply: (change, seen) => {
      if (change.from !== revision) return false
      const empty = Object.keys(change.put).length === 0 && Object.keys(change.gone).length === 0
      arrive(change.to, seen, empty ? tables.value : applyChanges(tables.value, change))
      return true
    },
    refuse: (reason) => {
      revision = null
      refusal.value = reason
      state.value = 'refused'
    },
    refs: { state, refusal, asOf, tables },
  }
}
