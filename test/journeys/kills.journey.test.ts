import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { Incident, TimelineRow } from '../../server/contract/rows.ts'
import { report, webhookSecret } from '../support/incident-house.ts'
import { productProcesses, productToken, type ProductProcesses } from '../support/product-processes.ts'
import { until } from '../support/redis-server.ts'
import { freshSeed, seeded } from '../support/seeded.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

/** Workers, web server and Redis killed with SIGKILL in turn while levels fall due all the time, some acknowledged before. KILLS=100 in the soak. */
const KILLS = Number(process.env['KILLS'] ?? 6)
const WAIT_MS = 1_500
const AFTER_KILL_MS = 10_000
jest.setTimeout(60_000 + KILLS * 30_000)

let product: ProductProcesses
let receiver: WebhookReceiver
beforeAll(async () => {
  product = await productProcesses()
  receiver = await openWebhookReceiver(webhookSecret)
  await Promise.all([product.web.start(), product.workers.start()])
  await product.call('PUT', '/sites/north', { name: 'North', timeZone: 'Europe/London' })
  const policies = { default: { ownership: { levels: [{ targets: [{ webhook: 'noc' }], waitMs: WAIT_MS }, { targets: [{ webhook: 'noc' }], waitMs: WAIT_MS }], repeat: 0 }, deadline: { on: [] } } }
  const saved = await product.call('PUT', '/sites/north/settings', { channels: { webhooks: { noc: { url: receiver.url, secret: webhookSecret } } }, policies })
  expect(saved.status).toBe(200)
})
afterAll(async () => {
  await product.close()
  await receiver.close()
})

interface Opened {
  readonly ref: string
  readonly openedAt: number
  /** When the answer to the acknowledgement was here; null: nobody took it. */
  ackedAt: number | null
}

/** The same request under one key until it is answered: whatever was killed, it is carried out once. */
const surely = async <T>(path: string, body: object): Promise<T> => {
  const key = randomUUID()
  for (const end = Date.now() + 60_000; ; ) {
    const answer = await fetch(`${product.url}/api/v1${path}`, { method: 'POST', headers: { authorization: `Bearer ${productToken}`, 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body) }).catch(() => null)
    if (answer !== null && answer.status < 300) return (await answer.json()) as T
    if (answer !== null && answer.status !== 503 && answer.status !== 500) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    if (Date.now() > end) throw new Error(`${path} was not answered within a minute`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const timelineOf = async (ref: string): Promise<readonly TimelineRow[]> => {
  const { status, body } = await product.call<{ readonly items: readonly TimelineRow[] }>('GET', `/sites/north/incidents/${ref}/timeline?limit=1000`)
  if (status !== 200) throw new Error(`timeline of ${ref}: ${status}`)
  return body.items
}

describe('kill after kill', () => {
  const seed = freshSeed()
  it(`${KILLS} kills: no level missed, early, fired twice or told after its acknowledgement (TEST_SEED=${seed})`, async () => {
    const random = seeded(seed)
    const opened: Opened[] = []
    let killing = true
    const openings = async (): Promise<void> => {
      while (killing) {
        const { ref, openedAt } = await surely<Incident>('/sites/north/incidents', report)
        const one: Opened = { ref, openedAt: Date.parse(openedAt ?? ''), ackedAt: null }
        opened.push(one)
        if (random.chance(0.4)) {
          await surely(`/sites/north/incidents/${ref}/commands`, { type: 'acknowledge' })
          one.ackedAt = Date.now()
        }
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    }
    const opening = openings()
    const recovered: number[] = []
    for (let kill = 0; kill < KILLS; kill += 1) {
      const victim = ([product.workers, product.redis, product.web] as const)[kill % 3] ?? product.workers
      const at = Date.now() + random.int(500, 2_500)
      await until(() => Date.now() >= at, 'the moment of the kill')
      await victim.kill()
      await victim.start()
      recovered.push(Date.now())
    }
    killing = false
    await opening
    await product.ready()
    const untold = () => opened.filter(({ ref, ackedAt }) => ackedAt === null && receiver.received.filter(({ body }) => (body.data['incident'] as { ref: string }).ref === ref).length < 2)
    // A message whose sender was killed comes again after its lease of 30 s.
    await until(() => untold().length === 0, 'every level of every incident that nobody took is told', 90_000)

    const figures = { kills: KILLS, incidents: opened.length, acknowledged: 0, missed: 0, early: 0, twice: 0, afterAcknowledgement: 0, latest: 0 }
    for (const { ref, ackedAt } of opened) {
      const timeline = await timelineOf(ref)
      const fired = timeline.filter(({ type, data }) => type === 'level-fired' && data['ladder'] === 'ownership')
      const acked = timeline.find(({ type }) => type === 'acknowledged')
      if (acked !== undefined) figures.acknowledged += 1
      if (ackedAt === null && fired.length < 2) figures.missed += 1
      figures.twice += fired.length - new Set(fired.map(({ data }) => `${String(data['cycle'])}.${String(data['level'])}`)).size
      for (const { data, seq } of fired) {
        const late = Date.parse(String(data['firedAt'])) - Date.parse(String(data['dueAt']))
        if (late < 0) figures.early += 1
        figures.latest = Math.max(figures.latest, late)
        if (acked !== undefined && seq > acked.seq) figures.afterAcknowledgement += 1
      }
      // What began before the acknowledgement may still arrive; what begins after it never does.
      const begun = receiver.received.filter(({ body, at }) => (body.data['incident'] as { ref: string }).ref === ref && ackedAt !== null && at > ackedAt + 30_000)
      figures.afterAcknowledgement += begun.length
    }
    process.stderr.write(`kills: ${JSON.stringify(figures)}\n`)
    expect(figures).toMatchObject({ missed: 0, early: 0, twice: 0, afterAcknowledgement: 0 })
    // Killed one after the other, a level waits at most for its process to come back and what the promise allows.
    expect(figures.latest).toBeLessThan(AFTER_KILL_MS + 60_000)
    expect(receiver.forged).toEqual([])
    expect(recovered).toHaveLength(KILLS)
  })
})
