import type { Refusal } from './problems.ts'
import type { AgentRow, Incident, Iso, QueueRow, SourceRow } from './rows.ts'

/** Opaque: `epoch.entryId`, compared only for equality. */
export type Revision = string

/** Tables of each view. A view's state is tables of rows by id; changes put rows and take ids away. */
export interface ViewTables {
  floor: { queues: QueueRow; totals: QueueRow; sources: SourceRow }
  agents: { agents: AgentRow }
  incidents: { incidents: Incident }
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
export type WatchAnswer =
  | { readonly ok: true; readonly revision: Revision; readonly asOf: Iso; readonly snapshot: Tables }
  | { readonly ok: true; readonly revision: Revision; readonly asOf: Iso; readonly changes: { readonly put: Tables; readonly gone: Readonly<Record<string, readonly string[]>> } }
  | { readonly ok: false; readonly refusal: Refusal }

/** Name of the field that identifies a row, per table. */
export const rowId: Readonly<Record<string, string>> = { queues: 'queue', totals: 'queue', sources: 'id', agents: 'agent', incidents: 'ref', timeline: 'seq' }
