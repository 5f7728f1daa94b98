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
  /** What was written since the last take, though it may look as before: another server may have shown what stood between. */
  readonly takeWritten: () => ReadonlySet<string>
  /** Counts rows as written that stand as they are, or nowhere. */
  readonly noteWritten: (ids: Iterable<string>) => void
}

const nothing: ReadonlySet<string> = new Set()

export const rowTable = (): RowTable => {
  const kept = new Map<string, Encoded>()
  let changed = new Set<string>()
  let written = new Set<string>()
  return {
    put: (id, row) => {
      written.add(id)
      const text = JSON.stringify(row)
      // A change that does not show is none.
      if (kept.get(id)?.text === text) return
      kept.set(id, { row, text })
      changed.add(id)
    },
    drop: (id) => {
      written.add(id)
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
    takeWritten: () => {
      if (written.size === 0) return nothing
      const taken = written
      written = new Set()
      return taken
    },
    noteWritten: (ids) => {
      for (const id of ids) written.add(id)
    },
  }
}
