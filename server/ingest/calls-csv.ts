import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { CanonicalEvent } from '../contract/events.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { callsCsv } from '../contract/settings/floor-schema.ts'
import { instantAt } from '../domain/wall-clock.ts'
import { UnreadableItem } from './check-event.ts'
import { ImportRefused, type ImportReader } from './import-reader.ts'
import { BadCell, tableLines, type SavedTable, type TableRecord } from './table-lines.ts'
import { dateReader, durationOf, isYes } from './table-values.ts'

/** A table of finished calls, one a row, by the column map of the settings (`imports.calls-csv`). */

export type CallsMap = z.infer<typeof callsCsv>

export interface SavedCalls extends SavedTable {
  readonly rows: readonly (readonly [hash: string, count: number])[]
}

/** Rows among which identical ones are told apart; a table with an id column has none. */
const ROWS_KEPT = 5_000
const SOURCE = 'calls-csv'
const QUEUE = 'calls'
const nobody = new Set(['', '0', 'null', 'NULL', 'unknown'])

/** `timeZone`: the site's, unless the map names its own. */
export const callsReader = (map: CallsMap, timeZone: string, saved?: SavedCalls): ImportReader => {
  const { columns } = map
  const zone = map.timeZone ?? timeZone
  const dates = dateReader(map.dateFormat)
  const rows = new Map<string, number>(saved?.rows)

  const mapped = Object.values(columns).flatMap((value): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : Array.isArray(value) ? value : 'column' in value ? [value.column] : []))
  const table = tableLines({ delimiter: map.delimiter, mapped }, saved)

  const rowId = (text: string): string => {
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22)
    const before = rows.get(hash) ?? 0
    rows.delete(hash)
    rows.set(hash, before + 1)
    const oldest = rows.size > ROWS_KEPT ? rows.keys().next() : null
    if (oldest && !oldest.done) rows.delete(oldest.value)
    return before === 0 ? `csv-${hash}` : `csv-${hash}-${before}`
  }

  const eventsOf = ({ text, cell }: TableRecord): readonly unknown[] => {
    const duration = (name: string | undefined): number | null => {
      const ms = name === undefined ? null : durationOf(cell(name))
      if (ms === undefined) throw new BadCell(`column "${name}": not a duration; expected seconds, m:ss or h:mm:ss`)
      return ms
    }
    const flag = (name: typeof columns.answered): boolean | null => (name === undefined ? null : typeof name === 'string' ? isYes(cell(name)) : isYes(cell(name.column), name.yes))
    const queuedAt = (): number => {
      const from = columns.queuedAt
      if (from === undefined) throw new ImportRefused('imports.calls-csv.columns.queuedAt is missing in the settings')
      const [date, time] = typeof from === 'string' ? [cell(from), null] : [cell(from[0]), cell(from[1])]
      const zoned = time === null ? parseRfc3339(date.trim()) : null
      const clock = zoned === null ? dates.read(date, time) : null
      const at = zoned ?? (clock === null ? null : instantAt(zone, clock))
      if (at === null) throw new BadCell(`column "${typeof from === 'string' ? from : from.join('", "')}": not a time of the format ${map.dateFormat ?? 'yyyy-MM-dd'}`)
      return at
    }

    if (columns.skip !== undefined && isYes(cell(columns.skip.column), columns.skip.in)) return []
    const id = rowId(text)
    const at = queuedAt()
    const waitMs = columns.waitMs === undefined ? duration(columns.wait) : Math.round((duration(columns.waitMs) ?? 0) / 1_000)
    const talkColumn = typeof columns.talk === 'string' ? columns.talk : columns.talk?.column
    const noTalk = typeof columns.talk === 'object' && isYes(cell(columns.talk.column), columns.talk.none)
    const [talkMs, holdMs, acwMs] = [noTalk ? null : duration(talkColumn), duration(columns.hold), duration(columns.acw)]
    const agent = columns.agent === undefined ? '' : cell(columns.agent).trim()
    const customer = columns.customer === undefined ? '' : cell(columns.customer).trim()
    const score = columns.score === undefined ? '' : cell(columns.score).trim()
    const resolved = flag(columns.resolved)
    const contactId = (columns.id === undefined ? '' : cell(columns.id).trim()) || id
    const answeredAt = at + (waitMs ?? 0)
    const endedAt = answeredAt + (talkMs ?? 0) + (holdMs ?? 0)
    const iso = (ms: number) => new Date(ms).toISOString()
    const common = { source: SOURCE, contactId, legId: `${contactId}#1`.slice(0, 200), queueId: (columns.queue === undefined ? '' : cell(columns.queue).trim()) || QUEUE, channel: map.channel ?? ('voice' as const), direction: 'in' as const }
    const by = agent === '' ? {} : { agentId: agent }

    const events: CanonicalEvent[] = [{ ...common, type: 'contact.queued', id, occurredAt: iso(at), ...(nobody.has(customer) ? {} : { customer: { ref: customer } }) }]
    if (flag(columns.answered) === false) return [...events, { ...common, type: 'contact.abandoned', id: `${id}.abandoned`, occurredAt: iso(answeredAt), waitMs }]
    events.push({ ...common, ...by, type: 'contact.answered', id: `${id}.answered`, occurredAt: iso(answeredAt), waitMs })
    // Answered, yet no conversation is on record: how it ended is not known, and it must not count as one of no length.
    if (columns.talk === undefined || talkMs !== null) {
      events.push({ ...common, ...by, type: 'contact.ended', id: `${id}.ended`, occurredAt: iso(endedAt), talkMs, ...(holdMs === null ? {} : { holdMs }), ...(resolved === null ? {} : { resolved }) })
      if (acwMs !== null) events.push({ ...common, ...by, type: 'contact.wrapped', id: `${id}.wrapped`, occurredAt: iso(endedAt + acwMs), acwMs })
    }
    if (score !== '' && Number.isFinite(Number(score))) events.push({ ...common, type: 'survey.received', id: `${id}.survey`, occurredAt: iso(endedAt), score: Number(score), scaleMin: 1, scaleMax: 5 })
    return events
  }

  return {
    read: (line) => {
      const record = table.read(line)
      if (record === null || record instanceof UnreadableItem) return record === null ? [] : [record]
      try {
        return eventsOf(record)
      } catch (error) {
        if (error instanceof BadCell) return [new UnreadableItem(error.message)]
        throw error
      }
    },
    save: () => ({ ...table.save(), rows: [...rows] }) satisfies SavedCalls,
  }
}
