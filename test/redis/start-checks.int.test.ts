import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openStartChecks } from '../../server/redis/start-checks.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, until, type RedisServer } from '../support/redis-server.ts'

let server: RedisServer
let redis: Redis
const log = recordingLog()
beforeAll(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
})
afterAll(async () => {
  redis.destroy()
  await server.remove()
})

describe('a Redis that is made dangerous while it is used', () => {
  it('is told within 10 s, once, and is well again when it is set right (F8)', async () => {
    const checks = await openStartChecks({ redis, durability: 'disk', now: Date.now, log })
    expect(checks.state().ok).toBe(true)
    await redis.configSet('maxmemory-policy', 'allkeys-lru')
    await until(() => !checks.state().ok, 'it is found', 10_000)
    expect(checks.state().detail).toMatch(/^maxmemory-policy /)
    expect(log.lines.filter(({ level, text }) => level === 'error' && text.includes('maxmemory-policy'))).toHaveLength(1)
    await redis.configSet('maxmemory-policy', 'noeviction')
    await until(() => checks.state().ok, 'it is well again', 10_000)
    checks.close()
  }, 30_000)
})

describe('a Redis that has just been started again', () => {
  it('is judged once it has read its log: until then it says that it keeps none', async () => {
    const slow = redisServer(['--key-load-delay', '150'])
    try {
      await slow.start()
      const client = await connect({ url: slow.url, name: 'test', log })
      await Promise.all(Array.from({ length: 4_096 }, (_, key) => client.set(`k${key}`, '')))
      await slow.kill()
      const started = slow.start()
      let seenLoading = false
      await until(async () => (seenLoading ||= /aof_enabled:0/.test(await client.info('persistence').catch(() => ''))), 'it reads its log')
      const checks = await openStartChecks({ redis: client, durability: 'disk', now: Date.now, log })
      expect([seenLoading, checks.state().ok]).toEqual([true, true])
      checks.close()
      await started
      client.destroy()
    } finally {
      await slow.remove()
    }
  }, 20_000)
})
