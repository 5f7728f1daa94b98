import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport } from '../../../server/contract/incidents.ts'
import type { IncidentRecord } from '../../../server/domain/incident/incident.ts'
import { connect } from '../../../server/redis/connect.ts'
import { openIncidentWork, type IncidentWork } from '../../../workers/incident-work.ts'
import { openJobQueues } from '../../../workers/job-queues.ts'
import { openCutProxy } from '../../support/cut-proxy.ts'
import { ladder, openIncidentHouse, report, sam, webhookSecret, type IncidentHouse } from '../../support/incident-house.ts'
import { freshSeed, seeded } from '../../support/seeded.ts'
import { until } from '../../support/until.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

/**
 * INCIDENTS' promises at scale. Few in every run; the whole with DUE=1000 OVERDUE=10000 CUT_TIMERS=500 CUT_MOST_MS=60000 STRICT=1.
 * Each prints its figures. What never may happen is asserted always; times as promised with STRICT, else with room for a machine that does other work.
 */
const ROOM = process.env['STRICT'] === '1' ? 1 : 4
const DUE = Number(process.env['DUE'] ?? 100)
const OVERDUE = Number(process.env['OVERDUE'] ?? 200)
const CUT_TIMERS = Number(process.env['CUT_TIMERS'] ?? 40)
const CUT_MOST_MS = Number(process.env['CUT_MOST_MS'] ?? 2_500)
const LONG_MS = 1_200_000

let receiver: WebhookReceiver
let house: IncidentHouse
let close: (() => Promise<void>)[]
beforeEach(async () => {
  receiver = await openWebhookReceiver(webhookSecret)
  house = await openIncidentHouse({ webhooks: { noc: { url: receiver.url, types: [] } } })
  close = []
})
afterEach(async () => {
  for (const end of close.reverse()) await end()
  await house.close()
  await receiver.close()
  expect(receiver.forged).toEqual([])
})

const work = async (url = house.url): Promise<IncidentWork> => {
  const { keys, sealed, settings, directory, site, log } = house
  const redis = url === house.url ? house.redis : await connect({ url, name: 'cut', log })
  const jobs = openJobQueues({ url, keys, log })
  const opened = await openIncidentWork({ redis, redisUrl: url, jobs, keys, sealed, settings, directory, sites: () => [site], publicUrl: 'https://floor.example.org', outboundAllow: ['127.0.0.0/8'], now: () => Date.now(), log })
  close.push(async () => {
    await opened.close()
    await jobs.close()
    if (redis !== house.redis && redis.isOpen) redis.destroy()
  })
  return opened
}
/** Opened so that its one level falls due at that instant (by the wait of a policy of its own). */
const openDueAt = async (due: number, more: object = {}): Promise<IncidentRecord> => {
  house.change({ policies: { default: ladder([{ targets: [{ webhook: 'noc' }], waitMs: Math.max(0, due - Date.now()) }]) } })
  const parsed = parseReport({ ...report, ...more })
  if (!parsed.ok) throw new Error('not accepted')
  const result = await house.incidents.create(house.site, parsed.input, sam)
  if (result.kind !== 'done') throw new Error(result.kind)
  return result.record
}
const openMany = async (count: number, dueOf: (index: number) => number, more: (index: number) => object = () => ({})): Promise<void> => {
  for (let index = 0; index < count; index += 1) await openDueAt(dueOf(index), more(index))
}
const escalations = () => receiver.received.filter(({ body }) => body.type === 'escalation.fired')
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
const figures = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b)
  return { n: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? Number.NaN, min: sorted[0] ?? Number.NaN }
}
const of = (name: string) => escalations().map(({ at, body }) => (name === 'handed' ? at : Date.parse(String(body.data['firedAt']))) - Date.parse(String(body.data['dueAt'])))
const told = (what: string, fact: object) => process.stderr.write(`${what}: ${JSON.stringify(fact)}\n`)
const expectOnceAndNotEarly = (count: number) => {
  expect(new Set(escalations().map(({ id }) => id)).size).toBe(count)
  expect(escalations()).toHaveLength(count)
  expect(figures(of('fired')).min).toBeGreaterThanOrEqual(0)
}

