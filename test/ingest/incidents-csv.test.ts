import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { recordedHistory } from '../../server/domain/incident/recorded-history.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { instantOf } from '../../server/domain/time.ts'
import { UnreadableItem } from '../../server/ingest/check-event.ts'
import { incidentsReader, type IncidentRow, type IncidentsMap } from '../../server/ingest/incidents-csv.ts'
import { statesOf } from '../../workers/import-incident.ts'
import { settingsWith } from '../support/incident-story.ts'
import { dataSet } from '../support/recorded-data.ts'

const rules = rulesOf(settingsWith())
const until = instantOf(Date.parse('2026-11-01T00:00:00Z'))
const read = (map: IncidentsMap, lines: readonly string[], zone = 'UTC') => {
  const reader = incidentsReader(map, zone)
  return lines.map(reader.read).filter((row) => row !== null)
}
const toldOf = (rows: readonly IncidentRow[]) => {
  const [first] = rows
  if (first === undefined) throw new Error('no rows')
  return recordedHistory({ report: { ref: 'INC-2016-000001', type: 'incident', category: null, texts: {}, callerIdWithheld: false, channel: null, service: null, reportedAt: instantOf(first.openedAt), queue: null }, states: statesOf(rows, (name) => name), stepwise: first.at !== null, code: 'fixed', resolution: 't', reason: 'r' }, rules, until)
}

describe('a table of incidents', () => {
  const map: IncidentsMap = { timeZone: 'Europe/London', columns: { id: 'No', openedAt: 'Opened', resolvedAt: 'Resolved', closedAt: 'Closed', priority: 'Prio', title: 'Short', owner: 'Who' } }
  const header = 'No;Opened;Resolved;Closed;Prio;Short;Who'

  it('with a row for each incident gives beginning and end, in the zone of the map', () => {
    const [row] = read(map, [header, 'A1;2026-07-01 09:00;2026-07-01 11:30;;2 - High;Line down;Night desk']) as IncidentRow[]
    if (row === undefined) throw new Error('no row')
    expect(new Date(row.openedAt).toISOString()).toBe('2026-07-01T08:00:00.000Z')
    const told = toldOf([row])
    if ('notOver' in told) throw new Error(told.notOver)
    expect(told.events.map(({ type }) => type)).toEqual(['opened', 'resolved', 'closed'])
    // Nothing is on record of its response and of what stakeholders were told.
    expect(told.record).toMatchObject({ priority: 'P2', priorityOverridden: false, state: 'closed', owner: 'Night desk', clocks: [{ kind: 'resolution', state: 'met' }] })
    expect(new Date(told.record.resolvedAt ?? 0).toISOString()).toBe('2026-07-01T10:30:00.000Z')
  })

  it('with a row for each state gives holds, changed priorities, handovers, reopenings and breaches at their true times', () => {
    const log: IncidentsMap = { dateFormat: 'd/M/yyyy HH:mm', none: ['?'], columns: { id: 'n', openedAt: 'o', at: 'u', state: 's', priority: 'p', owner: 'a' } }
    const rows = read(log, ['n,o,u,s,p,a', 'B1,1/3/2016 09:00,1/3/2016 09:00,New,3 - Moderate,?', 'B1,1/3/2016 09:00,1/3/2016 09:04,Active,1 - Critical,Desk', 'B1,1/3/2016 09:00,1/3/2016 10:00,Awaiting Vendor,1 - Critical,Desk', 'B1,1/3/2016 09:00,1/3/2016 16:00,Active,1 - Critical,Field', 'B1,1/3/2016 09:00,1/3/2016 16:30,Resolved,1 - Critical,Field', 'B1,1/3/2016 09:00,1/3/2016 17:00,Active,1 - Critical,Field', 'B1,1/3/2016 09:00,2/3/2016 08:00,Resolved,1 - Critical,Field', 'B1,1/3/2016 09:00,9/3/2016 08:00,Closed,1 - Critical,Field']) as IncidentRow[]
    const told = toldOf(rows)
    if ('notOver' in told) throw new Error(told.notOver)
    expect(told.events.map(({ type }) => type)).toEqual(['opened', 'priority-set', 'acknowledged', 'started', 'held', 'resumed', 'assigned', 'resolved', 'reopened', 'clock-breached', 'resolved', 'closed'])
    expect(told.record).toMatchObject({ state: 'closed', priority: 'P1', owner: 'Field', reopens: 1, ownership: { nextDueAt: null } })
  })

  it('refuses what is not over, and says what it is', () => {
    const rows = read(map, [header, 'A2;2026-07-01 09:00;;;2 - High;;']) as IncidentRow[]
    expect(toldOf(rows)).toEqual({ notOver: 'open' })
  })

  it('names what a row says that cannot be understood, and what would be', () => {
    const details = (lines: readonly string[], more: Partial<IncidentsMap['columns']> = {}) => read({ ...map, columns: { ...map.columns, ...more } }, [header, ...lines]).map((row) => (row instanceof UnreadableItem ? row.detail : 'read'))
    expect(details(['A;soon;;;1;;', ';2026-07-01 09:00;;;1;;', 'A;2026-07-01 09:00;;;9;;', 'A;2026-07-01 09:00;;;;;'])).toEqual(['column "Opened": not a time of the format yyyy-MM-dd HH:mm:ss', 'column "No": empty', 'column "Prio": "9" is none of 1 to 4 or P1 to P4; say what it means in values.priority', 'read'])
    expect(details(['A;2026-07-01 09:00;;;1;Strange;'], { state: 'Short' })[0]).toContain('"Strange" is not known; say what it means in values.state: open, acknowledged')
    expect(() => read({ columns: { id: 'x' } }, [])).toThrow('columns.id, openedAt and state')
    expect(() => read({ ...map, columns: { ...map.columns, code: 'Nope' } }, [header])).toThrow('the file has no column "Nope"')
  })
})

