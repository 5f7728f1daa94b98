import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { buildSync } from 'esbuild'
import type { Fact } from '../../server/domain/platform-events.ts'
import { DAY, HOUR, instantOf } from '../../server/domain/time.ts'
import { bodyPath } from '../../server/ingest/import-files.ts'
import { createLog } from '../../server/log.ts'
import { readEntries } from '../../server/redis/archive-files.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { openImportRows, type ImportRow, type ImportRows } from '../../server/redis/import-rows.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { importedEnds } from '../../workers/import-history.ts'
import { sample } from '../support/recorded-data.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

jest.setTimeout(600_000)

const url = process.env['TEST_REDIS_URL'] ?? ''
const prefix = `t-${randomBytes(6).toString('hex')}`
const keys = keysUnder(prefix)
const root = join(import.meta.dirname, '../..')
const program = join(root, '.tmp', `import-${process.pid}.mjs`)
let redis: Redis
let rows: ImportRows
let dataDir: string
let archiveDir: string

beforeAll(async () => {
  redis = await connect({ url, name: 'test', log: createLog('silent', 'test') })
  rows = openImportRows({ redis, keys })
  dataDir = mkdtempSync(join(tmpdir(), 'fw-import-'))
  archiveDir = join(dataDir, 'archive')
  mkdirSync(join(root, '.tmp'), { recursive: true })
  buildSync({ entryPoints: [join(root, 'test/support/import-process.ts')], outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'node20', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }, define: { 'import.meta.dirname': JSON.stringify(join(root, 'server/redis')) } })
})
afterAll(() => {
  redis.destroy()
  rmSync(dataDir, { recursive: true, force: true })
  rmSync(program, { force: true })
})

const place = async (site: string, format: string, text: string): Promise<string> => {
  const id = randomBytes(12).toString('hex')
  mkdirSync(join(dataDir, 'imports', site), { recursive: true })
  writeFileSync(bodyPath(dataDir, site, id), text)
  const row: ImportRow = { id, format, source: format === 'asterisk-queue-log' ? format : null, sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text), createdAt: Date.now(), state: 'queued', progress: 0, lines: 0, accepted: 0, ignored: 0, rejectedCount: 0, rejected: [], error: null }
  await rows.create(site, row)
  return id
}
/** Runs it in a process of its own; `killAfterMs` ends that with SIGKILL. */
const run = (site: string, id: string, killAfterMs?: number) =>
  new Promise<void>((resolve) => {
    const child = spawn(process.execPath, [program, url, prefix, site, id, dataDir, archiveDir], { stdio: ['ignore', 'inherit', 'inherit'], cwd: root })
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
  })
const archived = async (site: string): Promise<Fact[]> => {
  const facts: Fact[] = []
  for (const segment of await openManifest({ redis, keys }).imports(site)) for await (const { entry } of readEntries(archiveDir, segment)) if (entry?.kind === 'facts') facts.push(...entry.facts)
  return facts
}
const live = async (site: string): Promise<Fact[]> => (await openFloorLog({ redis, keys }).read(site, '0-0', 100_000)).flatMap(({ entry }) => (entry?.kind === 'facts' ? entry.facts : []))
/** The recorded floor at another time, so many times over, each with calls of its own. */
const recorded = (endsAgoMs: number, times = 1): string => {
  const lines = sample('queue_log').split('\n').filter((line) => line !== '')
  const shift = Math.floor((Date.now() - endsAgoMs) / 1_000) - 1_795_308_701
  return Array.from({ length: times }, (_, copy) => lines.map((line) => line.replace(/^(\d+)\|(\d+\.)/, (_all, epoch: string, id: string) => `${Number(epoch) + shift - copy * 3_600}|${copy}-${id}`).replace(/^(1795\d+)\|/, (_all, epoch: string) => `${Number(epoch) + shift - copy * 3_600}|`)))
    .reverse()
    .flat()
    .map((line) => `${line}\n`)
    .join('')
}

