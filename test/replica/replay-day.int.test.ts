import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { DAY, HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { entryFields } from '../../server/redis/log-codec.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { openSnapshots } from '../../server/redis/snapshots.ts'
import { replayDay } from '../../server/replica/replay-day.ts'
import { archiveNextDay } from '../../workers/keeper/archive-day.ts'
import { openImportedFacts } from '../../workers/keeper/imported-facts.ts'
import { fact, settingsEntry, utcSettings } from '../support/fact-builders.ts'
import { folded } from '../support/fold-readings.ts'
import { recordingLog } from '../support/quiet-log.ts'

const site = { id: 'a', name: 'A', timeZone: 'UTC' }
const sites = { get: () => ({ ...site, founded: site }) }
const keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
let redis: Redis
let archiveDir: string
beforeAll(async () => {
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: recordingLog() })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-replay-'))
})
afterAll(() => {
  redis.destroy()
  rmSync(archiveDir, { recursive: true, force: true })
})

const monday = Date.UTC(2036, 10, 17)
const call = (n: number, at: number) => [fact('contact.queued', at, { contactId: `c${n}` }), fact('contact.answered', at + MINUTE, { contactId: `c${n}`, agent: 1 }), fact('contact.ended', at + 11 * MINUTE, { contactId: `c${n}`, agent: 1 }), fact('contact.wrapped', at + 12 * MINUTE, { contactId: `c${n}`, agent: 1 })]

it('a day is played as it was under its own clock, from archive, imports or what is still in the log, begun with the night before', async () => {
  const manifest = openManifest({ redis, keys })
  const [log, snapshots] = [openFloorLog({ redis, keys }), openSnapshots({ redis, keys })]
  const dependencies = { log, fold: { createFloor, floorFromBase }, sites, manifest, snapshots, archiveDir }
  // Somebody comes at 23:55 and is answered after midnight; the next comes at ten; a third day is still hot.
  const facts = [...call(1, monday + 23 * HOUR + 55 * MINUTE).map((each, index) => (index === 0 ? each : { ...each, occurredAt: instantOf(each.occurredAt + 10 * MINUTE) })), ...call(2, monday + DAY + 10 * HOUR), ...call(3, monday + 2 * DAY + 9 * HOUR)]
  for (const one of facts) await redis.xAdd(keys.site('a').log, `${one.occurredAt}-0`, { ...entryFields(one.occurredAt, { kind: 'facts', facts: [one] }) })
  await redis.set(keys.site('a').fence, '1')
  for (let archived = await manifest.days('a'); archived.length < 2; archived = await manifest.days('a')) {
    const day = await archiveNextDay(dependencies, { site: 'a', asOf: instantOf(monday + 3 * DAY), archived, holds: () => true })
    if (day === null || !(await manifest.addDay('a', 1, day))) throw new Error('no day was archived')
  }
  const imported = openImportedFacts({ archiveDir, manifest, sites }, 'a', 'old')
  await imported.add(call(9, monday - 10 * DAY + 8 * HOUR))
  await imported.finish()

  const looks = async (day: string, ...times: readonly string[]) => {
    const seen: Record<string, string> = {}
    const played = await replayDay(dependencies, 'a', day)
    for await (const { at, floor } of played?.frames(5 * MINUTE) ?? []) {
      const time = new Date(at).toISOString().slice(11, 16)
      if (!times.includes(time) || seen[time] !== undefined) continue
      const { waiting, inProgress, today } = floor.totals()
      seen[time] = `${waiting} waiting, ${inProgress} talking, ${today.offered} offered, ${today.answered} answered`
    }
    return seen
  }
  expect(await looks('2036-11-18', '00:00', '00:10', '10:00', '10:05', '23:55')).toEqual({ '00:00': '1 waiting, 0 talking, 0 offered, 0 answered', '00:10': '0 waiting, 1 talking, 0 offered, 1 answered', '10:00': '1 waiting, 0 talking, 1 offered, 1 answered', '10:05': '0 waiting, 1 talking, 1 offered, 2 answered', '23:55': '0 waiting, 0 talking, 1 offered, 2 answered' })
  expect(await looks('2036-11-19', '08:00', '09:05')).toEqual({ '08:00': '0 waiting, 0 talking, 0 offered, 0 answered', '09:05': '0 waiting, 1 talking, 1 offered, 1 answered' })
  expect(await looks('2036-11-07', '08:05', '09:00')).toEqual({ '08:05': '0 waiting, 1 talking, 1 offered, 1 answered', '09:00': '0 waiting, 0 talking, 1 offered, 1 answered' })
  expect(await replayDay(dependencies, 'a', '2036-13-40')).toBeNull()
  // What was imported is from before there were settings: it is played by those that it is measured by.
  const settings = utcSettings({ target: { percent: 0.9, withinMs: 10_000, variant: 'V1' } }, { version: 1, validFrom: instantOf(monday) })
  await snapshots.saveSnapshot('a', 1, folded([settingsEntry(monday, settings)]), { entry: '1-0', hash: '' })
  const played = await replayDay(dependencies, 'a', '2036-11-07')
  const targets = new Set<number | undefined>()
  for await (const { at, floor } of played?.frames(HOUR) ?? []) if (new Date(at).getUTCHours() > 9) targets.add(floor.queue('support')?.target.withinMs)
  expect([...targets]).toEqual([10_000])
})
