import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { truncateSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Instant, instantOf } from '../../server/domain/time.ts'
import type { AcceptItem } from '../../server/redis/accept-entry.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { hashBody } from '../../server/redis/hash-text.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openReplicas, type Replicas } from '../../server/replica/replicas.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { openWatchedWire } from '../support/watched-wire.ts'
import { redisServer, type RedisServer, until } from '../support/redis-server.ts'
import { type Tally, tallyFold } from '../support/tally-floor.ts'

const keys = keysUnder('t')
const sites = { get: () => null }
let server: RedisServer
let redis: Redis
let opened: Replicas[] = []

const item = (id: string, at: Instant = instantOf(Date.now())): AcceptItem => ({ fact: { id, type: 'agent.queue_joined', occurredAt: at, source: null, seq: null, agent: 1, queueId: 'support' }, digest: hashBody(id) })
const replicas = (log = recordingLog()): Replicas => {
  const made = openReplicas({ url: server.url, redis, keys, log, sites, fold: tallyFold })
  opened.push(made)
  return made
}
const tally = (replica: { readonly floor: unknown }) => replica.floor as Tally
const floorLog = () => openFloorLog({ redis, keys })
const back = () => until(() => redis.isReady, 'the connection is back')

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log: recordingLog() })
})
afterEach(async () => {
  await Promise.all(opened.map((made) => made.close()))
  opened = []
  redis.destroy()
  await server.remove()
})

