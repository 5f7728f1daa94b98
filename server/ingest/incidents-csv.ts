import type { z } from 'zod'
import { holdReasons, intakeChannels } from '../contract/incidents.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { incidentsCsv } from '../contract/settings/floor-schema.ts'
import { instantAt } from '../domain/wall-clock.ts'
import { UnreadableItem } from './check-event.ts'
import { ImportRefused } from './import-reader.ts'
import { BadCell, tableLines, type SavedTable } from './table-lines.ts'
import { dateReader } from './table-values.ts'

/** A table of incidents by the column map of the settings: one row an incident, or one row a state of it (`at`). */

export type IncidentsMap = z.infer<typeof incidentsCsv>
type Column = keyof IncidentsMap['columns']

export const incidentSteps = ['open', 'acknowledged', 'in-progress', 'on-hold', 'resolved', 'closed', 'cancelled'] as const
export type IncidentStep = (typeof incidentSteps)[number]

/** A row of the table, in our words; small, so that many fit into memory. */
export interface IncidentRow {
  readonly id: string
  readonly openedAt: number
  /** Moment of this row; null where a row is a whole incident. */
  readonly at: number | null
  /** Breaks ties of one moment; then the order of the file. */
  readonly order: number
  readonly step: IncidentStep | null
  readonly hold: (typeof holdReasons)[number] | null
  readonly acknowledgedAt: number | null
  readonly resolvedAt: number | null
  readonly closedAt: number | null
  readonly priority: 1 | 2 | 3 | 4 | null
  readonly impact: 1 | 2 | 3 | 4 | null
  readonly urgency: 1 | 2 | 3 | 4 | null
  readonly channel: (typeof intakeChannels)[number] | null
  readonly texts: Readonly<Partial<Record<'title' | 'nature' | 'location' | 'reporter' | 'callerId' | 'category' | 'service' | 'person' | 'code', string>>>
}

export interface IncidentsReader {
  /** null: the line says nothing by itself. */
  readonly read: (line: string) => IncidentRow | UnreadableItem | null
  readonly save: () => SavedTable
}

/** What other systems call their states, in lower case. */
const steps: Readonly<Record<string, IncidentStep>> = {
  new: 'open', open: 'open', reopened: 'in-progress', assigned: 'acknowledged', acknowledged: 'acknowledged', active: 'in-progress', 'in progress': 'in-progress', 'in-progress': 'in-progress', 'work in progress': 'in-progress',
  'on hold': 'on-hold', 'on-hold': 'on-hold', pending: 'on-hold', waiting: 'on-hold', resolved: 'resolved', solved: 'resolved', done: 'resolved', closed: 'closed', cancelled: 'cancelled', canceled: 'cancelled',
}
const holds: Readonly<Record<string, (typeof holdReasons)[number]>> = { 'awaiting user info': 'waiting-for-reporter', 'awaiting caller': 'waiting-for-reporter', 'awaiting vendor': 'third-party', 'awaiting evidence': 'waiting-for-internal', 'awaiting problem': 'waiting-for-internal', 'awaiting change': 'waiting-for-internal' }
const longest: Readonly<Record<keyof IncidentRow['texts'], number>> = { title: 200, nature: 4_000, location: 500, reporter: 300, callerId: 100, category: 100, service: 200, person: 200, code: 100 }
const textColumns = { title: 'title', nature: 'nature', location: 'location', reporter: 'reporter', callerId: 'callerId', category: 'category', service: 'service', owner: 'person', code: 'code' } as const

const scaleOf = (cell: string): 1 | 2 | 3 | 4 | null | undefined => {
  if (cell === '') return null
  const [, digit] = /^[Pp]?([1-4])(?:\D|$)/.exec(cell) ?? []
  return digit === undefined ? undefined : (Number(digit) as 1 | 2 | 3 | 4)
}
const oneLine = (text: string, most: number): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').normalize('NFC').trim().slice(0, most)

