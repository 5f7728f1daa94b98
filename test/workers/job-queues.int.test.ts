import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { keysUnder } from '../../server/redis/keys.ts'
import { openJobQueues } from '../../workers/job-queues.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, type RedisServer } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { openWatchedWire, type WatchedWire } from '../support/watched-wire.ts'

let redis: RedisServer
let wire: WatchedWire
beforeAll(async () => {
  redis = redisServer()
  await redis.start()
  wire = await openWatchedWire(redis.url)
})
afterAll(async () => {
  await wire.close()
  await redis.remove()
})

describe('job queues', () => {
  it('work when Redis died while they were being opened and came back: the loop of a worker does not turn on its lost connection for ever', async () => {
    const log = recordingLog()
    const asked = wire.reach({ asked: 'INFO' })
    const jobs = openJobQueues({ url: wire.url, keys: keysUnder('jobs'), log })
    const done: unknown[] = []
    const queue = jobs.queue('tried')
    jobs.work('tried', async ({ data }) => void done.push(data))
    await asked
    await redis.kill()
    await redis.start()
    await until('a job was taken', () => queue.add('one', { number: 1 }).then(() => true, () => false))
    await until('it was done', () => done.length > 0)
    expect(done[0]).toEqual({ number: 1 })
    expect(log.lines.length).toBeLessThan(200)
    await jobs.close()
  })
})
