import { stringify } from 'csv-stringify/sync'
import writeXlsxFile, { type SheetData } from 'write-excel-file/node'
import { cellOf, sheetCellOf } from './cells.ts'
import { definedColumns, recomputeWords, wordsOf, type ExportTable } from './table.ts'

/** Bytes of a table in each format, a piece at a time, so that a year of contacts passes through a few buffers. */

export const formats = ['csv', 'xlsx', 'json'] as const
export type Format = (typeof formats)[number]

export const mediaTypes: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json; charset=utf-8',
}

export interface FormatOptions {
  /** What the columns mean goes with the file. */
  readonly definitions: boolean
  /** A byte order mark, for spreadsheets that guess another encoding without it. */
  readonly bom: boolean
}

/** A workbook is made in memory: a longer table is asked for as CSV. */
export const MOST_SHEET_ROWS = 100_000
export class TooManyRows extends Error {}

const PIECE = 500

async function* inPieces<T>(rows: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let piece: T[] = []
  for await (const row of rows) {
    piece.push(row)
    if (piece.length < PIECE) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}

const line = (cells: readonly (readonly (string | number | boolean | null)[])[]): string => stringify(cells.map((row) => [...row]), { record_delimiter: '\r\n', cast: { boolean: (value) => (value ? 'true' : 'false') } })

/** RFC 4180. The definitions follow the rows, each in a line that begins with `# `, as wide as the table: readers that know comments skip them, others still see whole records. */
async function* csv(table: ExportTable, { definitions, bom }: FormatOptions): AsyncGenerator<string> {
  yield `${bom ? '\ufeff' : ''}${line([table.columns])}`
  for await (const piece of inPieces(table.rows)) yield line(piece.map((row) => table.columns.map((column) => cellOf(row[column]))))
  if (!definitions) return
  yield definitionLines(table.columns, table.definitions, recomputeWords(table))
}

export const definitionLines = (columns: readonly string[], definitions: ExportTable['definitions'], more: readonly (readonly [name: string, words: string])[] = []): string => {
  const rest = ','.repeat(Math.max(0, columns.length - 1))
  const meanings = [...definedColumns({ columns, definitions }).map(([column, definition]) => [column, wordsOf(definition)] as const), ...more]
  return meanings.map(([name, words]) => `# ${name}: ${words.replace(/[",\r\n]/g, ';')}${rest}\r\n`).join('')
}

async function* json(table: ExportTable, { definitions }: FormatOptions): AsyncGenerator<string> {
  const head = { site: table.site, kind: table.kind, columns: table.columns, ...(table.recomputes ? { recomputes: table.recomputes } : {}), ...(definitions ? { definitions: Object.fromEntries(definedColumns(table)) } : {}) }
  yield `${JSON.stringify(head).slice(0, -1)},"rows":[`
  let first = true
  for await (const piece of inPieces(table.rows)) {
    yield (first ? '' : ',') + piece.map((row) => JSON.stringify(Object.fromEntries(table.columns.map((column) => [column, row[column] ?? null])))).join(',')
    first = false
  }
  yield ']}\n'
}

const bold = (columns: readonly string[]) => columns.map((value) => ({ value, fontWeight: 'bold' as const }))

async function* xlsx(table: ExportTable, { definitions }: FormatOptions): AsyncGenerator<Buffer> {
  const data: SheetData = [bold(table.columns)]
  for await (const row of table.rows) {
    if (data.length > MOST_SHEET_ROWS) throw new TooManyRows(`a workbook holds at most ${MOST_SHEET_ROWS} rows here: ask for CSV, less time or one queue`)
    data.push(table.columns.map((column) => sheetCellOf(row[column])))
  }
  const meaning: SheetData = [bold(['column', 'meaning']), ...definedColumns(table).map(([column, definition]) => [column, sheetCellOf(wordsOf(definition))]), ...recomputeWords(table).map(([name, words]) => [name, sheetCellOf(words)])]
  const sheets = [{ sheet: table.kind, data, stickyRowsCount: 1 }, ...(definitions ? [{ sheet: 'Definitions', data: meaning, columns: [{ width: 26 }, { width: 110 }] }] : [])]
  yield await writeXlsxFile(sheets).toBuffer()
}

const writers: Readonly<Record<Format, (table: ExportTable, options: FormatOptions) => AsyncGenerator<string | Buffer>>> = { csv, xlsx, json }

export const bytesOf = (format: Format, table: ExportTable, options: FormatOptions): AsyncGenerator<string | Buffer> => writers[format](table, options)
