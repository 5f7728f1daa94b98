import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { DAY, HOUR, instantOf, MINUTE, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openCorrections } from '../../../server/redis/corrections.ts'
import { openEnds } from '../../../server/redis/ends.ts'
import { openEpochs } from '../../../server/redis/epoch.ts'
import { openFloorLog } from '../../../server/redis/floor-log.ts'
import { type History, openHistory } from '../../../server/redis/history.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { entryFields } from '../../../server/redis/log-codec.ts'
import { openManifest } from '../../../server/redis/manifest.ts'
import { openScript } from '../../../server/redis/script.ts'
import type { RegisteredSite } from '../../../server/redis/sites.ts'
import { openSnapshots } from '../../../server/redis/snapshots.ts'
import { checkPosition } from '../../../server/replica/position.ts'
import { openReplicas, type Replicas } from '../../../server/replica/replicas.ts'
import { keepArchive } from '../../../workers/keeper/archive.ts'
import { foldAgain } from '../../../workers/keeper/fold-again.ts'
import { openImportedFacts, untilFolded } from '../../../workers/keeper/imported-facts.ts'
import { keepSnapshots } from '../../../workers/keeper/keep-base.ts'
import { keepEnds } from '../../../workers/keeper/keep-ends.ts'
import { keepFaults } from '../../../workers/keeper/keep-faults.ts'
import { keepRows } from '../../../workers/keeper/keep-rows.ts'
import { type Keeper, type KeeperPart, openKeeper } from '../../../workers/keeper/keeper.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { redisServer, type RedisServer, until } from '../../support/redis-server.ts'
import { type Tally, tallyFold } from '../../support/tally-floor.ts'

const keys = keysUnder('t')
const site: RegisteredSite = { id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }
const sites = { get: () => site, list: () => [site], onChange: () => () => undefined }
const times = { ttlMs: 1_500, renewMs: 200, stopMs: 1_000, askMs: 50 }
const start = instantOf(Date.parse('2026-11-16T00:00:00.000Z'))

let server: RedisServer
let redis: Redis
let archiveDir: string
let closers: (() => Promise<unknown>)[] = []
const log = recordingLog()

const fact = (id: string, at: number): Fact => ({ id, type: 'agent.queue_joined', occurredAt: instantOf(at), source: null, seq: null, agent: 1, queueId: 'support' })
/** As the accept script would have written it at that time. */
const append = (at: number, facts: readonly Fact[]) => redis.xAdd(keys.site('a').log, `${at}-*`, { ...entryFields(at, { kind: 'facts', facts }) })
const tally = (replica: { readonly floor: unknown }) => replica.floor as Tally
const scriptCalls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await redis.info('commandstats')))?.[1] ?? 0)
const rowsOf = async (from: number, to: number) => (await openHistory({ redis, keys, now: () => start }).readRows('a', instantOf(from), instantOf(to), 'outcome')).map((row) => [row.from, row.offered])

const replicas = (): Replicas => {
  const made = openReplicas({ url: server.url, redis, keys, log, sites, fold: tallyFold })
  closers.push(made.close)
  return made
}
const shared = () => ({ redis, keys, log: openFloorLog({ redis, keys }), logger: log, fold: tallyFold, sites, archiveDir, snapshots: openSnapshots({ redis, keys }), manifest: openManifest({ redis, keys }), history: openHistory({ redis, keys, now: () => instantOf(Date.now()) }), corrections: openCorrections({ redis, keys }) })
const rows = () => keepRows({ ...shared(), floorLog: shared().log, log, roundMs: 20 })
const archive = () => keepArchive({ ...shared(), everyMs: 50 })
const keeper = (parts: readonly KeeperPart[], holder = 'one', made = replicas()): Keeper => {
  const opened = openKeeper({ redis, keys, log, sites, replicas: made, floorLog: openFloorLog({ redis, keys }), parts, holder, times })
  closers.push(opened.close)
  return opened
}

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-archive-'))
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
  redis.destroy()
  await server.remove()
  rmSync(archiveDir, { recursive: true, force: true })
})