describe('the promises', () => {
  it(`1: ${DUE} levels due in one second reach the receiver within 5 s p99, 15 s at worst, none early, none twice`, async () => {
    const start = Date.now() + 3_000 + DUE * 12
    await openMany(DUE, (index) => start + Math.floor((index * 1_000) / DUE))
    expect(Date.now()).toBeLessThan(start)
    await work()
    await until('all are told', () => escalations().length >= DUE, LONG_MS)
    const handed = figures(of('handed'))
    told(`${DUE} due in one second, lateness in ms`, { fired: figures(of('fired')), handed })
    expect(handed.p99).toBeLessThanOrEqual(5_000 * ROOM)
    expect(handed.max).toBeLessThanOrEqual(15_000 * ROOM)
    expectOnceAndNotEarly(DUE)
  }, LONG_MS)

  it(`3: ${OVERDUE} overdue levels are fired within 10 s of the start, the gravest first, each once`, async () => {
    await openMany(OVERDUE, () => 0, (index) => (index % 2 === 0 ? { impact: 3, urgency: 2 } : {}))
    const startedAt = Date.now()
    await work()
    await until('all are told', () => escalations().length >= OVERDUE, LONG_MS)
    const fired = escalations().map(({ body }) => ({ at: Date.parse(String(body.data['firedAt'])) - startedAt, priority: (body.data['incident'] as { priority: string }).priority }))
    const lastOf = (priority: string) => Math.max(...fired.filter((one) => one.priority === priority).map(({ at }) => at))
    const firstOf = (priority: string) => Math.min(...fired.filter((one) => one.priority === priority).map(({ at }) => at))
    told(`${OVERDUE} overdue at the start, ms after it`, { ...figures(fired.map(({ at }) => at)), lastP1: lastOf('P1'), firstP3: firstOf('P3') })
    expect(figures(fired.map(({ at }) => at)).max).toBeLessThanOrEqual(10_000 * ROOM)
    expect(lastOf('P1')).toBeLessThanOrEqual(firstOf('P3'))
    expectOnceAndNotEarly(OVERDUE)
  }, LONG_MS)

  const seed = freshSeed()
  it(`taskforcesh/bullmq#1658, #2466, #1656, #2151: Redis cut at random while ${CUT_TIMERS} levels fall due: each is fired within 5 s of the wire being whole again (TEST_SEED=${seed})`, async () => {
    const random = seeded(seed)
    const proxy = await openCutProxy(house.url)
    close.push(proxy.close)
    const spread = CUT_MOST_MS * 3
    const start = Date.now() + 2_000 + CUT_TIMERS * 12
    await openMany(CUT_TIMERS, () => start + random.int(0, spread))
    await work(proxy.url)
    const cuts: { from: number; to: number }[] = []
    while (Date.now() < start + spread) {
      const [whole, broken] = [random.int(200, Math.max(400, CUT_MOST_MS / 4)), random.int(Math.min(1_000, CUT_MOST_MS), CUT_MOST_MS)]
      const cutAt = Date.now() + whole
      await until('the wire is to be cut', () => Date.now() >= cutAt, LONG_MS)
      proxy.cut()
      await until('the wire is to be mended', () => Date.now() >= cutAt + broken, LONG_MS)
      proxy.mend()
      cuts.push({ from: cutAt, to: Date.now() })
    }
    await until('all are told', () => new Set(escalations().map(({ id }) => id)).size >= CUT_TIMERS, LONG_MS)
    // A level cannot be fired while the wire is cut: its lateness counts from when it was whole again.
    const late = escalations().map(({ body }) => {
      const [dueAt, firedAt] = [Date.parse(String(body.data['dueAt'])), Date.parse(String(body.data['firedAt']))]
      return firedAt - Math.max(dueAt, ...cuts.flatMap(({ to }) => (to > dueAt && to <= firedAt ? [to] : [])))
    })
    told(`${CUT_TIMERS} due over ${cuts.length} cuts of up to ${CUT_MOST_MS} ms, ms after the wire was whole`, figures(late))
    expect(figures(late).max).toBeLessThanOrEqual(5_000 * ROOM)
    expectOnceAndNotEarly(CUT_TIMERS)
  }, LONG_MS)
})