describe('an import', () => {
  it('killed again and again ends with each fact of the file once', async () => {
    const random = seeded(freshSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const text = recorded(10 * DAY, 60)
    const calm = await place('calm', 'asterisk-queue-log', text)
    await run('calm', calm)
    expect(await rows.get('calm', calm)).toMatchObject({ state: 'done', progress: 1, lines: 1_062 * 60, rejectedCount: 0, error: null })
    const killed = await place('killed', 'asterisk-queue-log', text)
    for (let kills = 0; kills < 12; kills += 1) await run('killed', killed, random.int(300, 2_500))
    await run('killed', killed)
    expect(await rows.get('killed', killed)).toMatchObject({ state: 'done', lines: 1_062 * 60 })
    const [once, again] = [await archived('calm'), await archived('killed')]
    expect(again.length).toBe(once.length)
    expect(again.map((fact) => `${fact.id} ${fact.occurredAt}`)).toEqual(once.map((fact) => `${fact.id} ${fact.occurredAt}`))
    expect(new Set(once.map((fact) => fact.id)).size).toBe(once.length)
  })

  it('of the same file again changes nothing', async () => {
    const text = recorded(10 * DAY)
    await run('again', await place('again', 'asterisk-queue-log', text))
    const before = await openManifest({ redis, keys }).imports('again')
    const second = await place('again', 'asterisk-queue-log', text)
    await run('again', second)
    expect(await openManifest({ redis, keys }).imports('again')).toEqual(before)
    expect(await rows.get('again', second)).toMatchObject({ state: 'done', accepted: 0, rejectedCount: 0 })
    expect((await archived('again')).length).toBeGreaterThan(1_000)
  })

  it('puts what is young through the door, where lines of a follower are the same events', async () => {
    const text = recorded(60_000)
    const id = await place('young', 'asterisk-queue-log', text)
    await run('young', id)
    const row = await rows.get('young', id)
    expect((await live('young')).length).toBe(row?.accepted)
    const twice = await place('young', 'asterisk-queue-log', text)
    await run('young', twice)
    expect(await rows.get('young', twice)).toMatchObject({ accepted: 0, lines: 1_062 })
    expect((await live('young')).length).toBe(row?.accepted)
  })

  it('gives the hours around the age of 48 hours to the floor and to history, as the same facts of the same customer', async () => {
    const now = Date.now()
    const calls = Array.from({ length: 48 }, (_, i) => Math.floor((now - 52 * HOUR + i * 600_000) / 1_000))
    const text = calls.map((at, i) => `${at}|c${i}|support|NONE|ENTERQUEUE||+441134960017|1\n${at + 12}|c${i}|support|SIP/1|CONNECT|12|x|5\n${at + 72}|c${i}|support|SIP/1|COMPLETECALLER|12|60|1\n`).join('')
    const id = await place('seam', 'asterisk-queue-log', text)
    await run('seam', id)
    const textOf = (fact: Fact) => JSON.stringify([fact.id, fact.occurredAt, fact.type === 'contact.queued' ? fact.previousEndAt : null])
    const [history, floor] = [(await archived('seam')).map(textOf), (await live('seam')).map(textOf)]
    const [inHistory, onFloor] = [new Set(history), new Set(floor)]
    expect([history.length, floor.length]).toEqual([inHistory.size, onFloor.size])
    expect(new Set([...history, ...floor]).size).toBe(144)
    expect(await rows.get('seam', id)).toMatchObject({ accepted: 144, ignored: 0, rejectedCount: 0 })
    // Calls that began in the quarter hour that the floor's 48 hours begin in, or shortly before, are whole there; so are those of history until its days are folded.
    expect((await live('seam')).filter(({ occurredAt }) => occurredAt < now - 48.25 * HOUR).length).toBeGreaterThan(9)
    expect(history.filter((fact) => onFloor.has(fact)).length).toBeGreaterThan(45)
    const begun = [...(await archived('seam')), ...(await live('seam'))].filter((fact) => fact.type === 'contact.queued')
    expect(begun.filter(({ previousEndAt }) => previousEndAt === null)).toHaveLength(1)
  })

  it('names the line of what it refuses and goes on', async () => {
    const event = (n: number, more: object = {}) => JSON.stringify({ id: `e-${n}`, type: 'contact.queued', occurredAt: new Date(Date.now() - 20 * DAY + n).toISOString(), contactId: `c-${n}`, queueId: 'q', ...more })
    const id = await place('refused', 'events-ndjson', [event(1), '{"id":', '', event(2, { queueId: 7 }), event(3), event(4, { type: 'x' }), JSON.stringify({ specversion: '1.0', id: 'ce', type: 'contact.queued', data: {} })].join('\n'))
    await run('refused', id)
    const row = await rows.get('refused', id)
    expect(row).toMatchObject({ state: 'done', lines: 7, accepted: 2, ignored: 1, rejectedCount: 4 })
    expect(row?.rejected.map(({ line, code }) => [line, code]).sort()).toEqual([[2, 'bad_field'], [4, 'bad_field'], [6, 'unknown_type'], [7, 'bad_field']])
    expect((await archived('refused')).map((fact) => fact.id)).toEqual(['e-1', 'e-3'])
  })

  it('that this worker cannot see fails with what to do', async () => {
    const id = await place('lost', 'events-ndjson', '{}')
    rmSync(bodyPath(dataDir, 'lost', id))
    await run('lost', id)
    expect(await rows.get('lost', id)).toMatchObject({ state: 'failed', error: expect.stringContaining('DATA_DIR') })
  })
})

describe('who called before, within an import', () => {
  const queued = (contactId: string, at: number): Fact => ({ id: `q-${contactId}-${at}`, type: 'contact.queued', occurredAt: instantOf(at), source: null, seq: null, contactId, legId: null, rootContactId: null, queueId: 'q', channel: 'voice', direction: 'in', subject: 's', previousEndAt: instantOf(1), position: null, waitingInQueue: null })
  const ended = (contactId: string, at: number): Fact => ({ id: `e-${contactId}`, type: 'contact.ended', occurredAt: instantOf(at), source: null, seq: null, contactId, legId: null, rootContactId: null, queueId: 'q', channel: 'voice', direction: 'in', agent: 1, by: 'agent', talkMs: 1, holdMs: null, waitMs: null, resolved: null })
  const told = (facts: readonly Fact[], ends = importedEnds()) => facts.map((fact) => ends.told(fact)).flatMap((fact) => (fact.type === 'contact.queued' ? [fact.previousEndAt] : []))

  it('is told by the file alone, for seven days, and not by a further visit of the same contact', () => {
    expect(told([queued('a', 10), ended('a', 20), queued('a', 30), queued('b', 40), ended('b', 50), queued('c', 50 + 7 * DAY), queued('d', 51 + 7 * DAY)])).toEqual([null, null, 20, 50, null])
  })

  it('survives a restart in the middle', () => {
    const first = importedEnds()
    told([queued('a', 10), ended('a', 20)], first)
    const again = importedEnds()
    for (const line of first.takeLines().split('\n').filter((line) => line !== '')) again.learn(line)
    expect(told([queued('b', 30)], again)).toEqual([20])
    expect(first.takeLines()).toBe('')
  })
})