describe('the lease', () => {
  it('has one holder, passes on when it is given up, and raises the fence each time', async () => {
    const fences: string[] = []
    const note = (who: string): KeeperPart => async ({ fence }) => {
      fences.push(`${who} ${fence}`)
      return { close: async () => undefined }
    }
    const one = keeper([note('one')], 'one')
    await until(() => fences.length === 1, 'one keeps')
    const two = keeper([note('two')], 'two')
    const asked = await scriptCalls()
    await until(async () => (await scriptCalls()) > asked + 8, 'both have asked several times')
    expect([one.kept(), two.kept()]).toEqual([['a'], []])
    await one.close()
    await until(() => fences.length === 2, 'two keeps')
    expect(two.kept()).toEqual(['a'])
    expect(fences).toEqual(['one 1', 'two 2'])
  })

  it('is given up by a holder whose work could not begin, so that it is begun anew', async () => {
    let tries = 0
    const begun: number[] = []
    const before: string[] = []
    const first: KeeperPart = async ({ fence }) => (before.push(`open ${fence}`), { close: async () => void before.push(`closed ${fence}`) })
    const failing: KeeperPart = async ({ fence }) => {
      tries += 1
      if (tries === 1) throw new Error('the connection ended in the middle')
      begun.push(fence)
      return { close: async () => undefined }
    }
    const one = keeper([first, failing])
    await until(() => begun.length === 1, 'it begins after all')
    expect(before).toEqual(['open 1', 'closed 1', 'open 2'])
    expect([begun, one.kept()]).toEqual([[2], ['a']])
  })

  it('is lost by a holder that Redis does not answer, which stops its parts before another may begin', async () => {
    const events: string[] = []
    const part: KeeperPart = async ({ holds }) => {
      events.push('began')
      return { close: async () => void events.push(`ended, holds ${String(holds())}`) }
    }
    keeper([part])
    await until(() => events.length === 1, 'it keeps')
    server.signal('SIGSTOP')
    await until(() => events.length === 2, 'it stops by its own clock')
    server.signal('SIGCONT')
    await until(() => events.length === 3, 'it keeps again')
    expect(events).toEqual(['began', 'ended, holds false', 'began'])
  })
})

