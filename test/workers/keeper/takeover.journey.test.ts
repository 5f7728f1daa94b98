import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogEntry } from '../../../server/domain/log-entry.ts'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../../../server/domain/settings.ts'
import { DAY, HOUR, instantOf, MINUTE, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { readEntries } from '../../../server/redis/archive-files.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openFloorLog } from '../../../server/redis/floor-log.ts'
import { openHistory } from '../../../server/redis/history.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { entryFields } from '../../../server/redis/log-codec.ts'
import { openManifest } from '../../../server/redis/manifest.ts'
import { encodeFigures, fieldOf } from '../../../server/redis/row-codec.ts'
import { openSnapshots } from '../../../server/redis/snapshots.ts'
import { openReplicas } from '../../../server/replica/replicas.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { contactStory } from '../../support/random-story.ts'
import { redisServer, type RedisServer, until } from '../../support/redis-server.ts'
import { freshSeed, seeded } from '../../support/seeded.ts'

/** `PROOF_ROUNDS=60` for the recorded run; a few in CI. */
const rounds = Number(process.env.PROOF_ROUNDS ?? 2)
const keys = keysUnder('t')
const log = recordingLog()
const hotMs = 50 * HOUR
/** Ahead of the clock of Redis, so that no real tick falls into the simulated days. */
const start = instantOf(Date.parse('2036-11-17T00:00:00.000Z'))
let server: RedisServer
let redis: Redis
let archiveDir: string
let keepers: ChildProcess[] = []
const said: string[] = []

const keeper = (): ChildProcess => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, '../../support/keeper-process.ts'), server.url, archiveDir, String(hotMs)], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout?.on('data', (data: Buffer) => said.push(...data.toString().split('\n')))
  child.stderr?.on('data', (data: Buffer) => said.push(...data.toString().split('\n')))
  keepers.push(child)
  return child
}
const holder = async () => Number((await redis.get(keys.site('a').keeper))?.split(':')[0] ?? 0)
const childThatKeeps = async () => {
  const pid = await holder()
  return keepers.find((child) => child.pid === pid) ?? null
}

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-archive-'))
})
afterEach(async () => {
  for (const child of keepers) {
    child.kill('SIGCONT')
    child.kill('SIGKILL')
  }
  keepers = []
  redis.destroy()
  await server.remove()
  rmSync(archiveDir, { recursive: true, force: true })
})

