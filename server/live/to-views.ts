import { tablesOfView, type Revision, type Row, type Tables } from '../contract/messages.ts'
import { namingOnly } from '../contract/named-records.ts'
import { concerns, reachesQueue } from '../contract/roles.ts'
import type { Incident } from '../contract/rows.ts'
import type { ChangeSet } from './change-ring.ts'
import { agentsTable, areaKey } from './floor-tables.ts'
import type { Encoded, RowTable } from './row-table.ts'
import type { Scope } from './scope.ts'

/** A table of a view: which kept rows it shows to that scope. */
interface Source {
  readonly wire: string
  readonly stored: string
  readonly shows: (row: Row) => boolean
  /** The row as that scope may read it; absent: as it is. */
  readonly as?: (kept: Encoded) => Encoded
  /** False for ids that it can never show: of those nothing is said, not even that they are gone. Default: all may be shown. */
  readonly concerns?: (id: string) => boolean
}

const everything = (_any: Row | string): boolean => true
const asIs = (kept: Encoded): Encoded => kept
const waitsFor = (person: string | null) => (row: Row) => {
  const { state, owner } = row as Incident
  return state === 'open' || (owner !== null && owner.id === person && (state === 'acknowledged' || state === 'in-progress' || state === 'on-hold'))
}

const incidentsOf = ({ area }: Scope) => (row: Row) => concerns(area, (row as Incident).queue)
/** A problem is studied, not fought: it stands in no list of what happens now. */
const happens = (row: Row) => (row as Incident).type !== 'problem'
const queuesOf = ({ area }: Scope) => (row: Row) => {
  const id = Reflect.get(row, 'queue')
  return typeof id === 'string' && reachesQueue(area, id)
}

/** Rows without the numbers of records outside the area; made once for each row and area. */
const narrowed = new WeakMap<object, Map<string, Encoded>>()
const namedIn = ({ area }: Scope): Pick<Source, 'as'> =>
  area === null
    ? {}
    : {
        as: (kept) => {
          const made = narrowed.get(kept) ?? new Map<string, Encoded>()
          narrowed.set(kept, made)
          const row = namingOnly(area, kept.row)
          const known = made.get(areaKey(area)) ?? (row === kept.row ? kept : { row, text: JSON.stringify(row) })
          made.set(areaKey(area), known)
          return known
        },
      }

const incidentTable = (view: string, scope: Scope): Source => {
  const inScope = incidentsOf(scope)
  const seen = (row: Row) => happens(row) && inScope(row)
  if (view === 'status') return { wire: 'incidents', stored: 'incidents/display', shows: seen }
  if (view.startsWith('wall:')) return { wire: 'incidents', stored: scope.fields === 'staff' ? 'incidents/wall' : 'incidents/display', shows: seen }
  if (view.startsWith('incident:')) {
    const ref = view.slice('incident:'.length)
    return { wire: 'incidents', stored: 'incidents', shows: (row) => Reflect.get(row, 'ref') === ref && inScope(row), ...namedIn(scope) }
  }
  const mine = view === 'inbox' ? waitsFor(scope.person) : everything
  return { wire: 'incidents', stored: 'incidents', shows: (row) => mine(row) && seen(row), ...namedIn(scope) }
}

const sourceOf = (table: string, view: string, scope: Scope): Source => {
  switch (table) {
    case 'queues':
      return { wire: table, stored: 'queues', shows: queuesOf(scope), concerns: (id) => reachesQueue(scope.area, id) }
    case 'totals':
      return { wire: table, stored: `totals/${areaKey(scope.area)}`, shows: everything }
    case 'sources':
      return { wire: table, stored: scope.fields === 'staff' ? 'sources' : 'sources/display', shows: everything }
    case 'agents':
      return { wire: table, stored: agentsTable(scope.area), shows: everything }
    case 'incidents':
      return incidentTable(view, scope)
    case 'timeline':
      return { wire: table, stored: `timeline/${view.slice('incident:'.length)}`, shows: everything, ...namedIn(scope) }
    case 'forecast':
      return { wire: table, stored: `forecast/${view.slice('incident:'.length)}`, shows: everything }
    case 'tallies':
      return { wire: table, stored: `tallies/${areaKey(scope.area)}`, shows: everything }
    case 'messages':
      return { wire: table, stored: 'messages', shows: everything }
    default:
      throw new Error(`table ${table} of view ${view} has no rows`)
  }
}

/** Where the rows of a view come from, for one scope; made once per room. */
export type ViewPlan = { readonly view: string; readonly sources: readonly Source[] }
export const planOf = (view: string, scope: Scope): ViewPlan => ({ view, sources: (tablesOfView(view) ?? []).map((table) => sourceOf(table, view, scope)) })

export type ReadTable = (name: string) => RowTable

export const rowsOf = (plan: ViewPlan, read: ReadTable): Readonly<Record<string, readonly Encoded[]>> =>
  Object.fromEntries(plan.sources.map(({ wire, stored, shows, as }) => { const shown = [...read(stored).rows()].filter(({ row }) => shows(row)); return [wire, as === undefined ? shown : shown.map(as)] }))

export const snapshotOf = (plan: ViewPlan, read: ReadTable): Tables => Object.fromEntries(Object.entries(rowsOf(plan, read)).map(([table, rows]) => [table, rows.map(({ row }) => row)]))

export interface ViewDelta {
  readonly put: Readonly<Record<string, readonly Encoded[]>>
  readonly gone: Readonly<Record<string, readonly string[]>>
}

/** What of a change set this view shows; null when nothing. */
export const deltaOf = (plan: ViewPlan, read: ReadTable, changes: ChangeSet): ViewDelta | null => {
  const put: Record<string, Encoded[]> = {}
  const gone: Record<string, string[]> = {}
  for (const { wire, stored, shows, concerns = everything, as = asIs } of plan.sources) {
    const rows = read(stored)
    for (const id of changes.get(stored) ?? []) {
      if (!concerns(id)) continue
      const kept = rows.get(id)
      if (kept !== undefined && shows(kept.row)) (put[wire] ??= []).push(as(kept))
      else (gone[wire] ??= []).push(id)
    }
  }
  return Object.keys(put).length + Object.keys(gone).length === 0 ? null : { put, gone }
}

/** Joined by adding: a long text is then copied once, when it becomes a frame. */
const joined = (texts: readonly string[]): string => {
  let all = ''
  for (const text of texts) all = all === '' ? text : `${all},${text}`
  return all
}

export const tablesText = (tables: Readonly<Record<string, readonly Encoded[]>>): string => `{${joined(Object.entries(tables).map(([table, rows]) => `${JSON.stringify(table)}:[${joined(rows.map(({ text }) => text))}]`))}}`

/** One view's part of a frame. */
export const viewText = (view: string, from: Revision, to: Revision, delta: ViewDelta | null): string =>
  `{"view":${JSON.stringify(view)},"from":${JSON.stringify(from)},"to":${JSON.stringify(to)},"put":${tablesText(delta?.put ?? {})},"gone":${JSON.stringify(delta?.gone ?? {})}}`

/** The frame of a room: `changes {site, asOf, views}` joined from row strings. */
export const frameText = (site: string, asOf: string, views: readonly string[]): string => `{"site":${JSON.stringify(site)},"asOf":${JSON.stringify(asOf)},"views":[${joined(views)}]}`
