import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseClusterUrl } from '../../server/redis/connect-cluster.ts'
import { parseSentinelUrl } from '../../server/redis/connect-sentinel.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { clientOptions } from '../../server/redis/plain-client.ts'
import { openStartChecks } from '../../server/redis/start-checks.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, type RedisServer, until } from '../support/redis-server.ts'

let server: RedisServer
let redis: Redis
const log = recordingLog()

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
})
afterEach(async () => {
  redis.destroy()
  await server.remove()
})

describe('a connection', () => {
  it('survives idleness longer than the silence at which a dead one is dropped', async () => {
    const reconnected: string[] = []
    redis.on('reconnecting', () => reconnected.push('again'))
    const idleSince = performance.now()
    await until(() => performance.now() - idleSince > 4_500, 'a while')
    expect(await redis.ping()).toBe('PONG')
    expect(reconnected).toEqual([])
  }, 15_000)

  it('gives up on a frozen Redis although writes go on, and works again when it wakes', async () => {
    server.signal('SIGSTOP')
    const started = performance.now()
    const refused: number[] = []
    const busy = setInterval(() => redis.set('a', '1').catch(() => refused.push(performance.now() - started)), 50)
    await until(() => refused.length > 0, 'a refusal', 6_000)
    clearInterval(busy)
    expect(refused[0]).toBeLessThan(5_000)
    server.signal('SIGCONT')
    await until(() => redis.isReady, 'it is back')
    expect(await redis.set('a', '2')).toBe('OK')
  }, 20_000)

  it('refuses at once while Redis is away, never ends the process, and comes back by itself', async () => {
    const told = log.lines.length
    await server.kill()
    await until(() => !redis.isReady, 'it is noticed')
    await expect(redis.get('a')).rejects.toThrow(/offline/)
    await until(() => log.lines.filter(({ level }) => level === 'debug').length > 2, 'it was tried some times')
    await server.start()
    await until(() => redis.isReady, 'it is back')
    expect(await redis.get('a')).toBeNull()
    // One line when it goes, one when it is back.
    expect(log.lines.slice(told).filter(({ level }) => level !== 'debug').map(({ level, text }) => [level, text])).toEqual([['warn', 'redis connection error'], ['info', 'redis connection is back']])
    expect(log.lines.at(-1)?.fields).toMatchObject({ connection: 'test', awayMs: expect.any(Number), errors: expect.any(Number) })
  })

  it('tries often enough that a long absence costs half a second more at most', async () => {
    const waits = Array.from({ length: 100 }, (_, retries) => clientOptions({ url: server.url, name: 'test', log }).socket.reconnectStrategy(retries))
    expect(Math.max(...waits)).toBeLessThanOrEqual(500)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(50)
  })
})

describe('start checks', () => {
  const now = () => Date.now()
  it('take a Redis of class disk and notice within a round that it became dangerous', async () => {
    const checks = await openStartChecks({ redis, durability: 'disk', now, log, everyMs: 50 })
    expect(checks.state()).toEqual({ ok: true, detail: 'class disk' })
    await redis.configSet('maxmemory-policy', 'allkeys-lru')
    await until(() => !checks.state().ok, 'the drift')
    expect(checks.state().detail).toContain('allkeys-lru')
    await redis.configSet('maxmemory-policy', 'noeviction')
    await until(() => checks.state().ok, 'it is mended')
    checks.close()
  })
  it('refuse to start on one that may evict, naming all that is wrong', async () => {
    await redis.configSet({ 'maxmemory-policy': 'allkeys-lru', appendfsync: 'everysec' })
    await expect(openStartChecks({ redis, durability: 'disk', now, log })).rejects.toThrow(/appendfsync[\s\S]*maxmemory-policy/)
  })
  it('do without CONFIG where it is forbidden, and say so', async () => {
    await redis.aclSetUser('app', ['on', '>pw', '~*', '+@all', '-config'])
    const limited = await connect({ url: server.url.replace('unix://', 'unix://app:pw@'), name: 'limited', log })
    const checks = await openStartChecks({ redis: limited, durability: 'disk', now, log })
    expect(checks.report().unchecked).toEqual(['appendfsync', 'no-appendfsync-on-rewrite'])
    checks.close()
    limited.destroy()
  })
})

describe('addresses', () => {
  it('name Sentinels and Clusters with several hosts, credentials and TLS', () => {
    expect(parseSentinelUrl('redis+sentinel://u:p%40@s1:26379,s2/main/3')).toEqual({ tls: false, nodes: [{ host: 's1', port: 26379 }, { host: 's2', port: 26379 }], master: 'main', credentials: { username: 'u', password: 'p@' }, database: 3 })
    expect(parseClusterUrl('rediss-cluster://:p@c1:7000,c2:7001')).toEqual({ tls: true, nodes: [{ url: 'rediss://c1:7000' }, { url: 'rediss://c2:7001' }], credentials: { password: 'p' } })
    expect(() => parseSentinelUrl('redis+sentinel:')).toThrow(/form/)
  })
})
