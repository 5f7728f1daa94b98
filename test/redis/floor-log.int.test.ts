import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DAY, type Instant, instantOf } from '../../server/domain/time.ts'
import type { AcceptItem } from '../../server/redis/accept-entry.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { type FloorLog, openFloorLog } from '../../server/redis/floor-log.ts'
import { hashBody } from '../../server/redis/hash-text.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { RedisUnavailable } from '../../server/redis/unavailable.ts'
import { randomFact } from '../support/random-facts.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

const prefix = `t-${Math.random().toString(36).slice(2)}`
const keys = keysUnder(prefix)
let redis: Redis
let log: FloorLog

const queued = (id: string, at: Instant, more: { seq?: number; source?: string; body?: string } = {}): AcceptItem => ({
  fact: {
    id, type: 'contact.queued', occurredAt: at, source: more.source ?? null, seq: more.seq ?? null, contactId: `c-${id}`, legId: null, rootContactId: null, queueId: 'support', channel: 'voice', direction: 'in',
    subject: null, previousEndAt: null, position: null, waitingInQueue: null,
  },
  digest: hashBody(more.body ?? id),
})
const now = () => instantOf(Date.now())
const all = async (site: string) => (await log.read(site, '0-0', 10_000)).flatMap(({ entry }) => (entry?.kind === 'facts' ? entry.facts : []))

beforeAll(async () => {
  redis = await connect({ url: process.env.TEST_REDIS_URL ?? '', name: 'test', log: recordingLog() })
  log = openFloorLog({ redis, keys })
})
afterAll(async () => {
  for await (const found of redis.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1_000 })) if (found.length > 0) await redis.del(found)
  redis.destroy()
})

