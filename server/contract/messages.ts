import type { ForecastRow } from './forecast.ts'
import type { Refusal } from './problems.ts'
import type { AgentRow, Incident, Iso, MessagesRow, QueueRow, SourceRow, TallyRow, TimelineRow } from './rows.ts'

/** Opaque: `epoch.entryId`, compared only for equality. */
export type Revision = string

/** Tables of each view. A view's state is tables of rows by id; changes put rows and take ids away. */
export interface ViewTables {
  floor: { queues: QueueRow; totals: QueueRow; sources: SourceRow }
  agents: { agents: AgentRow }
  incidents: { incidents: Incident }
  inbox: { incidents: Incident }
  /** What stakeholders may know of what goes on: the rows of a wall, without owners, for every role. */
  status: { incidents: Incident }
  /** One incident, its append-only log, and what happens to it by itself within two hours. */
  incident: { incidents: Incident; timeline: TimelineRow; forecast: ForecastRow }
  /** Wall-safe: no caller, no free text but the title, agents as tallies. */
  wall: { queues: QueueRow; totals: QueueRow; sources: SourceRow; incidents: Incident; tallies: TallyRow; messages: MessagesRow }
}

/** Tables of a view, in wire order; null for a name that is no view. */
export const tablesOfView = (view: string): readonly string[] | null => {
  if (view === 'floor') return ['queues', 'totals', 'sources']
  if (view === 'agents') return ['agents']
  if (view === 'incidents' || view === 'inbox' || view === 'status') return ['incidents']
  if (/^incident:[A-Z0-9-]{1,40}$/.test(view)) return ['incidents', 'timeline', 'forecast']
  if (/^wall:[a-z0-9-]{1,40}$/.test(view)) return ['queues', 'totals', 'sources', 'incidents', 'tallies', 'messages']
  return null
}

export type ViewName = 'floor' | 'agents' | 'incidents' | `incident:${string}` | 'inbox' | `wall:${string}` | 'status'

export type Row = object
export type Tables = Readonly<Record<string, readonly Row[]>>

export interface ViewChange {
  readonly view: string
  /** The revision this change applies to: anything else means watch again. */
  readonly from: Revision
  readonly to: Revision
  readonly put: Tables
  readonly gone: Readonly<Record<string, readonly string[]>>
}

/** Server -> client, one frame for all views that a client watches of a site. */
export interface ChangesFrame {
  readonly site: string
  readonly asOf: Iso
  readonly views: readonly ViewChange[]
}

export interface WatchRequest {
  readonly site: string
  readonly view: string
  readonly since?: Revision
}
/** Acknowledgement of `at {site, revision}`, which a client sends every 5 s: the server's clock, to measure its own against. */
export interface AtAnswer {
  readonly now: Iso
}
export type WatchAnswer =
  | { readonly ok: true; readonly revision: Revision; readonly asOf: Iso; readonly snapshot: Tables }
  | { readonly ok: true; readonly revision: Revision; readonly asOf: Iso; readonly changes: { readonly put: Tables; readonly gone: Readonly<Record<string, readonly string[]>> } }
  | { readonly ok: false; readonly refusal: Refusal }

/** Name of the field that identifies a row, per table. */
export const rowId: Readonly<Record<string, string>> = { queues: 'queue', totals: 'queue', sources: 'id', agents: 'agent', incidents: 'ref', timeline: 'seq', forecast: 'ref', tallies: 'state', messages: 'id' }