describe('rows', () => {
  it('are written when a quarter hour closes and again when a late fact revises it', async () => {
    await append(start + 1, [fact('1', start), fact('2', start + MINUTE)])
    keeper([rows()])
    await append(start + 2 * MINUTE, [fact('3', start + 2 * MINUTE)])
    await append(start + QUARTER_HOUR + 1, [fact('4', start + QUARTER_HOUR)])
    await until(async () => (await rowsOf(start, start + DAY)).length === 1, 'the first quarter')
    expect(await rowsOf(start, start + DAY)).toEqual([[start, 3]])
    await append(start + QUARTER_HOUR + MINUTE, [fact('5', start + 3 * MINUTE)])
    await until(async () => (await rowsOf(start, start + DAY))[0]?.[1] === 4, 'the revision')
  })

  it('are refused to an older keeper and to a fold that has come less far', async () => {
    const history = shared().history
    await redis.set(keys.site('a').fence, '7')
    const row = tallyFold.floorFromBase({ format: 1, foldVersion: 1, entry: '1-0', at: start, state: { site: 'a', facts: 0, chain: 0, due: null, quarters: [[start, 5]] } }).intervals({ from: start, to: instantOf(start + DAY), basis: 'outcome' })
    const write = (fence: number, through: string, epoch = 'e') => history.writeRows('a', { fence, epoch, through, at: start, rows: row })
    expect(await write(6, '9-0')).toBe('fenced')
    expect(await rowsOf(start, start + DAY)).toEqual([])
    expect(await write(7, '9-0')).toBe('written')
    expect(await write(7, '8-9')).toBe('older')
    expect(await write(7, '10-0')).toBe('written')
    // A new epoch begins wherever what was left of the log ends.
    expect(await write(7, '3-0', 'f')).toBe('written')
    expect(await write(8, '99-0')).toBe('fenced')
  })

  it('like every other write of a keeper, are refused once another has the fence', async () => {
    const { snapshots, manifest } = shared()
    await append(start + 1, [fact('1', start)])
    const replica = await replicas().get('a')
    await redis.set(keys.site('a').fence, '8')
    expect(await snapshots.saveSnapshot('a', 7, replica.floor, replica.position())).toBe(false)
    expect(await snapshots.saveBase('a', 7, replica.floor.toBase(), { ...replica.position(), at: start, first: '9-0' })).toBe(false)
    expect(await redis.keys('t:{a}:snapshot')).toEqual([])
    expect(await redis.keys('t:{a}:base')).toEqual([])
    expect(await manifest.addDay('a', 7, { day: '2026-11-16' } as never)).toBe(false)
    expect(await manifest.days('a')).toEqual([])
    expect(await openScript('trim-log').run(redis, { keys: [keys.site('a').log, keys.site('a').fence], arguments: ['7', '9999999999999-0'] })).toBe(-1)
    expect(await redis.xLen(keys.site('a').log)).toBe(1)
    expect(await snapshots.saveSnapshot('a', 8, replica.floor, replica.position())).toBe(true)
  })

  it('missed by a keeper that died are written by the next one', async () => {
    for (let i = 0; i < 8; i += 1) await append(start + i * QUARTER_HOUR + 1, [fact(String(i), start + i * QUARTER_HOUR)])
    keeper([rows()])
    await until(async () => (await rowsOf(start, start + DAY)).length === 7, 'all that are closed')
  })
})

describe('a restart', () => {
  it('begins with the snapshot and reads only what came after', async () => {
    for (let i = 0; i < 50; i += 1) await append(start + i + 1, [fact(String(i), start + i)])
    const first = keeper([keepSnapshots({ snapshots: shared().snapshots, log })])
    await until(() => first.kept().length === 1, 'it keeps')
    await first.close()
    await append(start + 100, [fact('last', start + 100)])
    const before = tally(await replicas().get('a')).chain
    // Whoever reads the old entries again would find this one changed under the snapshot.
    const [oldest] = (await redis.xRange(keys.site('a').log, '-', '+', { COUNT: 1 })) ?? []
    await redis.xDel(keys.site('a').log, oldest?.id ?? '')
    const replica = await replicas().get('a')
    expect([tally(replica).facts, tally(replica).chain]).toEqual([51, before])
  })

  it('does without a snapshot of entries that the log has lost, or whose pieces are damaged', async () => {
    for (let i = 0; i < 5; i += 1) await append(start + i + 1, [fact(String(i), start + i)])
    const first = keeper([keepSnapshots({ snapshots: shared().snapshots, log })])
    await until(() => first.kept().length === 1, 'it keeps')
    await first.close()
    const newest = (await redis.xRevRange(keys.site('a').log, '+', '-', { COUNT: 1 }))?.[0]?.id ?? ''
    await redis.xDel(keys.site('a').log, newest)
    expect(tally(await replicas().get('a')).facts).toBe(4)
    const pieces = Object.keys(await redis.hGetAll(keys.site('a').snapshot)).filter((field) => !field.startsWith('meta'))
    await redis.hSet(keys.site('a').snapshot, pieces[0] ?? '', 'rubbish')
    expect(tally(await replicas().get('a')).facts).toBe(4)
  })
})

