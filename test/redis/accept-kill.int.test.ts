import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Floor } from '../../server/domain/floor.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../../server/domain/settings.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import type { AcceptItem } from '../../server/redis/accept-entry.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { hashBody } from '../../server/redis/hash-text.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openReplicas, type Replicas } from '../../server/replica/replicas.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { contactStory } from '../support/random-story.ts'
import { redisServer, type RedisServer, until } from '../support/redis-server.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

/** `PROOF_ROUNDS=100` for the recorded run; a few in CI. */
const rounds = Number(process.env.PROOF_ROUNDS ?? 5)
const keys = keysUnder('t')
const log = recordingLog()
const fold = { createFloor, floorFromBase }
let server: RedisServer
let redis: Redis
let replicas: Replicas

const figures = (floor: Floor) =>
  floor.queueIds().map((id) => {
    const today = floor.queue(id)?.today
    return [id, today?.offered, today?.answered, today?.abandoned, today?.handled, today?.talkMsTotal, today?.waitMsTotal]
  })
const plain = (items: readonly AcceptItem[], at: number): Floor => {
  const floor = createFloor('a', defaultFloorSettings({ id: 'a', name: 'a', timeZone: 'UTC' }, instantOf(0)))
  floor.apply({ kind: 'facts', id: '1-0', at: instantOf(at), facts: items.map(({ fact }) => fact) })
  return floor
}

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
  replicas = openReplicas({ url: server.url, redis, keys, log, sites: { get: () => null }, fold })
})
afterEach(async () => {
  await replicas.close()
  redis.destroy()
  await server.remove()
})

const logFile = () => readdirSync(server.aof).filter((name) => name.endsWith('.incr.aof')).map((name) => join(server.aof, name)).sort().at(-1) ?? ''

describe('acknowledged events', () => {
  it('survive kill -9 of Redis at random points, and what is sent again is stored once', async () => {
    const random = seeded(freshSeed())
    const acknowledged = new Set<string>()
    const sent: AcceptItem[] = []
    const replica = await replicas.get('a')
    const floorLog = openFloorLog({ redis, keys })
    let unknown: (readonly AcceptItem[])[] = []
    let n = 0
    const batch = (): readonly AcceptItem[] => {
      const items = contactStory(random, (n += 1), instantOf(Date.now() - HOUR)).map((fact) => ({ fact, digest: hashBody(fact.id) }))
      sent.push(...items)
      return items
    }
    const outcomes = { accepted: 0, duplicate: 0, conflict: 0 }
    const send = async (items: readonly AcceptItem[]) => {
      try {
        const answer = await floorLog.accept('a', items)
        for (const { fact } of items) acknowledged.add(fact.id)
        for (const outcome of answer.outcomes) outcomes[outcome] += 1
      } catch {
        unknown.push(items)
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      let sending = true
      const senders = Array.from({ length: 8 }, async () => {
        // A refusal comes at once: a sender that did not pause would starve everything else.
        while (sending) {
          await send(batch())
          if (!redis.isReady) await sleep(5)
        }
      })
      // A random point under load is the test's subject, not a wait for something.
      await sleep(random.int(5, 120))
      await server.kill()
      sending = false
      await Promise.all(senders)
      await server.start()
      await until(() => redis.isReady, 'the connection is back')
      const again = unknown
      unknown = []
      // Senders that know nothing send all of it again, and some what was acknowledged too.
      for (const items of [...again, ...again.slice(0, 2)]) await send(items)
    }
    for (const items of unknown) await send(items)
    const stored = new Map<string, number>()
    for (let after = '0-0'; ; ) {
      const page = await floorLog.read('a', after, 500)
      for (const { entry } of page) if (entry?.kind === 'facts') for (const fact of entry.facts) stored.set(fact.id, (stored.get(fact.id) ?? 0) + 1)
      if (page.length < 500) break
      after = page.at(-1)?.id ?? after
    }
    const lost = [...acknowledged].filter((id) => !stored.has(id))
    const doubled = [...stored].filter(([, count]) => count > 1)
    process.stdout.write(`seed ${random.seed}: ${rounds} kills, ${acknowledged.size} acknowledged, ${outcomes.duplicate} duplicates answered, lost ${lost.length}, doubled ${doubled.length}\n`)
    expect([lost, doubled, outcomes.conflict]).toEqual([[], [], 0])
    expect(acknowledged.size).toBeGreaterThan(rounds * 10)

    const last = await floorLog.last('a')
    expect(await replica.waitFor(last, 5_000)).toBe(true)
    const fresh = openReplicas({ url: server.url, redis, keys, log, sites: { get: () => null }, fold })
    expect(figures((await fresh.get('a')).floor)).toEqual(figures(replica.floor))
    await fresh.close()
    // The counters are those of a floor that was given every acknowledged fact once, in one piece.
    expect(figures(plain(sent.filter(({ fact }) => stored.has(fact.id)), replica.floor.asOf))).toEqual(figures(replica.floor))
  }, 30_000 + rounds * 8_000)

  it('that a cut tail took are missed by every reader in a new epoch, never silently kept', async () => {
    const random = seeded(freshSeed())
    const replica = await replicas.get('a')
    const floorLog = openFloorLog({ redis, keys })
    for (let round = 0; round < Math.min(rounds, 20); round += 1) {
      for (let i = 0; i < 10; i += 1) await floorLog.accept('a', contactStory(random, round * 100 + i, instantOf(Date.now() - HOUR)).map((fact) => ({ fact, digest: 1 })))
      const last = await floorLog.last('a')
      await replica.waitFor(last, 5_000)
      const { epoch } = replica
      await server.kill()
      // Less than one record, up to several: the log ends earlier than the reader stands.
      truncateSync(logFile(), statSync(logFile()).size - random.int(1, 3_000))
      await server.start()
      await until(() => redis.isReady, 'the connection is back')
      await until(() => replica.epoch !== epoch, 'a new epoch')
      const fresh = openReplicas({ url: server.url, redis, keys, log, sites: { get: () => null }, fold })
      const other = await fresh.get('a')
      await until(() => replica.revision() === other.revision(), 'one revision')
      expect(figures(replica.floor)).toEqual(figures(other.floor))
      await fresh.close()
    }
  }, 30_000 + rounds * 4_000)
})
