import { randomBytes } from 'node:crypto'
import { createNodeRedisClient, Queue, Worker } from 'bullmq'
import type { IncidentRecord } from '../server/domain/incident/incident.ts'
import { parseReport } from '../server/contract/incidents.ts'
import { connect, connectionTo } from '../server/redis/connect.ts'
import { createLog } from '../server/log.ts'
import { openIncidentLog } from '../server/redis/incident-log.ts'
import { openIncidentRules } from '../server/redis/incident-rules.ts'
import { openIncidentTimers, refOfTimer, type ClaimedTimer } from '../server/redis/incident-timers.ts'
import { openJobQueues } from '../workers/job-queues.ts'
import { openBell } from '../workers/ringer/bell.ts'
import { openRinger } from '../workers/ringer/ringer.ts'
import { openWakes } from '../workers/ringer/wakes.ts'
import { ladder, openIncidentHouse, report, sam } from '../test/support/incident-house.ts'

/** Lateness of escalation in the product and of BullMQ's delayed jobs, on one Redis. All times in ms. */

const log = createLog('silent', 'bench')
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const far = 86_400_000

export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export interface Lateness {
  /** Due to the moment the work on it begins, in the process that does it. */
  readonly begun: readonly number[]
  /** Due to the moment event, outbox row and next timer are stored. */
  readonly stored: readonly number[]
}

export interface Plan {
  readonly redisUrl: string
  readonly due: number
  /** The due times lie evenly within this; 0: all in one millisecond. */
  readonly withinMs: number
  /** Others that wait for tomorrow. */
  readonly pending: number
}

const LEAD_MS = 2_500

/** Delayed jobs as their guide has them, Redis at its own hz. */
export const delayedJobs = async ({ redisUrl, due, withinMs, pending }: Plan): Promise<Lateness> => {
  const prefix = `b-${randomBytes(4).toString('hex')}`
  const clients = ['adds', 'works'].map((name) => connectionTo({ url: redisUrl, name, log, kind: 'blocking' }))
  const [adds, works] = clients.map((client) => createNodeRedisClient(client))
  if (adds === undefined || works === undefined) throw new Error('two connections')
  const queue = new Queue('late', { connection: adds, prefix })
  for (let i = 0; i < pending; i += 1_000) await queue.addBulk(Array.from({ length: Math.min(1_000, pending - i) }, () => ({ name: 'p', data: {}, opts: { delay: far } })))
  const begun: number[] = []
  const worker = new Worker('late', async (job) => void begun.push(Date.now() - job.data.dueAt), { connection: works, prefix, concurrency: 50 })
  await worker.waitUntilReady()
  const start = Date.now() + LEAD_MS
  const at = (index: number) => start + Math.floor((index * withinMs) / due)
  for (let i = 0; i < due; i += 500) await queue.addBulk(Array.from({ length: Math.min(500, due - i) }, (_, k) => ({ name: 'd', data: { dueAt: at(i + k) }, opts: { delay: Math.max(0, at(i + k) - Date.now()), removeOnComplete: true } })))
  while (begun.length < due) await sleep(20)
  await worker.close()
  await queue.obliterate({ force: true })
  await queue.close()
  for (const client of clients) if (client.isOpen) client.destroy()
  return { begun, stored: begun }
}

/** Real incidents whose first level falls due, claimed and fired; a burst is rung through BullMQ. */
export const ringing = async ({ redisUrl, due, withinMs, pending }: Plan): Promise<Lateness> => {
  const house = await openIncidentHouse({ url: redisUrl, policy: ladder([{ targets: [{ role: 'supervisor' }], waitMs: far }]) })
  const { redis, keys, site, url, settings, directory } = house
  const at = keys.site(site)
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('the report is not accepted')
  const refs: string[] = []
  for (let i = 0; i < due; i += 50) {
    const made = await Promise.all(Array.from({ length: Math.min(50, due - i) }, () => house.incidents.create(site, parsed.input, sam)))
    refs.push(...made.flatMap((result) => (result.kind === 'done' ? [result.record.ref] : [])))
  }
  for (let i = 0; i < pending; i += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, pending - i) }, (_, k) => ({ value: `INC-2020-${String(i + k).padStart(6, '0')}/ownership`, score: Date.now() + far }))
    await redis.zAdd(at.timersUrgent, rows)
    await redis.hSet(at.timers, Object.fromEntries(rows.map(({ value, score }) => [value, `${score}|1|u|`])))
  }
  const dueAt = new Map<string, number>()
  const begun: number[] = []
  const began = new Set<string>()
  const stored: number[] = []
  const begin = ({ id, incident }: ClaimedTimer): IncidentRecord => {
    const ref = refOfTimer(id)
    const planned = dueAt.get(ref)
    if (planned !== undefined && !began.has(ref)) begun.push(Date.now() - planned)
    began.add(ref)
    if (incident === undefined) throw new Error(`the claim of ${id} came without its incident`)
    return incident()
  }
  const claims = await connect({ url: redisUrl, name: 'claims', log })
  const timers = openIncidentTimers({ redis: claims, keys })
  const realLog = openIncidentLog({ redis, keys })
  const jobs = openJobQueues({ url, keys, log })
  const wakes = await openWakes({ url, keys, log })
  const ringer = openRinger({
    incidentLog: {
      ...realLog,
      apply: async (of, change) => {
        const applied = await realLog.apply(of, change)
        const planned = dueAt.get(change.after.ref)
        if (planned !== undefined && applied.kind === 'ok' && change.fired?.id.endsWith('/ownership') === true) stored.push(Date.now() - planned)
        return applied
      },
    },
    rules: openIncidentRules(settings),
    settings,
    directory,
    timers: {
      keep: timers.keep,
      claim: async (of, token, options) => {
        const claim = await timers.claim(of, token, options)
        // The work on a timer begins when its incident is looked at, as a job's when its handler is called.
        return { ...claim, timers: claim.timers.map((timer) => ({ ...timer, incident: () => begin(timer) })) }
      },
    },
    wakes,
    bell: openBell({ jobs, log }),
    sites: () => [site],
    log,
  })
  // The ladder stands on a day's wait; its due times are set here, on the row, on the record and in the queue, as a re-plan would.
  const start = Date.now() + LEAD_MS
  await Promise.all(
    refs.map(async (ref, index) => {
      const planned = start + Math.floor((index * withinMs) / due)
      dueAt.set(ref, planned)
      const record = JSON.parse(String(await redis.hGet(at.incident(ref), 'record')))
      await redis.multi().hSet(at.incident(ref), 'record', JSON.stringify({ ...record, ownership: { ...record.ownership, nextDueAt: planned } })).hSet(at.timers, `${ref}/ownership`, `${planned}|1|u|`).zAdd(at.timersUrgent, { score: planned, value: `${ref}/ownership` }).exec()
    }),
  )
  await redis.publish(keys.wake, `${site} ${start}`)
  while (stored.length < due) await sleep(20)
  await ringer.close()
  await wakes.close()
  await jobs.close()
  claims.destroy()
  for await (const found of redis.scanIterator({ MATCH: `${keys.probe.split(':')[0]}*`, COUNT: 1_000 })) if (found.length > 0) await redis.unlink(found)
  await house.close()
  return { begun, stored }
}
