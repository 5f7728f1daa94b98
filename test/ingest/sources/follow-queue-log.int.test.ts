import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { buildSync } from 'esbuild'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { openPipelineOn } from '../../../server/ingest/open-ingest.ts'
import { followQueueLog, type FollowDeps, type RunningSource } from '../../../server/ingest/sources/follow-queue-log.ts'
import { createLog } from '../../../server/log.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openFloorLog, type FloorLog } from '../../../server/redis/floor-log.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { openSealed } from '../../../server/redis/sealed.ts'
import { freshSeed, seeded } from '../../support/seeded.ts'
import { until } from '../../support/redis-server.ts'

jest.setTimeout(600_000)

const url = process.env['TEST_REDIS_URL'] ?? ''
const prefix = `t-${randomBytes(6).toString('hex')}`
const keys = keysUnder(prefix)
const root = join(import.meta.dirname, '../../..')
const program = join(root, '.tmp', `follow-${process.pid}.mjs`)

let redis: Redis
let log: FloorLog
let dir: string
let file: string
let site: string
let serial = 0

beforeAll(async () => {
  redis = await connect({ url, name: 'test', log: createLog('silent', 'test') })
  log = openFloorLog({ redis, keys })
  mkdirSync(join(root, '.tmp'), { recursive: true })
  buildSync({ entryPoints: [join(root, 'test/support/follow-process.ts')], outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'node20', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }, define: { 'import.meta.dirname': JSON.stringify(join(root, 'server/redis')) } })
})
afterAll(() => {
  rmSync(program, { force: true })
  redis.destroy()
})
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fw-follow-'))
  file = join(dir, 'queue_log')
  serial += 1
  site = `s${serial}`
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** One for each line: a first join also says that the agent is there. */
const facts = async (): Promise<readonly Fact[]> => (await log.read(site, '0-0', 100_000)).flatMap(({ entry }) => (entry?.kind === 'facts' ? entry.facts.filter((fact) => fact.type !== 'agent.state') : []))
const statuses = async () => (await log.read(site, '0-0', 100_000)).flatMap(({ entry }) => (entry?.kind === 'source' ? [entry.status] : []))
const now = () => Math.floor(Date.now() / 1_000)
const rotate = () => {
  for (let i = 60; i > 0; i -= 1) {
    try {
      renameSync(`${file}.${i}`, `${file}.${i + 1}`)
    } catch {
      // There is none of that age yet.
    }
  }
}