describe('keepers that are paused and killed', () => {
  it('leave no drift: stored rows are those of one undisturbed fold, and every entry is archived once', async () => {
    const random = seeded(freshSeed())
    keeper()
    keeper()
    await until(async () => (await childThatKeeps()) !== null, 'a keeper', 90_000)
    const written: LogEntry[] = []
    const waiting: { readonly at: number; readonly fact: Fact }[] = []
    let [now, n, paused, killed] = [start + HOUR, 0, 0, 0]

    /** A simulated hour of contacts, some facts late, some repeated, as accept would have stored them at those times. */
    const hour = async () => {
      const sends: Promise<unknown>[] = []
      for (let minute = 0; minute < 60; minute += 1) {
        now += MINUTE
        for (let i = 0; i < 2; i += 1) {
          for (const fact of contactStory(random, (n += 1), instantOf(now))) {
            const late = random.chance(0.05) ? random.int(0, 20) * HOUR : 0
            waiting.push({ at: fact.occurredAt + late, fact })
            if (random.chance(0.1)) waiting.push({ at: fact.occurredAt + late + random.int(0, 5) * MINUTE, fact })
          }
        }
        const due = waiting.filter(({ at }) => at <= now).map(({ fact }) => fact)
        waiting.splice(0, waiting.length, ...waiting.filter(({ at }) => at > now))
        const [at, entry] = [now, `${now}-0`]
        written.push({ kind: 'facts', facts: due, id: entry, at: instantOf(at) })
        sends.push(redis.xAdd(keys.site('a').log, entry, { ...entryFields(at, { kind: 'facts', facts: due }) }))
      }
      await Promise.all(sends)
    }
    for (let round = 0; round < rounds; round += 1) {
      const victim = await childThatKeeps()
      const how = random.next()
      if (victim && how < 0.7) {
        victim.kill('SIGSTOP')
        paused += 1
      } else if (victim) {
        victim.kill('SIGKILL')
        keepers = keepers.filter((child) => child !== victim)
        killed += 1
        keeper()
      }
      for (let h = 0; h < 26; h += 1) await hour()
      const fence = Number(await redis.get(keys.site('a').fence))
      if (victim) await until(async () => Number(await redis.get(keys.site('a').fence)) > fence || ((await holder()) !== victim.pid && (await holder()) !== 0), 'another keeps', 90_000)
      // The zombie wakes while the other works.
      if (victim && how < 0.7) victim.kill('SIGCONT')
      await sleep(random.int(0, 150))
    }
    await hour()
    const end = Math.floor(now / QUARTER_HOUR) * QUARTER_HOUR

    const undisturbed = createFloor('a', defaultFloorSettings({ id: 'a', name: 'a', timeZone: 'UTC' }, instantOf(0)))
    const expected = new Map<string, string>()
    const read = (from: number, to: number) => {
      for (const basis of ['outcome', 'arrival'] as const) for (const row of undisturbed.intervals({ from: instantOf(from), to: instantOf(to), basis })) if (row.to <= to) expected.set(fieldOf(row), encodeFigures(row))
    }
    for (const entry of written) {
      undisturbed.apply(entry)
      // What is older than 48 h is final.
      if (entry.at % HOUR === 0) read(entry.at - 49 * HOUR, entry.at - 48 * HOUR)
      // Months at one go would outlast the patience of the connection.
      if (entry.at % DAY === 0) await sleep(0)
    }
    read(end - 48 * HOUR, end)
    await until(async () => redis.isReady, 'the connection that was idle meanwhile is back')
    const stored = async () => {
      const rows = await Promise.all((['outcome', 'arrival'] as const).map((basis) => openHistory({ redis, keys, now: () => start }).readRows('a', start, instantOf(end), basis)))
      return new Map(rows.flat().map((row) => [fieldOf(row), encodeFigures(row)]))
    }
    const drift = async () => {
      const found = await stored()
      return [...new Set([...expected.keys(), ...found.keys()])].filter((field) => found.get(field) !== expected.get(field))
    }
    const settled = async () => {
      await sleep(500)
      return (await drift()).length === 0
    }
    await until(settled, 'rows equal the undisturbed fold', 120_000 + rounds * 10_000).catch(async (error: unknown) => {
      const found = await stored()
      const fields = await drift()
      throw new Error(`seed ${random.seed}: ${fields.length} rows drift, e.g. ${fields.slice(0, 3).map((field) => `${field}: ${String(found.get(field))} for ${String(expected.get(field))}`).join(' | ')}\n${said.slice(-10).join('\n')}`, { cause: error })
    })

    const manifest = openManifest({ redis, keys })
    const wholeDays = Math.floor((now - start) / DAY)
    await until(async () => (await manifest.days('a')).length === wholeDays, 'all days that are over are archived', 120_000 + rounds * 10_000)
    const archived: string[] = []
    for (const day of await manifest.days('a')) for await (const entry of readEntries(archiveDir, day.log)) archived.push(entry.id)
    const inDays = written.filter(({ at }) => at < start + wholeDays * DAY).map(({ id }) => id)
    expect(archived).toEqual(inDays)

    const base = await openSnapshots({ redis, keys }).baseMeta('a')
    if (now - start > hotMs + DAY) expect(base).not.toBeNull()
    const hot = openReplicas({ url: server.url, redis, keys, log, sites: { get: () => null }, fold: { createFloor, floorFromBase } })
    const reloaded = (await hot.get('a')).floor
    for (const basis of ['outcome', 'arrival'] as const) {
      const span = { from: instantOf(now - 24 * HOUR), to: instantOf(now), basis }
      expect(reloaded.intervals(span)).toEqual(undisturbed.intervals(span))
    }
    await hot.close()
    const refused = said.filter((line) => line.includes('were refused')).length
    process.stdout.write(`seed ${random.seed}: ${paused} pauses, ${killed} kills, fence ${String(await redis.get(keys.site('a').fence))}, ${written.length} entries, ${expected.size} rows, drift 0, late zombie writes refused ${refused}, log ${await redis.xLen(keys.site('a').log)} entries, last ${await openFloorLog({ redis, keys }).last('a')}\n`)
  }, 300_000 + rounds * 120_000)
})