describe('accepting facts', () => {
  it('stores each id once and says what became of every item', async () => {
    const at = now()
    const first = await log.accept('a', [queued('1', at), queued('2', at)])
    const second = await log.accept('a', [queued('2', at), queued('3', at), queued('1', at, { body: 'other' }), queued('3', at), queued('3', at, { body: 'changed' })])
    expect(first.outcomes).toEqual(['accepted', 'accepted'])
    expect(second.outcomes).toEqual(['duplicate', 'accepted', 'conflict', 'duplicate', 'conflict'])
    expect((await all('a')).map(({ id }) => id)).toEqual(['1', '2', '3'])
  })

  it('appends nothing when all is known, and gives the revision that has it', async () => {
    const at = now()
    const first = await log.accept('b', [queued('1', at)])
    const again = await log.accept('b', [queued('1', at)])
    expect(again).toEqual({ outcomes: ['duplicate'], entry: first.entry, revision: first.revision })
    expect(await redis.xLen(keys.site('b').log)).toBe(1)
  })

  it('keeps sites apart', async () => {
    const at = now()
    await log.accept('c1', [queued('1', at)])
    expect((await log.accept('c2', [queued('1', at)])).outcomes).toEqual(['accepted'])
  })

  it('answers any mixture of repetitions, conflicts and concurrent requests as a plain map would', async () => {
    const random = seeded(freshSeed())
    const at = now()
    const known = new Map<string, number>()
    const total = { accepted: 0 }
    for (let round = 0; round < 25; round += 1) {
      const requests = Array.from({ length: random.int(1, 6) }, (_, r) =>
        Array.from({ length: random.int(1, random.chance(0.2) ? 900 : 40) }, () => {
          // Requests that race use ids of their own, so that the outcome does not depend on which comes first.
          const id = `${r}-${random.int(0, 600)}`
          return queued(id, instantOf(at - (hashBody(id) % (2 * DAY))), { body: random.chance(0.9) ? id : `${id}?` })
        }),
      )
      const answers = await Promise.all(requests.map((items) => log.accept('d', items)))
      const fresh = new Set<string>()
      requests.forEach((items, r) => {
        // Entries of one request may overtake each other while Redis learns its scripts anew: of an id's places in it one is the first, whichever.
        const outcomes = answers[r]?.outcomes ?? []
        items.forEach(({ fact, digest }, i) => {
          if (known.has(fact.id) || outcomes[i] !== 'accepted') return
          known.set(fact.id, digest)
          total.accepted += 1
          fresh.add(`${r} ${i}`)
        })
        items.forEach(({ fact, digest }, i) => {
          const expected = fresh.has(`${r} ${i}`) ? 'accepted' : known.get(fact.id) === digest ? 'duplicate' : 'conflict'
          if (outcomes[i] !== expected) throw new Error(`seed ${random.seed} round ${round}: ${fact.id} was ${String(outcomes[i])}, not ${expected}`)
        })
      })
    }
    const stored = (await all('d')).map(({ id }) => id)
    expect(stored).toHaveLength(total.accepted)
    expect(new Set(stored)).toEqual(new Set(known.keys()))
  }, 30_000)

  it('cuts a large request into entries of at most 256 facts and 64 kB, each whole and readable', async () => {
    const random = seeded(freshSeed())
    const at = now()
    const items = Array.from({ length: 3_000 }, (_, n) => ({ fact: randomFact(random, at, n), digest: n }))
    const { outcomes, entry } = await log.accept('e', items)
    expect(outcomes.every((outcome) => outcome === 'accepted')).toBe(true)
    const entries = await log.read('e', '0-0', 1_000)
    expect(entries.map(({ fault }) => fault)).toEqual(entries.map(() => null))
    for (const { id } of entries) expect((await redis.xRange(keys.site('e').log, id, id))?.[0]?.message.b?.length).toBeLessThan(64 * 1024)
    for (const { entry: read } of entries) expect(read?.kind === 'facts' && read.facts.length <= 256).toBe(true)
    expect(entries.at(-1)?.id).toBe(entry)
    expect(await all('e')).toEqual(items.map(({ fact }) => fact))
  })

  it('lets requests that meet travel in one entry', async () => {
    const at = now()
    await Promise.all(Array.from({ length: 100 }, (_, i) => log.accept('f', [queued(String(i), at)])))
    expect(await redis.xLen(keys.site('f').log)).toBeLessThan(10)
    expect(await all('f')).toHaveLength(100)
  })

  it('remembers ids for a week after their day and then lets the whole minute go', async () => {
    await log.accept('g', [queued('1', now()), queued('2', now())])
    const seen = await redis.keys(`${prefix}:{g}:seen:*`)
    expect(seen.length).toBeGreaterThan(0)
    for (const key of seen) {
      expect(await redis.pTTL(key)).toBeGreaterThan(7 * DAY)
      expect(await redis.pTTL(key)).toBeLessThanOrEqual(8 * DAY)
      expect(await redis.objectEncoding(key)).toBe('listpack')
    }
  })

  it('keeps to the shards that another process chose for the day', async () => {
    const at = now()
    const other = openFloorLog({ redis, keys })
    await log.accept('h', [queued('1', at)])
    // The other process thinks that yesterday was busy, hears that the day is fixed, and still finds the id.
    await redis.hSet(keys.site('h').sequences, { [`count:${new Date(at - DAY).toISOString().slice(0, 10)}`]: '4000000' })
    expect((await other.accept('h', [queued('1', at), queued('2', at)])).outcomes).toEqual(['duplicate', 'accepted'])
    const busy = openFloorLog({ redis, keys })
    await redis.hDel(keys.site('h').sequences, [`shards:${new Date(at).toISOString().slice(0, 10)}`])
    await busy.accept('h', [queued('9', at)])
    expect(Number(await redis.hGet(keys.site('h').sequences, `shards:${new Date(at).toISOString().slice(0, 10)}`))).toBeGreaterThan(50)
    expect((await log.accept('h', [queued('9', at)])).outcomes).toEqual(['duplicate'])
  })

  it('keeps the highest sequence number of each source', async () => {
    const at = now()
    await log.accept('i', [queued('1', at, { source: 'pbx', seq: 5 }), queued('2', at, { source: 'pbx', seq: 9 }), queued('3', at, { source: 'crm', seq: 1 })])
    await log.accept('i', [queued('4', at, { source: 'pbx', seq: 7 })])
    expect(await redis.hmGet(keys.site('i').sequences, ['seq:pbx', 'seq:crm'])).toEqual(['9', '1'])
  })

  it('says that memory is full before it writes anything, while commands still append', async () => {
    const at = now()
    const limit = (await redis.configGet('maxmemory')).maxmemory ?? '0'
    const before = await redis.hGetAll(keys.site('j').sequences)
    await redis.configSet('maxmemory', '1')
    try {
      await expect(log.accept('j', [queued('1', at)])).rejects.toMatchObject({ reason: 'memory' })
      await expect(log.accept('j', [queued('1', at)])).rejects.toBeInstanceOf(RedisUnavailable)
      await log.append('j', { kind: 'source', status: { source: 'pbx', platform: 'asterisk-ami', connected: true, beatMs: null, lastAliveAt: at, detail: null } })
    } finally {
      await redis.configSet('maxmemory', limit)
    }
    expect(await redis.hGetAll(keys.site('j').sequences)).toEqual(before)
    expect(await redis.keys(`${prefix}:{j}:seen:*`)).toEqual([])
    expect((await log.accept('j', [queued('1', at)])).outcomes).toEqual(['accepted'])
  })

  it('stamps entries with the time of Redis, not of the sender', async () => {
    const early = Date.now()
    await log.accept('k', [queued('1', instantOf(early - DAY))])
    const [read] = await log.read('k', '0-0', 1)
    expect(read?.entry?.at).toBeGreaterThanOrEqual(early - 1)
    expect(read?.entry?.at).toBeLessThanOrEqual(Date.now() + 1)
  })

  it('survives that Redis forgets its scripts', async () => {
    await redis.scriptFlush()
    expect((await log.accept('l', [queued('1', now())])).outcomes).toEqual(['accepted'])
  })
})

describe('ticks', () => {
  it('are appended once for one instant, however many offer them', async () => {
    await log.accept('m', [queued('1', now())])
    const due = instantOf((await log.read('m', '0-0', 1))[0]?.entry?.at ?? 0) + 1
    const offers = await Promise.all(Array.from({ length: 20 }, async () => {
      for (;;) {
        const { appended, waitMs } = await log.tick('m', instantOf(due))
        if (waitMs === 0) return appended
      }
    }))
    expect(offers.filter((id) => id !== null)).toHaveLength(1)
    expect(await redis.xLen(keys.site('m').log)).toBe(2)
  })

  it('wait for Redis TIME and say how long', async () => {
    const { appended, waitMs } = await log.tick('n', instantOf(Date.now() + 60_000))
    expect(appended).toBeNull()
    expect(waitMs).toBeGreaterThan(50_000)
    expect(waitMs).toBeLessThanOrEqual(60_000)
  })
})
