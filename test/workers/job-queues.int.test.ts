import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { keysUnder } from '../../server/redis/keys.ts'
import { openJobQueues, type JobQueues } from '../../workers/job-queues.ts'
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
const opened: JobQueues[] = []
afterAll(async () => {
  await wire.close()
  await Promise.all(opened.map((jobs) => jobs.close(0)))
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

  it('taskforcesh/bullmq#4138, #3185: a free worker that takes no job any more is built anew; one that still takes none after two tries ends its process', async () => {
    const log = recordingLog()
    let [ticks, ended] = [0, 0]
    const keys = keysUnder('wedged')
    const asked = wire.reach({ asked: 'BZPOPMIN' })
    const jobs = openJobQueues({ url: wire.url, keys, log, wedged: () => void (ended += 1), ticks: () => ticks, everyMs: null })
    opened.push(jobs)
    const done: unknown[] = []
    jobs.work('tried', async ({ data }) => void done.push(data))
    const queue = jobs.queue('tried')
    await asked
    for (const number of [1, 2]) await queue.add('one', { number })
    const looks = async (ms: number) => {
      for (const end = ticks + ms; ticks < end; ticks += 2_500) await jobs.look()
    }
    // A machine that slept between two looks says nothing about the worker.
    await looks(5_000)
    ticks += 600_000
    await looks(7_500)
    expect(log.lines.filter(({ text }) => text.includes('built anew'))).toEqual([])
    const again = wire.reach({ asked: 'BZPOPMIN' })
    await looks(5_000)
    expect(log.lines.filter(({ text }) => text.includes('built anew'))).toHaveLength(1)
    await until('the new one took both', () => done.length === 2)
    expect(done).toEqual([{ number: 1 }, { number: 2 }])
    // This one is held as well, and so is each after it.
    await again
    await queue.add('one', { number: 3 })
    await looks(12_500)
    await wire.reach({ asked: 'EVALSHA' })
    await looks(10_000)
    await wire.reach({ asked: 'EVALSHA' })
    expect(ended).toBe(0)
    // On a busy machine the last one is not free yet at the first of these looks.
    await until('its process ends', async () => {
      await looks(2_500)
      return ended > 0
    })
    expect(ended).toBe(1)
    expect(log.lines.filter(({ text }) => text.includes('built anew'))).toHaveLength(3)
    expect(done).toHaveLength(2)
  })
})