describe('a replica', () => {
  it('shows what is accepted, tells who listens, and two of them agree on the revision', async () => {
    const [one, two] = [await replicas().get('a'), await replicas().get('a')]
    const heard: string[] = []
    one.onChange((_changes, revision, entry, entries) => heard.push(`${revision} ${entry.id} ${entries.length}`))
    const { entry, revision } = await floorLog().accept('a', [item('1'), item('2')])
    expect(await one.waitFor(entry, 2_000)).toBe(true)
    expect(await two.waitFor(entry, 2_000)).toBe(true)
    expect(tally(one).facts).toBe(2)
    expect([one.revision(), two.revision()]).toEqual([revision, revision])
    expect(heard).toEqual([`${revision} ${entry} 1`])
  })

  it('hears a site that is added while the reader waits, without the wait ending first', async () => {
    const made = replicas()
    await made.get('a')
    const later = await made.get('b')
    const started = performance.now()
    const { entry } = await floorLog().accept('b', [item('1')])
    expect(await later.waitFor(entry, 4_000)).toBe(true)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('says no to a wait for an entry that does not come', async () => {
    const replica = await replicas().get('a')
    expect(await replica.waitFor('9999999999999-0', 30)).toBe(false)
  })

  it('puts a damaged or poisonous entry aside with its id and goes on at once', async () => {
    const log = recordingLog()
    const replica = await replicas(log).get('a')
    const faults: string[] = []
    replica.onFault(({ entry }) => faults.push(entry))
    const damaged = await redis.xAdd(keys.site('a').log, '*', { k: 'facts', a: '1', b: '[1,', h: 'x' })
    const { entry: poison } = await floorLog().accept('a', [item('poison')])
    const started = performance.now()
    const { entry } = await floorLog().accept('a', [item('1')])
    expect(await replica.waitFor(entry, 2_000)).toBe(true)
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(faults).toEqual([damaged, poison])
    expect(tally(replica).facts).toBe(1)
    expect(log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.entry)).toEqual([damaged, poison])
    // Whoever loads afresh puts the same entries aside.
    expect(tally(await replicas().get('a')).chain).toBe(tally(replica).chain)
  })

  it('offers a tick when time alone changes the floor', async () => {
    const replica = await replicas().get('a')
    await floorLog().accept('a', [item('1')])
    await until(() => tally(replica).facts === 1, 'the fact')
    const due = instantOf(Date.now() + 150)
    tally(replica).wantTick(due)
    await floorLog().accept('a', [item('2')])
    await until(() => replica.floor.asOf >= due, 'the tick', 2_000)
    expect((await redis.xRevRange(keys.site('a').log, '+', '-', { COUNT: 1 }))?.[0]?.message.k).toBe('tick')
  })

  it('reads on after Redis was killed, with nothing lost and the same epoch', async () => {
    const replica = await replicas().get('a')
    const reloads: string[] = []
    replica.onReload((reason) => reloads.push(reason))
    const { entry } = await floorLog().accept('a', [item('1')])
    await replica.waitFor(entry, 2_000)
    const epoch = replica.epoch
    await server.kill()
    await server.start()
    await back()
    const next = await floorLog().accept('a', [item('2')])
    expect(await replica.waitFor(next.entry, 5_000)).toBe(true)
    expect([tally(replica).facts, replica.epoch, reloads]).toEqual([2, epoch, []])
  })

  it('begins a new epoch and loads again when Redis comes back without its tail', async () => {
    const [one, two] = [await replicas().get('a'), await replicas().get('a')]
    const reloads: string[] = []
    one.onReload((reason) => reloads.push(reason))
    await floorLog().accept('a', [item('1')])
    const { entry } = await floorLog().accept('a', [item('2')])
    await Promise.all([one.waitFor(entry, 2_000), two.waitFor(entry, 2_000)])
    const before = one.revision()
    const epoch = one.epoch
    await server.kill()
    const aof = readdirSync(server.aof).filter((name) => name.endsWith('.incr.aof')).map((name) => join(server.aof, name))[0] ?? ''
    truncateSync(aof, statSync(aof).size - 40)
    await server.start()
    await back()
    await until(() => reloads.length > 0, 'the lost tail is noticed')
    await until(() => two.epoch === one.epoch && two.epoch !== epoch, 'both are in the same new epoch')
    expect(reloads).toEqual(['lostTail'])
    expect(one.revision()).not.toBe(before)
    expect([tally(one).facts, tally(two).facts]).toEqual([1, 1])
    // The lost event is not known as seen either: sent again, it is accepted.
    const again = await floorLog().accept('a', [item('1'), item('2')])
    expect(again.outcomes).toEqual(['duplicate', 'accepted'])
    await Promise.all([one.waitFor(again.entry, 2_000), two.waitFor(again.entry, 2_000)])
    expect([one.revision(), two.revision()]).toEqual([again.revision, again.revision])
    expect(tally(one).chain).toBe(tally(two).chain)
  })

  it('notices that another entry lies at its position', async () => {
    const replica = await replicas().get('a')
    const { entry } = await floorLog().accept('a', [item('1')])
    await replica.waitFor(entry, 2_000)
    const epoch = replica.epoch
    const [found] = (await redis.xRange(keys.site('a').log, entry, entry)) ?? []
    await redis.del(keys.site('a').log)
    await redis.xAdd(keys.site('a').log, entry, { ...found?.message, h: '0000000000000000' })
    await server.kill()
    await server.start()
    await until(() => replica.epoch !== epoch, 'a new epoch')
  })

  it('notices an empty Redis', async () => {
    const replica = await replicas().get('a')
    const { entry } = await floorLog().accept('a', [item('1')])
    await replica.waitFor(entry, 2_000)
    const epoch = replica.epoch
    await redis.flushAll()
    await server.kill()
    await server.start()
    await until(() => replica.epoch !== epoch && tally(replica).facts === 0, 'the loss is shown')
  })
})

describe('a reader whose connection ends before it was ready (Redis dies in the second after a start)', () => {
  it('ends no process, and another one is opened for whoever asks again', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const wire = await openWatchedWire(server.url)
    const made = openReplicas({ url: wire.url, redis, keys, log: recordingLog(), sites, fold: tallyFold })
    opened.push(made)
    try {
      const asked = wire.reach({ asked: '$2\r\nID\r\n' })
      // The floor is loaded over the other connection, which is away at the same time.
      const first = made.get('a').then(() => 'open', () => 'failed')
      await asked
      await server.kill()
      expect(await first).toBe('failed')
      await new Promise<void>((resolve) => setImmediate(resolve))
      await server.start()
      await back()
      expect((await made.get('a')).site).toBe('a')
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
      await made.close()
      opened.pop()
      await wire.close()
    }
  })
})