describe('the archive', () => {
  const fill = async (days: number) => {
    for (let at = start + HOUR; at < start + days * DAY; at += HOUR) await append(at, [fact(`f-${at}`, at - MINUTE)])
  }

  it('closes days into files, trims the log behind the base, and base plus hot log is the whole floor (law 7)', async () => {
    await fill(5)
    const whole = tally(await replicas().get('a'))
    const [facts, chain] = [whole.facts, whole.chain]
    keeper([archive()])
    await until(async () => (await openManifest({ redis, keys }).days('a')).length === 4, 'four days are closed')
    await until(async () => Number(await redis.xLen(keys.site('a').log)) < 24 * 3.2, 'the log is trimmed')
    const first = (await redis.xRange(keys.site('a').log, '-', '+', { COUNT: 1 }))?.[0]?.id ?? ''
    expect(Number(first.split('-')[0])).toBe(start + 2 * DAY)
    const afresh = tally(await replicas().get('a'))
    expect([afresh.facts, afresh.chain]).toEqual([facts, chain])
  })

  it('tells a reader that fell behind the base to load again, without a new epoch', async () => {
    await fill(5)
    const [oldest] = (await redis.xRange(keys.site('a').log, '-', '+', { COUNT: 1 })) ?? []
    const epochs = openEpochs({ redis, keys })
    const epoch = await epochs.current('a')
    keeper([archive()])
    await until(async () => (await openManifest({ redis, keys }).days('a')).length === 4 && Number(await redis.xLen(keys.site('a').log)) < 24 * 3.2, 'the log is trimmed')
    const checks = { log: openFloorLog({ redis, keys }), epochs, snapshots: shared().snapshots }
    const base = await shared().snapshots.baseMeta('a')
    expect(await checkPosition(checks, 'a', { entry: oldest?.id ?? '', hash: oldest?.message.h ?? '' }, epoch)).toEqual({ holds: false, why: 'behindBase', epoch })
    expect(await checkPosition(checks, 'a', { entry: base?.entry ?? '', hash: base?.hash ?? '' }, epoch)).toEqual({ holds: true, epoch })
    expect(await checkPosition(checks, 'a', { entry: `${start + 3 * DAY}-7`, hash: 'x' }, epoch)).toMatchObject({ holds: false, why: 'lostTail' })
    expect(await epochs.current('a')).not.toBe(epoch)
  })

  it('goes on after a take-over in the middle, with every entry in exactly one file', async () => {
    await fill(4)
    const one = keeper([archive()], 'one')
    await until(async () => (await openManifest({ redis, keys }).days('a')).length >= 1, 'one day')
    await one.close()
    keeper([archive()], 'two')
    await until(async () => (await openManifest({ redis, keys }).days('a')).length === 3, 'three days')
    const days = await openManifest({ redis, keys }).days('a')
    expect(days.map(({ day, entries }) => [day, entries])).toEqual([['2026-11-16', 23], ['2026-11-17', 24], ['2026-11-18', 24]])
    expect(days.slice(1).map(({ base }) => base?.sha256)).toEqual(days.slice(0, -1).map(({ after }) => after.sha256))
  })

  it('says which file is damaged', async () => {
    await fill(2)
    keeper([archive()])
    await until(async () => (await openManifest({ redis, keys }).days('a')).length === 1, 'a day')
    const [day] = await openManifest({ redis, keys }).days('a')
    const path = join(archiveDir, day?.log.file ?? '')
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(path, bytes)
    const { readEntries } = await import('../../../server/redis/archive-files.ts')
    await expect(async () => {
      for await (const _read of readEntries(archiveDir, day?.log ?? { file: '', sha256: '', bytes: 0 })) continue
    }).rejects.toThrow(path)
  })
})

