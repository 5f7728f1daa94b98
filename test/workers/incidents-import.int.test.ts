import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IncidentsMap } from '../../server/ingest/incidents-csv.ts'
import { bodyPath, rejectedPath } from '../../server/ingest/import-files.ts'
import { instantOf } from '../../server/domain/time.ts'
import { openImportRows, type ImportRow } from '../../server/redis/import-rows.ts'
import { openIncidentImports } from '../../workers/import-incident.ts'
import { runIncidentsImport } from '../../workers/run-incidents-import.ts'
import { openIncidentHouse, type IncidentHouse } from '../support/incident-house.ts'

const map: IncidentsMap = { columns: { id: 'No', openedAt: 'Opened', at: 'At', state: 'State', priority: 'Prio', title: 'Short', owner: 'Who' } }
const ladder = (id: string, day: number, states: readonly string[]) => states.map((state, hour) => `${id},2016-03-0${day} 08:00,2016-03-0${day} ${String(9 + hour).padStart(2, '0')}:00,${state},2,Printer ${id} is out,Desk ${day}`)
/** Rows of three incidents that are over, mixed; one that is not; one nobody can read. */
const rows = [...ladder('T1', 1, ['New', 'Active', 'Resolved', 'Closed']), 'T9,some day,2016-03-01 09:00,New,2,x,', ...ladder('T2', 2, ['New', 'Active', 'Awaiting Vendor', 'Active', 'Resolved', 'Closed']), ...ladder('T3', 3, ['New', 'Active']), ...ladder('T4', 4, ['New', 'Cancelled'])]
const file = ['No,Opened,At,State,Prio,Short,Who', ...rows.filter((_, index) => index % 2 === 0), ...rows.filter((_, index) => index % 2 === 1)].join('\n')

describe('an import of incidents', () => {
  let house: IncidentHouse
  let dataDir: string
  beforeAll(async () => {
    house = await openIncidentHouse()
    dataDir = mkdtempSync(join(tmpdir(), 'fw-incidents-'))
  })
  afterAll(async () => {
    await house.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  /** `looks`: how often the worker may look whether it still runs before it is told to stop. */
  const run = async (id: string, looks = Infinity) => {
    const { redis, keys, sealed, settings, site, log } = house
    let left = looks
    await runIncidentsImport({ ...openIncidentImports({ redis, keys, texts: sealed.texts, settings, people: { names: async () => new Map() } }), rows: openImportRows({ redis, keys }), incidentsMapOf: async () => map, sites: { get: () => ({ id: site, name: site, timeZone: 'UTC', founded: { id: site, name: site, timeZone: 'UTC' } }) }, dataDir, log, now: () => instantOf(Date.parse('2026-11-01T00:00:00Z')), running: () => (left -= 1) >= 0 }, site, id)
    return openImportRows({ redis, keys }).get(site, id)
  }
  const place = async (text: string, more: Partial<ImportRow> = {}) => {
    const id = randomBytes(12).toString('hex')
    mkdirSync(join(dataDir, 'imports', house.site), { recursive: true })
    writeFileSync(bodyPath(dataDir, house.site, id), text)
    await openImportRows(house).create(house.site, { id, format: 'incidents-csv', source: null, sha256: id, bytes: text.length, createdAt: 0, state: 'queued', progress: 0, lines: 0, accepted: 0, ignored: 0, rejectedCount: 0, rejected: [], error: null, ...more })
    return id
  }
  const all = () => house.incidents.list(house.site, { states: null, priorities: null, words: null, area: null, below: null, limit: 100 })

  it('tried first takes nothing in and says what it would', async () => {
    expect(await run(await place(file, { dryRun: true }))).toMatchObject({ state: 'done', accepted: 3, rejectedCount: 2 })
    expect((await all()).items).toEqual([])
  })

  it('stopped at every turn and gone on with brings each incident once, as history that fires nothing', async () => {
    const id = await place(file)
    let row = await run(id, 1)
    for (let turns = 0; row?.state === 'running' && turns < 600; turns += 1) row = await run(id, 2)
    expect(row).toMatchObject({ state: 'done', lines: 16, rejectedCount: 2 })
    expect(row?.rejected.map(({ line, id: of, code }) => [line, of, code]).sort()).toEqual([[4, null, 'bad_field'], [8, 'T3', 'not_over']].sort())
    expect(readFileSync(rejectedPath(dataDir, house.site, id), 'utf8').split('\n').filter((line) => line !== '')).toHaveLength(2)
    const { items } = await all()
    expect(items.map(({ ref, title, state, priority, owner, clocks }) => [ref.slice(0, 9), title, state, priority, owner?.name, clocks.map(({ state: clock }) => clock).join(' ')]).sort()).toEqual([
      ['INC-2016-', 'Printer T1 is out', 'closed', 'P2', 'Desk 1', 'breached met'],
      ['INC-2016-', 'Printer T2 is out', 'closed', 'P2', 'Desk 2', 'breached met'],
      ['INC-2016-', 'Printer T4 is out', 'cancelled', 'P2', null, 'breached void'],
    ].map((each) => each.map((value) => value ?? undefined)))
    const { redis, keys, site } = house
    const of = keys.site(site)
    expect(await Promise.all([redis.zCard(of.timersUrgent), redis.zCard(of.timersRoutine), redis.hLen(of.outbox), redis.xLen(of.log), redis.zCard(of.incidentsActive)])).toEqual([0, 0, 0, 0, 0])
    const timeline = await house.incidents.timeline(site, items.find(({ title }) => title === 'Printer T2 is out')?.ref ?? '', 0, 50)
    expect(timeline?.items.map(({ type, at }) => `${at.slice(11, 16)} ${type}`)).toEqual(['08:00 opened', '08:15 clock-breached', '10:00 acknowledged', '10:00 started', '11:00 held', '12:00 resumed', '13:00 resolved', '14:00 closed'])
  })

  it('of the same file again changes nothing', async () => {
    const before = await all()
    expect(await run(await place(file))).toMatchObject({ state: 'done', accepted: 0, rejectedCount: 2 })
    expect(await all()).toEqual(before)
  })
})
