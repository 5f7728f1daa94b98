import { stringify } from 'csv-stringify/sync'
import type { Definition } from '../../domain/kpi/definitions.ts'
import { isoOf, type Instant } from '../../domain/time.ts'
import { cellOf } from './cells.ts'
import { definitionLines, mediaTypes } from './formats.ts'

/** What a report needs of an express response: the door of the library stays in the routes. */
export interface Answer {
  readonly set: (headers: Record<string, string>) => unknown
  readonly send: (body: string) => unknown
  readonly json: (body: unknown) => unknown
}

const instants = new Set(['from', 'to', 'queuedAt', 'at', 'dueAt', 'since', 'until', 'backAt', 'shiftFrom', 'shiftTo', 'inAt', 'requestedAt', 'promisedUntil', 'connectedAt', 'failedAt', 'maturesAt', 'oldestUnansweredSince'])

/** Instants as ISO text, whatever depth they stand at. */
const wire = (value: unknown, key = ''): unknown => {
  if (typeof value === 'number' && instants.has(key)) return isoOf(value as Instant)
  if (Array.isArray(value)) return value.map((one) => wire(one))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wire(one, name)]))
  return value
}

/** Nested figures become columns of their own: `lastWeek.value`. */
const flat = (row: object, prefix = ''): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(flat(value, `${prefix}${name}.`)) : [[`${prefix}${name}`, value]])))

/** A report as JSON with its head, or its rows as CSV; with definitions what its columns mean stands after the rows, as in exports. */
export const sendReport = (response: Answer, format: 'json' | 'csv', head: Readonly<Record<string, unknown>>, rows: readonly object[], definitions: Readonly<Record<string, Definition>> = {}): void => {
  const told = rows.map((row) => wire(row) as object)
  if (format === 'json') {
    response.json({ ...head, ...(Object.keys(definitions).length === 0 ? {} : { definitions }), rows: told })
    return
  }
  const lines = told.map((row) => flat(row))
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))]
  response.set({ 'content-type': mediaTypes.csv, 'content-disposition': `attachment; filename="${String(head['report'])}.csv"`, 'cache-control': 'no-store' })
  response.send(stringify([columns, ...lines.map((line) => columns.map((column) => cellOf(line[column])))], { record_delimiter: '\r\n', cast: { boolean: (value) => (value ? 'true' : 'false') } }) + definitionLines(columns, definitions))
}