/** `timeZone`: the site's, unless the map names its own. */
export const incidentsReader = (map: IncidentsMap, timeZone: string, saved?: SavedTable): IncidentsReader => {
  const { columns, values = {}, none = [] } = map
  if (columns.id === undefined || columns.openedAt === undefined || (columns.state === undefined && columns.resolvedAt === undefined && columns.closedAt === undefined)) throw new ImportRefused('the settings have no imports.incidents-csv.columns.id, openedAt and state (or resolvedAt): name the columns of the file there')
  const zone = map.timeZone ?? timeZone
  const dates = dateReader(map.dateFormat)
  const empty = new Set(['', ...none])
  const table = tableLines({ delimiter: map.delimiter, mapped: Object.values(columns) }, saved)

  const rowOf = (raw: (name: string) => string): IncidentRow => {
    const cell = (of: Column): string => {
      const name = columns[of]
      const text = name === undefined ? '' : raw(name).trim()
      const said = values[of]?.[text] ?? text
      return empty.has(said) ? '' : said
    }
    const bad = (of: Column, what: string) => new BadCell(`column "${columns[of] ?? of}": ${what}`)
    const instant = (of: Column): number | null => {
      const text = cell(of)
      if (text === '') return null
      const zoned = parseRfc3339(text)
      const clock = zoned === null ? dates.read(text, null) : null
      const at = zoned ?? (clock === null ? null : instantAt(zone, clock))
      if (at === null) throw bad(of, `not a time of the format ${map.dateFormat ?? 'yyyy-MM-dd HH:mm:ss'}`)
      return at
    }
    const scale = (of: Column) => {
      const found = scaleOf(cell(of))
      if (found === undefined) throw bad(of, `"${cell(of).slice(0, 40)}" is none of 1 to 4 or P1 to P4; say what it means in values.${of}`)
      return found
    }
    const state = cell('state')
    const hold = holdReasons.find((reason) => reason === state) ?? holds[state.toLowerCase()] ?? null
    const step = state === '' ? null : hold === null ? steps[state.toLowerCase()] : 'on-hold'
    if (step === undefined) throw bad('state', `"${state.slice(0, 40)}" is not known; say what it means in values.state: ${[...incidentSteps, ...holdReasons].join(', ')}`)
    const channel = cell('channel').toLowerCase()
    const id = oneLine(cell('id'), 200)
    if (id === '') throw bad('id', 'empty')
    const openedAt = instant('openedAt')
    if (openedAt === null) throw bad('openedAt', 'empty')
    const at = instant('at')
    if (columns.at !== undefined && at === null) throw bad('at', 'empty')
    const order = Number(cell('order') || 0)
    const texts = Object.entries(textColumns).flatMap(([column, name]) => {
      const text = oneLine(cell(column as Column), longest[name])
      return text === '' ? [] : [[name, text] as const]
    })
    return {
      id, openedAt, at, step, hold,
      order: Number.isFinite(order) ? order : 0,
      // Beside a row for each state, these stand on every row: what was known only later.
      ...(at === null ? { acknowledgedAt: instant('acknowledgedAt'), resolvedAt: instant('resolvedAt'), closedAt: instant('closedAt') } : { acknowledgedAt: null, resolvedAt: null, closedAt: null }),
      priority: scale('priority'), impact: scale('impact'), urgency: scale('urgency'),
      channel: intakeChannels.find((name) => name === channel) ?? (channel === 'phone' ? 'voice' : null),
      texts: Object.fromEntries(texts),
    }
  }

  return {
    read: (line) => {
      const record = table.read(line)
      if (record === null || record instanceof UnreadableItem) return record
      try {
        return rowOf(record.cell)
      } catch (error) {
        if (error instanceof BadCell) return new UnreadableItem(error.message)
        throw error
      }
    },
    save: table.save,
  }
}
