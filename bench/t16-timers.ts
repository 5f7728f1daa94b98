import { randomBytes } from 'node:crypto'
import { createNodeRedisClient, Queue } from 'bullmq'
import { parseReport } from '../server/contract/incidents.ts'
import type { Timer } from '../server/domain/escalation/plan-timers.ts'
import { instantOf } from '../server/domain/time.ts'
import { createLog } from '../server/log.ts'
import { connectionTo, type Redis } from '../server/redis/connect.ts'
import { openIncidentLog } from '../server/redis/incident-log.ts'
import { openIncidentHouse, report, sam } from '../test/support/incident-house.ts'
import { median, resultOf, type Bench } from './bench.ts'

const TIMERS = 8_000
/** Ladder, response, update and resolution: what an open incident waits for, armed and cancelled with it. */
const OF_ONE = ['ownership', 'clock/response', 'clock/update', 'clock/resolution']
const DAY_MS = 86_400_000
const TOGETHER = 400

interface Cost {
  /** Microseconds of Redis' main thread for arming and cancelling one. */
  readonly cpu: number
  /** The same with its share of the change that arms it and the one that cancels it. */
  readonly whole: number
  /** Bytes of Redis for one that waits. */
  readonly bytes: number
}

const numberIn = (info: string, name: string): number => Number(new RegExp(`${name}:([0-9.]+)`).exec(info)?.[1])
const cpuOf = async (redis: Redis): Promise<number> => {
  const info = String(await redis.info('cpu'))
  return 1e6 * (numberIn(info, 'used_cpu_sys_main_thread') + numberIn(info, 'used_cpu_user_main_thread'))
}
const memoryOf = async (redis: Redis): Promise<number> => numberIn(String(await redis.info('memory')), 'used_memory')

const costOf = async (redis: Redis, arm: () => Promise<void>, cancel: () => Promise<void>): Promise<Cost> => {
  const [cpu, memory] = [await cpuOf(redis), await memoryOf(redis)]
  await arm()
  const held = (await memoryOf(redis)) - memory
  await cancel()
  const whole = ((await cpuOf(redis)) - cpu) / TIMERS
  return { cpu: whole, whole, bytes: held / TIMERS }
}
const inParts = async <T>(items: readonly T[], work: (part: readonly T[]) => Promise<unknown>): Promise<void> => {
  for (let i = 0; i < items.length; i += TOGETHER) await work(items.slice(i, i + TOGETHER))
}

const delayedJobs = async (redis: Redis, url: string): Promise<Cost> => {
  const client = connectionTo({ url, name: 'adds', log: createLog('silent', 'bench'), kind: 'blocking' })
  const queue = new Queue('timers', { connection: createNodeRedisClient(client), prefix: `b-${randomBytes(4).toString('hex')}` })
  await queue.waitUntilReady()
  const added: { remove(): Promise<unknown> }[] = []
  const jobs = Array.from({ length: TIMERS }, (_, index) => ({ name: 'due', data: { id: `INC-2026-${String(index).padStart(6, '0')}/ownership`, generation: 1 }, opts: { delay: DAY_MS } }))
  const cost = await costOf(redis, () => inParts(jobs, async (part) => void added.push(...(await queue.addBulk([...part])))), () => inParts(added, (part) => Promise.all(part.map((job) => job.remove()))))
  await queue.obliterate({ force: true })
  await queue.close()
  if (client.isOpen) client.destroy()
  return cost
}

/**
 * A timer has no call of its own: it is armed and cancelled by changes that are written in any case. What it costs is the difference
 * between changes with and without their timers, both without events.
 */
const timerRows = async (url: string): Promise<Cost> => {
  const house = await openIncidentHouse({ url })
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('the report is not accepted')
  const made = await house.incidents.create(house.site, parsed.input, sam)
  if (made.kind !== 'done') throw new Error(made.kind)
  const log = openIncidentLog(house)
  const refs = Array.from({ length: TIMERS / OF_ONE.length }, (_, index) => `INC-2031-${String(index).padStart(6, '0')}`)
  const timersOf = (ref: string): readonly Timer[] => OF_ONE.map((purpose) => ({ id: `${ref}/${purpose}`, ref, purpose: 'ownership', generation: 1, dueAt: instantOf(Date.now() + DAY_MS), urgent: true, clock: null }))
  const change = (ref: string) => ({ before: null, after: { ...made.record, ref }, events: [], timersSet: [], timersGone: [], deliveries: [], cancelled: [] })
  const cost = await costOf(
    house.redis,
    () => inParts(refs, (part) => Promise.all(part.map((ref) => log.apply(house.site, { ...change(ref), timersSet: timersOf(ref) })))),
    () => inParts(refs, (part) => Promise.all(part.map((ref) => log.apply(house.site, { ...change(ref), timersGone: timersOf(ref).map(({ id }) => id) })))),
  )
  const bare = () => inParts(refs, (part) => Promise.all(part.map((ref) => log.apply(house.site, change(ref)))))
  const without = await costOf(house.redis, bare, bare)
  const left = await house.redis.hLen(house.keys.site(house.site).timers)
  if (left > 20) throw new Error(`${left} timers are left`)
  for await (const found of house.redis.scanIterator({ MATCH: `${house.keys.probe.split(':')[0]}*`, COUNT: 1_000 })) if (found.length > 0) await house.redis.unlink(found)
  await house.close()
  return { ...cost, cpu: cost.whole - without.whole }
}

/** T16: arming and cancelling timers against BullMQ's delayed jobs, in time of Redis and in its memory. */
export const run: Bench = async ({ redisUrl, rounds }) => {
  const client = connectionTo({ url: redisUrl, name: 'asks', log: createLog('silent', 'bench') })
  await client.connect()
  const baseline: Cost[] = []
  const product: Cost[] = []
  for (let round = 0; round < rounds; round += 1) {
    baseline.push(await delayedJobs(client, redisUrl))
    product.push(await timerRows(redisUrl))
  }
  client.destroy()
  const row = (part: 'cpu' | 'bytes', more: { readonly id: string; readonly title: string; readonly atMost: number; readonly target: string; readonly unit: string }) =>
    resultOf({
      id: more.id,
      title: more.title,
      target: more.target,
      baseline: 'BullMQ add and remove of delayed jobs',
      rounds: product.map((cost, index) => cost[part] / (baseline[index] ?? cost)[part]),
      atMost: more.atMost,
      figures: { ...(part === 'cpu' ? { 'with its share of the changes µs': median(product.map(({ whole }) => whole)) } : {}), [more.unit]: median(product.map((cost) => cost[part])), [`baseline ${more.unit}`]: median(baseline.map((cost) => cost[part])) },
    })
  return [row('cpu', { id: 'T16', title: 'arming and cancelling a timer, CPU of Redis', atMost: 0.1, target: '<= 0.10x', unit: 'µs' }), row('bytes', { id: 'T16b', title: 'memory of a timer that waits', atMost: 0.35, target: '<= 0.35x', unit: 'bytes' })]
}