const data = dataSet('itsm_incident_log_2016q1')
/** All of it with WHOLE_SETS=1; else what was opened in the first three days. */
const whole = process.env['WHOLE_SETS'] === '1'
;(data.present ? describe : describe.skip)('9,202 incidents of a service desk', () => {
  it('are read whole, and stand open at noon of sixty days as the log says', () => {
    const map: IncidentsMap = { dateFormat: 'd/M/yyyy HH:mm', none: ['?'], columns: { id: 'number', openedAt: 'opened_at', at: 'sys_updated_at', order: 'sys_mod_count', state: 'incident_state', priority: 'priority' } }
    const rows = read(map, gunzipSync(data.bytes('incidents.csv.gz')).toString('utf8').split('\n').filter((line) => line !== '' && (whole || /,(opened_at|29\/2\/2016 .{5}|[12]\/3\/2016 .{5}),/.test(line.slice(0, 120)))))
    const incidents = new Map<string, IncidentRow[]>()
    for (const row of rows) {
      if (row instanceof UnreadableItem) throw new Error(row.detail)
      incidents.set(row.id, [...(incidents.get(row.id) ?? []), row])
    }
    const expected = data.json('expected.json') as { readonly rows: number; readonly incidents: number; readonly per_final_priority: Readonly<Record<string, { readonly incidents: number }>>; readonly backlog_daily_noon: readonly { readonly at: string; readonly seen: number; readonly open: number }[] }
    if (whole) expect([rows.length, incidents.size]).toEqual([expected.rows, expected.incidents])
    const priorities: Record<string, number> = {}
    const changes: { readonly at: number; readonly seen: number; readonly open: number }[] = []
    for (const own of incidents.values()) {
      const told = toldOf(own.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.order - b.order))
      if ('notOver' in told) throw new Error(`${own[0]?.id ?? ''} is ${told.notOver}`)
      priorities[told.record.priority ?? ''] = (priorities[told.record.priority ?? ''] ?? 0) + 1
      // The log knows an incident from its first row on.
      changes.push({ at: Math.max(told.record.reportedAt, own[0]?.at ?? 0), seen: 1, open: 1 })
      for (const { type, at } of told.events) if (type === 'resolved' || type === 'reopened') changes.push({ at, seen: 0, open: type === 'resolved' ? -1 : 1 })
    }
    if (whole) expect(priorities).toEqual(Object.fromEntries(Object.entries(expected.per_final_priority).map(([name, { incidents: number }]) => [`P${name[0] ?? ''}`, number])))
    const noon = ({ at }: { readonly at: string }) => {
      const seen = changes.filter((change) => change.at <= Date.parse(`${at}:00Z`))
      return { at, seen: seen.reduce((sum, change) => sum + change.seen, 0), open: seen.reduce((sum, change) => sum + change.open, 0) }
    }
    const noons = whole ? expected.backlog_daily_noon : expected.backlog_daily_noon.slice(0, 3)
    expect(noons.map(noon)).toEqual(noons.map(({ at, seen, open }) => ({ at, seen, open })))
  })
})
