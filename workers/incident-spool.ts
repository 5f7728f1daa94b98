import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { IncidentRow } from '../server/ingest/incidents-csv.ts'

/** Rows of a table in buckets on the disk, so that all rows of one incident, wherever they stand in the file, can be read together. */
export interface IncidentSpool {
  readonly add: (rows: readonly NumberedRow[]) => Promise<void>
  /** Rows of one bucket by incident, each in the order of its moments. Written twice after a kill, read once. */
  readonly bucket: (number: number) => Promise<ReadonlyMap<string, readonly NumberedRow[]>>
  readonly remove: () => Promise<void>
}

export interface NumberedRow {
  readonly line: number
  readonly row: IncidentRow
}

/** A file of 4 GB has 16 MB in each. */
export const BUCKETS = 256

const bucketOf = (id: string): number => createHash('sha256').update(id).digest()[0] ?? 0
const moment = ({ row }: NumberedRow): number => row.at ?? row.openedAt

export const openIncidentSpool = (folder: string): IncidentSpool => {
  const path = (number: number) => join(folder, `${number}.ndjson`)
  return {
    add: async (rows) => {
      const lines = new Map<number, string[]>()
      for (const numbered of rows) {
        const of = bucketOf(numbered.row.id)
        // Begun on a line of its own, so that a torn one before it spoils nothing.
        lines.set(of, [...(lines.get(of) ?? []), `\n${JSON.stringify(numbered)}`])
      }
      await mkdir(folder, { recursive: true, mode: 0o700 })
      for (const [number, some] of lines) await appendFile(path(number), some.join(''), { mode: 0o600 })
    },
    bucket: async (number) => {
      const text = await readFile(path(number), 'utf8').catch(() => '')
      const byLine = new Map<number, NumberedRow>()
      for (const line of text.split('\n')) {
        if (line === '') continue
        try {
          const numbered = JSON.parse(line) as NumberedRow
          byLine.set(numbered.line, numbered)
        } catch (error) {
          // Torn by a kill: the import went on before it and wrote it again.
          if (!(error instanceof SyntaxError)) throw error
        }
      }
      const incidents = new Map<string, NumberedRow[]>()
      for (const numbered of byLine.values()) {
        const rows = incidents.get(numbered.row.id)
        if (rows === undefined) incidents.set(numbered.row.id, [numbered])
        else rows.push(numbered)
      }
      for (const rows of incidents.values()) rows.sort((a, b) => moment(a) - moment(b) || a.row.order - b.row.order || a.line - b.line)
      return incidents
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
