import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../server/redis/connect.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, type RedisServer } from '../support/redis-server.ts'

let server: RedisServer
beforeEach(() => {
  server = redisServer()
})
afterEach(() => server.remove())

const asked = async <T>(ask: (redis: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> => {
  const redis = await connect({ url: server.url, name: 'test', log: recordingLog() })
  try {
    return await ask(redis)
  } finally {
    redis.destroy()
  }
}
const logFile = (): string => join(server.aof, readdirSync(server.aof).filter((name) => name.endsWith('.incr.aof')).sort().at(-1) ?? '')
const again = async (): Promise<void> => {
  await server.kill()
  await server.start()
}

describe('a Redis that is killed while it writes a script to its log', () => {
  it('has nothing of it at any later start: neither at the first nor at the second', async () => {
    await server.start()
    await asked((redis) => redis.set('before', 'whole'))
    await asked((redis) => redis.eval("redis.call('SET', 'first', '1') redis.call('SET', 'second', '2') redis.call('SET', 'third', 'a long value that is torn') return 1"))
    await server.kill()
    truncateSync(logFile(), readFileSync(logFile()).length - 30)
    await server.start()
    const held = () => asked((redis) => redis.mGet(['before', 'first', 'second', 'third', 'after']))
    expect(await held()).toEqual(['whole', null, null, null, null])
    await asked((redis) => redis.eval("redis.call('SET', 'after', 'whole') redis.call('SET', 'more', '1') return 1"))
    await again()
    expect(await held()).toEqual(['whole', null, null, null, 'whole'])
  })

  it('has what is whole, also where a later value reads like a beginning', async () => {
    await server.start()
    await asked((redis) => redis.eval("redis.call('SET', 'first', '*1\\r\\n$5\\r\\nMULTI\\r\\n') redis.call('SET', 'second', '2') return 1"))
    const before = readFileSync(logFile())
    await again()
    expect(readFileSync(logFile()).equals(before)).toBe(true)
    expect(await asked((redis) => redis.mGet(['first', 'second']))).toEqual(['*1\r\n$5\r\nMULTI\r\n', '2'])
  })

  it('is left alone where its log is damaged: that is not a tail', async () => {
    await server.start()
    await asked((redis) => redis.eval("redis.call('SET', 'first', '1') redis.call('SET', 'second', '2') return 1"))
    await server.kill()
    const damaged = readFileSync(logFile())
    damaged[damaged.indexOf('$5')] = 0x21
    writeFileSync(logFile(), damaged)
    await expect(server.start()).rejects.toThrow('redis-server answers')
    expect(readFileSync(logFile()).equals(damaged)).toBe(true)
  })
})
