import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../../server/domain/settings.ts'
import { DAY, HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openCorrections } from '../../server/redis/corrections.ts'
import { openDayBooks } from '../../server/redis/day-books.ts'
import { openEpochs } from '../../server/redis/epoch.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { openHistory } from '../../server/redis/history.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { openRecomputeRows, type Recompute } from '../../server/redis/recompute-rows.ts'
import type { RegisteredSite } from '../../server/redis/sites.ts'
import { foldAgain } from '../../workers/keeper/fold-again.ts'
import { openImportedFacts } from '../../workers/keeper/imported-facts.ts'
import { runRecompute } from '../../workers/run-recompute.ts'
import { fact } from '../support/fact-builders.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { until } from '../support/redis-server.ts'

const keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
const site: RegisteredSite = { id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }
const sites = { get: () => site }
const logger = recordingLog()
const start = instantOf(Date.parse('2024-03-04T00:00:00.000Z'))
const at = (day: number, ms: number) => instantOf(start + day * DAY + 10 * HOUR + ms)
let redis: Redis
let archiveDir: string

beforeAll(async () => {
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: logger })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-recompute-'))
})
afterAll(() => {
  redis.destroy()
  rmSync(archiveDir, { recursive: true, force: true })
})

/** Answered after 15 s: within the target of 20 s, beyond one of 10 s. */
const call = (id: string, day: number): readonly Fact[] => [
  fact('contact.queued', at(day, 0), { contactId: id, id: `${id}-q` }),
  fact('contact.answered', at(day, 15_000), { contactId: id, id: `${id}-a` }),
  fact('contact.ended', at(day, MINUTE), { contactId: id, id: `${id}-e`, talkMs: 45_000 }),
]

it('days are measured by other settings beside what they came to, day after day, and once more when they are corrected', async () => {
  const manifest = openManifest({ redis, keys })
  const rows = openRecomputeRows({ redis, keys })
  const books = openDayBooks({ manifest, archiveDir })
  const shared = { log: openFloorLog({ redis, keys }), fold: { createFloor, floorFromBase }, sites, manifest, archiveDir, corrections: openCorrections({ redis, keys }), logger }
  const bring = async (id: string, facts: readonly Fact[]) => {
    const imported = openImportedFacts({ archiveDir, manifest, sites }, 'a', id)
    await imported.add(facts)
    await imported.finish()
  }
  await redis.set(keys.site('a').fence, '1')
  const settings = defaultFloorSettings(site, start)
  const keeper = await foldAgain({ ...shared, history: openHistory({ redis, keys, now: () => instantOf(Date.now()) }), reopen: rows.reopen, everyMs: 10 })({ site: 'a', fence: 1, holds: () => true, replica: { epoch: await openEpochs({ redis, keys }).current('a'), position: () => ({ entry: '0-0', hash: '' }), floor: createFloor('a', settings) } as never })
  const folded = () => until(async () => (await manifest.dirty('a')).size === 0, 'all days are folded')
  const shift = [fact('agent.state', at(0, 0), { queues: ['support'] }), fact('agent.state', at(0, 10 * MINUTE), { state: 'offline' })]
  await bring('one', [...shift, ...[0, 1, 2].flatMap((day) => call(`c${day}`, day))])
  await folded()
  // What people did is measured by the clock of their day: a call and the wrap-up that nobody ended, until the shift was over.
  expect((await books.rows('a', at(0, 0), at(0, 15 * MINUTE), 'outcome', 'support')).map(({ handlingMsTotal, signedInMsTotal, occupancy }) => [handlingMsTotal, signedInMsTotal, occupancy])).toEqual([[585_000, 10 * MINUTE, 585 / 600]])

  const strict = { ...settings, defaults: { ...settings.defaults, target: { percent: 0.8, withinMs: 10_000, variant: 'V3' as const } } }
  const row: Recompute = { id: '1-x', from: start, to: instantOf(start + 3 * DAY), days: 3, reason: 't', by: 'me', createdAt: start, settings: strict, state: 'queued', doneDays: 0, error: null }
  await rows.put('a', row)
  // Stopped after the first day: it is kept, and not measured again.
  let asked = true
  await runRecompute({ ...shared, rows: { ...rows, put: async (of, one) => { asked = one.doneDays < 1; await rows.put(of, one) } }, running: () => asked }, 'a', row.id)
  expect([await rows.get('a', row.id), (await manifest.recomputed('a')).map(({ day }) => day)]).toMatchObject([{ state: 'running', doneDays: 1 }, ['2024-03-04']])
  const [first] = await manifest.recomputed('a')
  await runRecompute({ ...shared, rows, running: () => true }, 'a', row.id)
  expect(await rows.get('a', row.id)).toMatchObject({ state: 'done', doneDays: 3 })
  expect((await manifest.recomputed('a'))[0]).toEqual(first)

  const query = { from: start, to: instantOf(start + 4 * DAY), basis: 'outcome', queue: 'support' } as const
  const inTarget = (all: readonly { readonly answeredInTarget: number; readonly answered: number }[]) => all.filter(({ answered }) => answered > 0).map((one) => [one.answeredInTarget, one.answered])
  const original = () => books.rows('a', query.from, query.to, query.basis, query.queue)
  expect(inTarget(await original())).toEqual([[1, 1], [1, 1], [1, 1]])
  expect(inTarget(await books.recomputed('a', query, await original()))).toEqual([[0, 1], [0, 1], [0, 1]])

  // A day that comes to something else loses its series until it is measured again.
  await bring('two', call('late', 2))
  await folded()
  expect(await rows.open('a')).toEqual([row.id])
  await runRecompute({ ...shared, rows, running: () => true }, 'a', row.id)
  expect(inTarget(await books.recomputed('a', query, await original()))).toEqual([[0, 1], [0, 1], [0, 2]])
  expect(inTarget(await original())).toEqual([[1, 1], [1, 1], [2, 2]])
  await keeper.close()
})
