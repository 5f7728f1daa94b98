import type { Row } from '../contract/messages.ts'

export interface Encoded {
  readonly row: Row
  /** The row as JSON, made once and joined into every frame and answer that carries it. */
  readonly text: string
}

/** Rows of one table and field class, encoded once, with what changed since the last take. */
export interface RowTable {
  readonly put: (id: string, row: Row) => void
  readonly drop: (id: string) => void
  readonly get: (id: string) => Encoded | undefined
  readonly rows: () => Iterable<Encoded>
  readonly ids: () => Iterable<string>
  readonly takeChanged: () => ReadonlySet<string>
}

const nothing: ReadonlySet<string> = new Set()

export const rowTable = (): RowTable => {
  const kept = new Map<string, Encoded>()
  let changed = new Set<string>()
  return {
    put: (id, row) => {
      const text = JSON.stringify(row)
      // A change that does not show is none.
      if (kept.get(id)?.text === text) return
      kept.set(id, { row, text })
      changed.add(id)
    },
    drop: (id) => {
      if (kept.delete(id)) changed.add(id)
    },
    get: (id) => kept.get(id),
    rows: () => kept.values(),
    ids: () => kept.keys(),
    takeChanged: () => {
      if (changed.size === 0) return nothing
      const taken = changed
      changed = new Set()
      return taken
    },
  }
}