describe('following a queue_log', () => {
  it('counts every line once through kills (FOLLOW_KILLS of them), renames and truncations', async () => {
    const random = seeded(Number(process.env['FOLLOW_SEED'] ?? freshSeed()))
    const kills = Number(process.env['FOLLOW_KILLS'] ?? 10)
    process.stdout.write(`seed ${random.seed}\n`)
    const written: string[] = []
    let call = 0
    const write = (count: number) => {
      const lines = Array.from({ length: count }, () => {
        call += 1
        return `${now()}|${now()}.${call}|support|NONE|ENTERQUEUE||+442079460041|1`
      })
      // Twice the same in one second: two facts, however often they are read.
      const joined = `${now()}|NONE|q-${call}|Agent/${call % 7}|ADDMEMBER|`
      if (random.chance(0.3)) lines.push(joined, joined)
      written.push(...lines)
      appendFileSync(file, `${lines.join('\n')}\n`)
    }
    let follower: ChildProcess | null = null
    const start = () => {
      follower = spawn(process.execPath, [program, url, prefix, site, file, dir], { stdio: ['ignore', 'pipe', 'inherit'], cwd: root })
      const mine = follower
      return new Promise((resolve) => mine.stdout?.once('data', resolve).once('close', resolve))
    }
    const kill = () =>
      new Promise((resolve) => {
        if (follower === null || follower.exitCode !== null || follower.signalCode !== null) return resolve(null)
        follower.once('exit', resolve)
        follower.kill('SIGKILL')
      })
    const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

    write(3)
    await start()
    await until(async () => (await facts()).length >= written.length, 'the first lines arrived')
    for (let killed = 0; killed < kills; killed += 1) {
      for (let acts = random.int(1, 6); acts > 0; acts -= 1) {
        write(random.int(1, 40))
        if (random.chance(0.25)) {
          rotate()
          renameSync(file, `${file}.1`)
          writeFileSync(file, '')
        } else if (random.chance(0.25)) {
          rotate()
          copyFileSync(file, `${file}.1`)
          truncateSync(file)
        }
        await rest(random.int(0, 120))
      }
      await kill()
      if (random.chance(0.5)) write(random.int(1, 10))
      const started = start()
      // Sometimes killed again before it has done anything.
      if (random.chance(0.9)) await started
    }
    await until(async () => (await facts()).length >= written.length, `seed ${random.seed}: all ${written.length} lines arrived`, 120_000)
    await rest(500)
    await kill()
    const found = await facts()
    expect(found.length).toBe(written.length)
    expect(new Set(found.map((fact) => fact.id)).size).toBe(written.length)
    const calls = found.flatMap((fact) => (fact.type === 'contact.queued' ? [`${fact.contactId} ${fact.legId}`] : []))
    expect(calls.sort()).toEqual(Array.from({ length: call }, (_, i) => written.find((line) => line.split('|')[1]?.endsWith(`.${i + 1}`) === true)?.split('|')[1]).map((id) => `${id} ${id}#1`).sort())
  })

  it('keeps its place from the first line on, so that a young follower killed before a rotation loses nothing', async () => {
    const line = (call: number) => `${now()}|young.${call}|support|NONE|ENTERQUEUE||+442079460041|1\n`
    const start = () => spawn(process.execPath, [program, url, prefix, site, file, dir], { stdio: 'ignore', cwd: root })
    const killed = (child: ChildProcess) =>
      new Promise((resolve) => {
        child.once('exit', resolve)
        child.kill('SIGKILL')
      })
    appendFileSync(file, line(1))
    const young = start()
    await until(async () => (await facts()).length >= 1, 'the first line arrived', 20_000)
    await killed(young)
    appendFileSync(file, line(2))
    renameSync(file, `${file}.1`)
    writeFileSync(file, line(3))
    const next = start()
    await until(async () => (await facts()).length >= 3, 'all three lines arrived', 20_000)
    await killed(next)
    expect((await facts()).length).toBe(3)
  })

  it('has its place before it has told anything: what it read first is read again after a kill', async () => {
    appendFileSync(file, `${now()}|first.1|support|NONE|ENTERQUEUE||+442079460041|1\n`)
    let told = 0
    const died = { acceptEvents: async () => Promise.reject(new Error(`the log is away, time ${(told += 1)}`)) } satisfies FollowDeps['pipeline']
    await following(async () => {
      await until(() => told > 0, 'the line was told')
      expect(await redis.get(keys.site(site).follower('log'))).toContain('"offset":0')
    }, { pipeline: died })
  })

  const deps = (more: Partial<FollowDeps> = {}): FollowDeps => ({
    redis,
    keys,
    pipeline: openPipelineOn({ redis, keys, log, sealed: openSealed({ redis, keys, dataKey: randomBytes(32) }), now: Date.now }),
    floorLog: log,
    log: createLog('silent', 'test'),
    now: () => instantOf(Date.now()),
    sourceDirs: [dir],
    ...more,
  })
  const following = async (act: (running: RunningSource) => Promise<void>, more: Partial<FollowDeps> = {}, path = file) => {
    const running = followQueueLog(deps(more), { site, source: 'log', file: path, acw: 'none' })
    try {
      await act(running)
    } finally {
      await running.close()
    }
  }

  it('says when the file comes and goes', async () => {
    await following(async () => {
      await until(async () => (await statuses()).at(-1)?.detail === 'file not found', 'it is missed')
      writeFileSync(file, `${now()}|c1|q|NONE|ENTERQUEUE|||1\n`)
      await until(async () => (await statuses()).at(-1)?.connected === true, 'it is live')
      await until(async () => (await facts()).length === 1, 'its line arrived')
      await until(async () => (await statuses()).at(-1)?.wholeSince === 0, 'it has read all that was said while the file was away')
    })
    expect((await statuses())[0]).toMatchObject({ source: 'log', platform: 'asterisk-queue-log', beatMs: 1_000 })
  })

  it('leaves out what is older than two days and goes on with what is not', async () => {
    writeFileSync(file, `${now() - 3 * 86_400}|c1|q|NONE|ENTERQUEUE|||1\n${now()}|c2|q|NONE|ENTERQUEUE|||1\n`)
    await following(() => until(async () => (await facts()).length === 1, 'the new line arrived'))
    expect((await facts())[0]).toMatchObject({ contactId: 'c2' })
  })

  it('follows nothing outside SOURCE_DIRS, not by a link either', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'fw-outside-'))
    try {
      writeFileSync(join(outside, 'secret'), `${now()}|c1|q|NONE|ENTERQUEUE|||1\n`)
      symlinkSync(join(outside, 'secret'), file)
      await following(() => until(async () => (await statuses()).at(-1)?.detail === 'the file is not in a folder of SOURCE_DIRS', 'it is refused'))
      await following(() => until(async () => ((await statuses()).at(-1)?.detail ?? '').startsWith('SOURCE_DIRS names no folder'), 'it is refused'), { sourceDirs: [] })
      expect(await facts()).toEqual([])
    } finally {
      rmSync(outside, { recursive: true, force: true })
    }
  })
})
