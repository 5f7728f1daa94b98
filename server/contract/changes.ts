import { rowId, type Row, type Tables, type ViewChange } from './messages.ts'

/** A view as its watcher holds it: tables of rows by id. Server and client compute with the same functions. */
export type TableState = Readonly<Record<string, ReadonlyMap<string, Row>>>

/** The id of a row on the wire; a table without an entry in `rowId` is keyed by `id`. */
export const rowKey = (table: string, row: Row): string => String(Reflect.get(row, rowId[table] ?? 'id'))

export const tableStateOf = (tables: Tables): TableState =>
  Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, new Map(rows.map((row) => [rowKey(table, row), row]))]))

/**
 * The view after a change. Law: `applyChanges(view(before), changes) = view(after)`. Untouched tables and rows keep their
 * identity, so that a screen redraws what changed and nothing else.
 */
export const applyChanges = (before: TableState, { put, gone }: Pick<ViewChange, 'put' | 'gone'>): TableState => {
  const after: Record<string, ReadonlyMap<string, Row>> = { ...before }
  for (const table of new Set([...Object.keys(gone), ...Object.keys(put)])) {
    const rows = new Map(before[table])
    for (const id of gone[table] ?? []) rows.delete(id)
    for (const row of put[table] ?? []) rows.set(rowKey(table, row), row)
    after[table] = rows
  }
  return after
}
