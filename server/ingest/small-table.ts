import { parseRfc3339 } from '../contract/rfc3339.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import { instantOfText } from '../domain/wall-clock.ts'
import { durationOf, guessDelimiter, recordOf } from './table-values.ts'

/** A table that is small enough to be read at once: a plan, a schedule. */
export interface SmallRow {
  readonly line: number
  /** Of the first of these columns that the table has; empty where it has none. */
  readonly cell: (...columns: readonly string[]) => string
}

export interface Rejected {
  readonly line: number
  readonly detail: string
}

/** Told to whoever wrote the cell. */
export class BadRow extends Error {}

/** Rows by their header, whatever its case; null where a column is missing that has to be there. */
export const rowsOfTable = (text: string, needed: readonly (readonly string[])[]): { readonly rows: readonly SmallRow[] } | { readonly missing: string } => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const header = lines[0] ?? ''
  const delimiter = guessDelimiter(header)
  const columns = (recordOf(header, delimiter) ?? []).map((name) => name.trim().toLowerCase())
  const missing = needed.find((names) => !names.some((name) => columns.includes(name.toLowerCase())))
  if (missing !== undefined) return { missing: missing.join(' or ') }
  const rows = lines.slice(1).flatMap((line, index): readonly SmallRow[] => {
    if (line.trim() === '' || line.startsWith('#')) return []
    const cells = recordOf(line, delimiter) ?? []
    return [{ line: index + 2, cell: (...names) => names.map((name) => cells[columns.indexOf(name.toLowerCase())] ?? '').find((cell) => cell.trim() !== '')?.trim() ?? '' }]
  })
  return { rows }
}

/** An instant with a zone, or `YYYY-MM-DD HH:MM` on the wall of `timeZone`. */
export const instantIn = (text: string, timeZone: string): Instant => {
  const zoned = parseRfc3339(text)
  if (zoned !== null) return instantOf(zoned)
  const at = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:00)?$/.test(text) ? instantOfText(text.replace(' ', 'T'), timeZone) : null
  if (at === null) throw new BadRow(`"${text.slice(0, 40)}" is no time: expected 2026-11-22T09:00 or an instant with a zone`)
  return at
}

export const numberIn = (text: string, column: string): number | null => {
  if (text === '') return null
  const value = Number(text.replace(',', '.'))
  if (!Number.isFinite(value) || value < 0) throw new BadRow(`column "${column}": "${text.slice(0, 40)}" is no number of 0 or more`)
  return value
}

/** Seconds or m:ss in `column`. */
export const durationIn = (text: string, column: string): number | null => {
  const ms = durationOf(text)
  if (ms === undefined) throw new BadRow(`column "${column}": "${text.slice(0, 40)}" is no duration: expected seconds or m:ss`)
  return ms
}

/** Reads each row; what it throws as a bad row is rejected with its line, and the others go on. */
export const readRows = <T>(rows: readonly SmallRow[], read: (row: SmallRow) => readonly T[]): { readonly found: readonly T[]; readonly rejected: readonly Rejected[] } => {
  const rejected: Rejected[] = []
  const found = rows.flatMap((row) => {
    try {
      return read(row)
    } catch (error) {
      if (!(error instanceof BadRow)) throw error
      rejected.push({ line: row.line, detail: error.message })
      return []
    }
  })
  return { found, rejected }
}
