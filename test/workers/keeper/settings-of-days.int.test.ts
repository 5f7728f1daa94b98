import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { defaultFloorSettings, type FloorSettings } from '../../../server/domain/settings.ts'
import { DAY, HOUR, instantOf } from '../../../server/domain/time.ts'
import { connect } from '../../../server/redis/connect.ts'
import { openCorrections } from '../../../server/redis/corrections.ts'
import { openDayBooks } from '../../../server/redis/day-books.ts'
import { openEpochs } from '../../../server/redis/epoch.ts'
import { openFloorLog } from '../../../server/redis/floor-log.ts'
import { openHistory } from '../../../server/redis/history.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { openManifest } from '../../../server/redis/manifest.ts'
import type { RegisteredSite } from '../../../server/redis/sites.ts'
import { foldAgain } from '../../../workers/keeper/fold-again.ts'
import { openImportedFacts } from '../../../workers/keeper/imported-facts.ts'
import { fact, settingsEntry, tickAt } from '../../support/fact-builders.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { until } from '../../support/redis-server.ts'

const site: RegisteredSite = { id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }
const sites = { get: () => site }
const start = Date.parse('2024-03-04T00:00:00.000Z')
const dayAt = (day: number) => instantOf(start + day * DAY)
/** Answered after 15 s. */
const call = (id: string, day: number) => [fact('contact.queued', dayAt(day) + 10 * HOUR, { contactId: id, id: `${id}-q` }), fact('contact.answered', dayAt(day) + 10 * HOUR + 15_000, { contactId: id, id: `${id}-a` })]

it('imported days are measured by the settings of their time, and by what was wanted when they were first measured where there were none; nothing that is saved later changes them', async () => {
  const [keys, logger] = [keysUnder(`t-${randomBytes(6).toString('hex')}`), recordingLog()]
  const redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: logger })
  const archiveDir = mkdtempSync(join(tmpdir(), 'fw-settings-of-days-'))
  const manifest = openManifest({ redis, keys })
  const books = openDayBooks({ manifest, archiveDir })
  await redis.set(keys.site('a').fence, '1')
  const defaults = defaultFloorSettings(site, instantOf(0))
  const floor = createFloor('a', defaults)
  floor.apply(tickAt(dayAt(0)))
  const save = (version: number, day: number, withinMs: number) => {
    const settings: FloorSettings = { ...defaults, version, validFrom: dayAt(day), defaults: { ...defaults.defaults, target: { percent: 0.8, withinMs, variant: 'V3' } } }
    floor.apply(settingsEntry(dayAt(day), settings))
    floor.apply(tickAt(dayAt(day + 5)))
  }
  const keeper = await foldAgain({ log: openFloorLog({ redis, keys }), fold: { createFloor, floorFromBase }, sites, manifest, archiveDir, corrections: openCorrections({ redis, keys }), logger, history: openHistory({ redis, keys, now: () => instantOf(Date.now()) }), everyMs: 10 })({ site: 'a', fence: 1, holds: () => true, replica: { epoch: await openEpochs({ redis, keys }).current('a'), position: () => ({ entry: '0-0', hash: '' }), floor } as never })
  const bring = async (id: string, ...days: readonly number[]) => {
    const imported = openImportedFacts({ archiveDir, manifest, sites }, 'a', id)
    await imported.add(days.flatMap((day) => call(`${id}-${day}`, day)))
    await imported.finish()
    await until(async () => (await manifest.dirty('a')).size === 0, 'all days are folded')
  }
  /** Of each day: answered in target, answered, and the target its rows name. */
  const measured = async (...days: readonly number[]) =>
    Promise.all(days.map(async (day) => (await books.rows('a', dayAt(day), dayAt(day + 1), 'outcome', 'support')).filter(({ answered }) => answered > 0).map(({ answeredInTarget, answered, rules }) => [answeredInTarget, answered, rules?.target.withinMs])[0]))
  try {
    floor.apply(tickAt(dayAt(9)))
    await bring('one', -30)
    expect(await measured(-30)).toEqual([[1, 1, 20_000]])
    save(1, 10, 10_000)
    await bring('two', -30, -20)
    expect(await measured(-30, -20)).toEqual([[2, 2, 20_000], [0, 1, 10_000]])
    save(2, 20, 60_000)
    floor.apply(tickAt(dayAt(40)))
    await bring('three', -30, -29, -20, 11, 21)
    expect(await measured(-30, -29, -20, 11, 21)).toEqual([[3, 3, 20_000], [1, 1, 60_000], [0, 2, 10_000], [0, 1, 10_000], [1, 1, 60_000]])
    save(3, 50, 5_000)
    await bring('four', 11, 21, -20)
    expect(await measured(-30, -29, -20, 11, 21)).toEqual([[3, 3, 20_000], [1, 1, 60_000], [0, 3, 10_000], [0, 2, 10_000], [2, 2, 60_000]])
  } finally {
    await keeper.close()
    redis.destroy()
    rmSync(archiveDir, { recursive: true, force: true })
  }
})
