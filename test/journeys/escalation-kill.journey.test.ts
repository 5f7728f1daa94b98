import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Incident, TimelineRow } from '../../server/contract/rows.ts'
import { report, webhookSecret } from '../support/incident-house.ts'
import { productProcesses, type ProductProcesses } from '../support/product-processes.ts'
import { until } from '../support/redis-server.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

/** Real processes, killed while a level is pending: what is due fires within 10 s of recovery, once, never early. */
jest.setTimeout(120_000)

let product: ProductProcesses
let receiver: WebhookReceiver
const WAIT_MS = 3_000

beforeAll(async () => {
  product = await productProcesses()
  await Promise.all([product.web.start(), product.workers.start()])
  expect((await product.call('PUT', '/sites/north', { name: 'North', timeZone: 'Europe/London' })).status).toBe(201)
})
afterAll(() => product.close())
beforeEach(async () => {
  await product.ready()
  receiver = await openWebhookReceiver(webhookSecret)
  const settings = {
    channels: { webhooks: { noc: { url: receiver.url, secret: webhookSecret } } },
    policies: { default: { ownership: { levels: [{ targets: [{ webhook: 'noc' }], waitMs: 0 }, { targets: [{ webhook: 'noc' }], waitMs: WAIT_MS }], repeat: 0 } } },
  }
  expect(await product.call('PUT', '/sites/north/settings', settings)).toMatchObject({ status: 200 })
})
afterEach(async () => {
  await receiver.close()
  expect(receiver.forged).toEqual([])
})

const open = async (): Promise<Incident> => {
  const { status, body } = await product.call<Incident>('POST', '/sites/north/incidents', report)
  expect(status).toBe(201)
  return body
}
/** Nothing is known while the answer is a problem: Redis and the web server come back at their own pace. */
const timelineOf = async ({ ref }: Incident): Promise<readonly TimelineRow[]> => {
  const { status, body } = await product.call<{ items: readonly TimelineRow[] }>('GET', `/sites/north/incidents/${ref}/timeline`)
  if (status === 503) return []
  expect(status).toBe(200)
  return body.items
}
/** Level 1 is told and its receipt written; killed before that, it would be told again under the same id after its lease of 30 s. */
const openAndTold = async (): Promise<Incident> => {
  const incident = await open()
  await receiver.message(0)
  await until(async () => (await timelineOf(incident)).some(({ type }) => type === 'delivered'), 'the receipt of level 1')
  return incident
}
/** The level that was pending: fired late by at most 10 s after `recoveredAt`, at or after its due time, and once. */
const firedOnce = async (incident: Incident, recoveredAt: number) => {
  const second = await receiver.message(1, 15_000)
  expect(second.at - recoveredAt).toBeLessThan(10_000)
  expect(second.body.data).toMatchObject({ level: 2, dueAt: new Date(Date.parse(incident.openedAt ?? '') + WAIT_MS).toISOString() })
  expect(Date.parse(String(second.body.data['firedAt']))).toBeGreaterThanOrEqual(Date.parse(String(second.body.data['dueAt'])))
  let timeline: readonly TimelineRow[] = []
  await until(async () => {
    timeline = await timelineOf(incident)
    return timeline.filter(({ type }) => type === 'delivered').length === 2
  }, 'both receipts are in the timeline')
  expect(timeline.filter(({ type }) => type === 'level-fired')).toHaveLength(2)
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2)
  expect(receiver.received).toHaveLength(2)
}
const pastDue = (incident: Incident) => until(() => Date.now() > Date.parse(incident.openedAt ?? '') + WAIT_MS + 500, 'level 2 is overdue')

describe('a level that is pending', () => {
  it('fires when the workers were killed and come back', async () => {
    const incident = await openAndTold()
    await product.workers.kill()
    await pastDue(incident)
    expect(receiver.received).toHaveLength(1)
    await product.workers.start()
    await firedOnce(incident, Date.now())
  })

  it('fires when Redis was killed and comes back', async () => {
    const incident = await openAndTold()
    await product.redis.kill()
    await pastDue(incident)
    await product.redis.start()
    const backAt = Date.now()
    await firedOnce(incident, backAt)
    await product.ready()
    expect(Date.now() - backAt).toBeLessThan(10_000)
  })

  it('fires on time when the web server was killed', async () => {
    const incident = await openAndTold()
    await product.web.kill()
    const second = await receiver.message(1, 15_000)
    expect(Date.parse(String(second.body.data['firedAt'])) - Date.parse(String(second.body.data['dueAt']))).toBeLessThan(1_000)
    await product.web.start()
    await firedOnce(incident, Date.now())
  })

  it('is not told when it was acknowledged while the workers were away', async () => {
    const incident = await openAndTold()
    await product.workers.kill()
    await pastDue(incident)
    expect((await product.call('POST', `/sites/north/incidents/${incident.ref}/commands`, { type: 'acknowledge' })).status).toBe(200)
    await product.workers.start()
    const marker = await open()
    await until(() => receiver.received.some(({ body }) => (body.data['incident'] as { ref: string }).ref === marker.ref), 'the workers send again')
    expect(receiver.received.filter(({ body }) => (body.data['incident'] as { ref: string }).ref === incident.ref)).toHaveLength(1)
  })
})
