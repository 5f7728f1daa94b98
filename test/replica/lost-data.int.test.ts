import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { instantOf } from '../../server/domain/time.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog, type FloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openReplicas, type Replicas } from '../../server/replica/replicas.ts'
import type { ReloadReason } from '../../server/replica/replica.ts'
import { fact } from '../support/fact-builders.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, until, type RedisServer } from '../support/redis-server.ts'

/** Rows of RELIABILITY part 3 in which what Redis holds is not what it confirmed: F5, F10, F14, F30. */
const keys = keysUnder('t')
const sites = { get: () => ({ id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }) }
let server: RedisServer
let redis: Redis
let floorLog: FloorLog
let replicas: Replicas
let log: ReturnType<typeof recordingLog>

beforeEach(async () => {
  log = recordingLog()
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
  floorLog = openFloorLog({ redis, keys })
  replicas = openReplicas({ url: server.url, redis, keys, log, sites, fold: { createFloor, floorFromBase } })
})
afterEach(async () => {
  await replicas.close()
  redis.destroy()
  await server.remove()
})

let n = 0
const queued = (contactId: string) => ({ fact: fact('contact.queued', instantOf(Date.now()), { id: `e${(n += 1)}`, contactId }), digest: 1 })
const accept = async (...contacts: readonly string[]) => {
  for (const contact of contacts) expect((await floorLog.accept('a', [queued(contact)])).outcomes).toEqual(['accepted'])
}
const followed = async (waiting: number) => {
  const replica = await replicas.get('a')
  await until(() => replica.floor.totals().waiting === waiting, `${waiting} wait`)
  const reloads: ReloadReason[] = []
  replica.onReload((reason) => reloads.push(reason))
  return { replica, epoch: replica.epoch, reloads }
}
const back = async () => {
  await server.start()
  await until(() => redis.ping().then(() => true, () => false), 'the connection is back')
}
/** The file that grows: the last of the append-only files. */
const grown = (): string => join(server.aof, readdirSync(server.aof).filter((name) => name.endsWith('.incr.aof')).sort().at(-1) ?? '')

describe('Redis that comes back with something else than it confirmed', () => {
  it('empty: a new epoch, and whoever watches is told to load again; nothing is below zero (F5)', async () => {
    await accept('c1', 'c2')
    const { replica, epoch, reloads } = await followed(2)
    await server.kill()
    rmSync(server.aof, { recursive: true, force: true })
    await back()
    const cameBack = performance.now()
    await until(() => reloads.includes('lostTail'), 'it is told')
    expect(performance.now() - cameBack).toBeLessThan(5_000)
    expect([replica.epoch === epoch, replica.floor.totals().waiting]).toEqual([false, 0])
    expect(log.lines.some(({ level, text }) => level === 'warn' && text.includes('the log lost its tail'))).toBe(true)
    await accept('c3')
    await until(() => replica.floor.totals().waiting === 1, 'it goes on')
  })

  it('without its tail: told as a new epoch, and the counters are those of what is left (F10)', async () => {
    await accept('c1')
    const { replica, epoch, reloads } = await followed(1)
    await accept('c2', 'c3')
    await until(() => replica.floor.totals().waiting === 3, 'all wait')
    await server.kill()
    truncateSync(grown(), readFileSync(grown()).length - 40)
    await back()
    await until(() => reloads.includes('lostTail'), 'it is told')
    expect([replica.epoch === epoch, replica.floor.totals().waiting]).toEqual([false, 2])
  })

  it('with a bit flipped in an event: found by the hash of its entry, which is put aside; the others count (F10)', async () => {
    await accept('canary-contact-1', 'canary-contact-2', 'canary-contact-3')
    await followed(3)
    await server.kill()
    const bytes = readFileSync(grown())
    const at = bytes.indexOf('canary-contact-2')
    expect(at).toBeGreaterThan(0)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(grown(), bytes)
    await back()
    const fresh = openReplicas({ url: server.url, redis, keys, log, sites, fold: { createFloor, floorFromBase } })
    const replica = await fresh.get('a')
    expect([replica.floor.totals().waiting, replica.faults().length]).toEqual([2, 1])
    expect(replica.faults()[0]?.reason).toMatch(/hash|damaged/)
    await fresh.close()
  })

  it('without its scripts: every call is answered after they were sent again (F14)', async () => {
    await accept('c1')
    const { replica } = await followed(1)
    await redis.scriptFlush()
    await redis.sendCommand(['FUNCTION', 'FLUSH'])
    await accept('c2')
    await until(() => replica.floor.totals().waiting === 2, 'it goes on')
  })

  it('with an entry that nobody can read: it is put aside and the floor goes on (F30)', async () => {
    await accept('c1')
    const { replica } = await followed(1)
    const poison = await redis.xAdd(keys.site('a').log, '*', { k: 'facts', a: String(Date.now()), b: '[[', h: 'x' })
    await accept('c2')
    await until(() => replica.floor.totals().waiting === 2, 'it goes on')
    expect(replica.faults().map(({ entry }) => entry)).toEqual([poison])
  })
})