describe('imported history', () => {
  const parts = () => [rows(), archive(), foldAgain({ ...shared(), everyMs: 20 })]

  it('becomes rows of its days, also long before the site was founded, and the same import again changes nothing', async () => {
    await append(start + 30 * DAY, [fact('now', start + 30 * DAY)])
    keeper(parts())
    const old = Date.parse('2019-03-04T10:00:00.000Z')
    const manifest = openManifest({ redis, keys })
    const bring = async () => {
      const facts = openImportedFacts({ archiveDir, manifest, sites }, 'a', 'file-1')
      await facts.add([fact('i2', old + DAY), fact('i1', old)])
      await facts.add([fact('i3', old + MINUTE)])
      return facts.finish()
    }
    const days = await bring()
    expect(days).toEqual(['2019-03-04', '2019-03-05'])
    expect(await untilFolded(manifest, 'a', days, 5_000)).toBe(true)
    expect(await rowsOf(old - DAY, old + 2 * DAY)).toEqual([[old, 2], [old + DAY, 1]])
    await bring()
    expect(await manifest.dirty('a')).toEqual(new Map())
    expect(readdirSync(join(archiveDir, 'a')).filter((name) => name.endsWith('.spool'))).toEqual([])
  })

  it('joins what the live log has of the same day', async () => {
    for (let at = start + HOUR; at < start + 6 * DAY; at += HOUR) await append(at, [fact(`f-${at}`, at - MINUTE)])
    keeper(parts())
    const manifest = openManifest({ redis, keys })
    await until(async () => (await manifest.days('a')).length === 5, 'five days are closed')
    await until(async () => (await rowsOf(start + 4 * DAY, start + 5 * DAY)).length > 20, 'live rows')
    const facts = openImportedFacts({ archiveDir, manifest, sites }, 'a', 'file-2')
    await facts.add([fact('late-1', start + DAY + 2 * HOUR - MINUTE), fact('late-2', start + DAY + 5 * MINUTE)])
    const days = await facts.finish()
    expect(await untilFolded(manifest, 'a', days, 5_000)).toBe(true)
    const day = new Map((await rowsOf(start + DAY, start + 2 * DAY)).map(([from, offered]) => [from, offered]))
    expect([day.get(start + DAY), day.get(start + DAY + 2 * HOUR - QUARTER_HOUR), day.get(start + DAY + 3 * HOUR - QUARTER_HOUR)]).toEqual([1, 2, 1])
    expect(day.size).toBe(25)
  })
})

describe('rows that nobody kept', () => {
  it('for longer than the live floor remembers are folded again from the log', async () => {
    for (let at = start + HOUR; at < start + 9 * DAY; at += HOUR) await append(at, [fact(`f-${at}`, at - MINUTE)])
    keeper([rows(), archive(), foldAgain({ ...shared(), everyMs: 20 })])
    await until(async () => (await rowsOf(start, start + 9 * DAY)).length === 9 * 24 - 1, 'all rows', 15_000)
    await until(async () => (await openManifest({ redis, keys }).dirty('a')).size === 0, 'no day waits', 15_000)
  }, 20_000)
})

