import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { DAY, instantOf, MINUTE, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openCorrections } from '../../../server/redis/corrections.ts'
import { openFloorLog } from '../../../server/redis/floor-log.ts'
import { openHistory } from '../../../server/redis/history.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { entryFields } from '../../../server/redis/log-codec.ts'
import { openManifest } from '../../../server/redis/manifest.ts'
import { dayOf } from '../../../server/redis/seen.ts'
import type { RegisteredSite } from '../../../server/redis/sites.ts'
import { openReplicas } from '../../../server/replica/replicas.ts'
import { keepRows } from '../../../workers/keeper/keep-rows.ts'
import { openKeeper } from '../../../workers/keeper/keeper.ts'
import { fact, NINE } from '../../support/fact-builders.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { redisServer, type RedisServer, until } from '../../support/redis-server.ts'

jest.setTimeout(120_000)

const keys = keysUnder('t')
const site: RegisteredSite = { id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }
const sites = { get: () => site, list: () => [site], onChange: () => () => undefined }
const log = recordingLog()

let server: RedisServer
let redis: Redis
const closers: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  redis.destroy()
  await server.remove()
})

const append = (at: number, facts: readonly Fact[]) => redis.xAdd(keys.site('a').log, `${at}-*`, { ...entryFields(at, facts.length === 0 ? { kind: 'tick' } : { kind: 'facts', facts }) })
const call = (contactId: string, source: string, at: number): readonly Fact[] => [
  fact('contact.queued', instantOf(at), { contactId, source, id: `${contactId}-q` }),
  fact('contact.answered', instantOf(at + 10_000), { contactId, source, agent: 1, id: `${contactId}-a` }),
  fact('contact.ended', instantOf(at + 40_000), { contactId, source, agent: 1, id: `${contactId}-e` }),
  fact('contact.wrapped', instantOf(at + 50_000), { contactId, source, agent: 1, id: `${contactId}-w` }),
]
const kept = () => {
  const [manifest, floorLog, history] = [openManifest({ redis, keys }), openFloorLog({ redis, keys }), openHistory({ redis, keys, now: () => instantOf(NINE) })]
  const replicas = openReplicas({ url: server.url, redis, keys, log, sites, fold: { createFloor, floorFromBase } })
  const keeper = openKeeper({ redis, keys, log, sites, replicas, floorLog, holder: 'one', parts: [keepRows({ history, manifest, floorLog, sites, log, roundMs: 20 })] })
  closers.push(replicas.close, keeper.close)
  return { history, keeper }
}
const corrected = () => openCorrections({ redis, keys }).read('a', instantOf(NINE), instantOf(NINE + DAY))
const stored = () => redis.hGetAll(keys.site('a').rows(dayOf(NINE)))

it('an interval of which a gap was filled by another source is repaired, though nothing else of it changed', async () => {
  await append(NINE + MINUTE, [...call('one', 'pbx', NINE), ...call('two', 'backup', NINE + 1_000)])
  // The link is down over the end of the first quarter hour.
  await append(NINE + 10 * MINUTE, [fact('source.reset', instantOf(NINE + 10 * MINUTE), { source: 'pbx', reason: 'link' })])
  await append(NINE + 20 * MINUTE, [fact('source.snapshot', instantOf(NINE + 20 * MINUTE), { source: 'pbx', queues: [], waiting: [], agents: [] })])
  const { history } = kept()
  await append(NINE + 46 * MINUTE, [])
  await until(async () => (await history.readRows('a', instantOf(NINE), instantOf(NINE + QUARTER_HOUR), 'outcome')).some(({ complete }) => !complete), 'the row with a gap')
  // The other source tells of a call after it.
  await append(NINE + 47 * MINUTE, call('three', 'backup', NINE + 21 * MINUTE))
  const first = async () => (await corrected()).filter(({ from }) => from === NINE)
  await until(async () => (await first()).length === 2, 'both bases are corrected')
  expect((await first()).map(({ basis, reason, changes }) => ({ basis, reason, changes }))).toEqual(['outcome', 'arrival'].map((basis) => ({ basis, reason: 'gap-repaired', changes: { complete: [false, true] } })))
})

it('rows that a version before wrote without rules and active time are written anew, and nothing of that is a correction', async () => {
  await append(NINE + MINUTE, [...call('one', 'pbx', NINE), ...call('two', 'pbx', NINE + 5_000)])
  const before = kept()
  await append(NINE + 20 * MINUTE, [])
  await until(async () => Object.keys(await stored()).length === 2, 'the closed row')
  // A fact that came late has revised the row.
  await append(NINE + 21 * MINUTE, call('late', 'pbx', NINE + 2 * MINUTE))
  await until(async () => (await corrected()).length === 2, 'both bases are corrected')
  expect((await corrected()).flatMap(({ changes }) => Object.keys(changes))).not.toContain('rules')
  await before.keeper.close()
  const rows = await stored()
  for (const [field, text] of Object.entries(rows)) {
    const [[complete], ...rest] = JSON.parse(String(text)) as readonly [readonly number[], ...unknown[]]
    await redis.hSet(keys.site('a').rows(dayOf(NINE)), field, JSON.stringify([complete, ...rest]))
  }
  await redis.del(keys.site('a').corrections(dayOf(NINE)))
  kept()
  await until(async () => JSON.stringify(await stored()) === JSON.stringify(rows), 'rows as this version writes them')
  expect(await corrected()).toEqual([])
})