describe('rows that change while others are written', () => {
  const rowsWith = (history: History) => keepRows({ ...shared(), history, floorLog: shared().log, log, roundMs: 0 })
  const opened = () => {
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    return { gate, open }
  }

  it('are written as well, though nothing comes after', async () => {
    const { gate, open } = opened()
    const history = shared().history
    let writing = false
    const made = replicas()
    await append(start + 1, [fact('1', start)])
    const writeRows: History['writeRows'] = async (of, write) => {
      if (write.rows.length > 0) {
        writing = true
        await gate
      }
      return history.writeRows(of, write)
    }
    const one = keeper([rowsWith({ ...history, writeRows })], 'one', made)
    await until(() => one.kept().length === 1, 'it keeps')
    await append(start + QUARTER_HOUR + 1, [fact('2', start + QUARTER_HOUR)])
    await until(() => writing, 'the first quarter is being written')
    await append(start + QUARTER_HOUR + MINUTE, [fact('late', start + MINUTE)])
    const replica = await made.get('a')
    await until(() => tally(replica).facts === 3, 'the floor has the late fact')
    // Longer than a round waits.
    await new Promise((resolve) => setTimeout(resolve, 20))
    open()
    await until(async () => (await rowsOf(start, start + DAY))[0]?.[1] === 2, 'the revision')
  })

  it('and are older than what the floor remembers, are folded again', async () => {
    await append(start + 1, [fact('1', start), fact('2', start + 2 * HOUR)])
    const one = keeper([rows()], 'one')
    await append(start + 47 * HOUR, [fact('3', start + 47 * HOUR)])
    await until(async () => (await rowsOf(start, start + DAY)).length === 2, 'the first rows')
    await one.close()
    // No keeper for five hours; in the second of them comes a fact that revises a row of two days before.
    await append(start + 48 * HOUR, [fact('late', start + MINUTE)])
    await append(start + 52 * HOUR, [fact('5', start + 52 * HOUR)])
    keeper([rows(), archive(), foldAgain({ ...shared(), everyMs: 20 })], 'two')
    await until(async () => (await rowsOf(start, start + DAY))[0]?.[1] === 2, 'the revision')
    expect(await rowsOf(start, start + DAY)).toEqual([[start, 2], [start + 2 * HOUR, 1]])
  })

  it('are whole although their days were archived and trimmed while they were folded again', async () => {
    for (let at = start + HOUR; at < start + 9 * DAY; at += HOUR) await append(at, [fact(`f-${at}`, at - MINUTE)])
    const { gate, open } = opened()
    const floorLog = openFloorLog({ redis, keys })
    const manifest = openManifest({ redis, keys })
    const trimmed = async () => (await manifest.days('a')).length === 8 && Number(await redis.xLen(keys.site('a').log)) < 24 * 3.2
    const archiveLater: KeeperPart = async (kept) => {
      const part = gate.then(() => archive()(kept))
      return { close: async () => (await part).close() }
    }
    let folding = false
    const again = foldAgain({
      ...shared(),
      everyMs: 20,
      log: {
        ...floorLog,
        read: async (...asked) => {
          if (!folding) {
            folding = true
            open()
            await until(trimmed, 'the log is trimmed')
          }
          return floorLog.read(...asked)
        },
      },
    })
    keeper([archiveLater, rows(), again])
    await until(async () => (await rowsOf(start, start + 9 * DAY)).length === 9 * 24 - 1, 'all rows', 15_000)
  }, 30_000)
})

describe('small duties', () => {
  it('writes when a customer’s contact ended, also of contacts that began before it took over', async () => {
    const contact = { source: null, seq: null, contactId: 'c1', legId: null, rootContactId: null, queueId: 'support', channel: 'voice', direction: 'in' } as const
    const at = instantOf(Date.now())
    await openFloorLog({ redis, keys }).accept('a', [{ fact: { ...contact, id: '1', type: 'contact.created', occurredAt: at, subject: 'tok', previousEndAt: null, priority: null }, digest: 1 }])
    keeper([keepEnds({ ends: openEnds({ redis, keys }), log, floorLog: openFloorLog({ redis, keys }) })])
    await openFloorLog({ redis, keys }).accept('a', [{ fact: { ...contact, id: '2', type: 'contact.ended', occurredAt: instantOf(at + 5), agent: 1, by: 'agent', talkMs: 5, holdMs: null, waitMs: null, resolved: null }, digest: 2 }])
    await until(async () => (await openEnds({ redis, keys }).previous('a', ['tok', 'other']))[0] === at + 5, 'the end is known')
    expect(await openEnds({ redis, keys }).previous('a', ['other', 'tok'])).toEqual([null, at + 5])
  })

  it('remembers entries that were put aside, those before its time too', async () => {
    const bad = await redis.xAdd(keys.site('a').log, '*', { k: 'facts', a: '1', b: '[', h: 'x' })
    keeper([keepFaults({ redis, keys, log })])
    const worse = await redis.xAdd(keys.site('a').log, '*', { k: 'weather', a: '1', b: '[', h: 'x' })
    await until(async () => Object.keys(await redis.hGetAll(keys.site('a').quarantine)).length === 2, 'both are noted')
    expect(Object.keys(await redis.hGetAll(keys.site('a').quarantine)).sort()).toEqual([bad, worse].sort())
  })
})
