import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { parseReport } from '../../../server/contract/incidents.ts'
import { openIncidentWork } from '../../../workers/incident-work.ts'
import { openJobQueues } from '../../../workers/job-queues.ts'
import { ladder, openIncidentHouse, report, sam, webhookSecret, type IncidentHouse } from '../../support/incident-house.ts'
import { redisServer, type RedisServer } from '../../support/redis-server.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'
import { until } from '../../support/until.ts'

/** Redis refuses every ordinary write: what is due is told all the same, and can be acknowledged. */
jest.setTimeout(60_000)

let redis: RedisServer
let house: IncidentHouse
let receiver: WebhookReceiver
beforeAll(async () => {
  redis = redisServer()
  await redis.start()
  receiver = await openWebhookReceiver(webhookSecret)
  house = await openIncidentHouse({ url: redis.url, policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 1_500 }, { targets: [{ webhook: 'noc' }], waitMs: 600 }, { targets: [{ webhook: 'noc' }], waitMs: 60_000 }]), webhooks: { noc: { url: receiver.url, types: [] } } })
})
afterAll(async () => {
  await house.close()
  await receiver.close()
  await redis.remove()
})

const fill = async () => {
  const used = Number(/used_memory:(\d+)/.exec(await house.redis.info('memory'))?.[1])
  await house.redis.configSet('maxmemory', String(Math.floor(used / 2)))
}

describe('with memory full and BullMQ refusing every job', () => {
  it('levels fire on time, are told, and an acknowledgement stops them', async () => {
    const { redis: client, url, keys, sealed, settings, directory, site, log } = house
    const jobs = openJobQueues({ url, keys, log })
    const work = await openIncidentWork({ redis: client, redisUrl: url, jobs, keys, sealed, settings, directory, sites: () => [site], publicUrl: 'https://floor.example.org', outboundAllow: ['127.0.0.0/8'], now: () => Date.now(), log })
    const parsed = parseReport(report)
    if (!parsed.ok) throw new Error('not accepted')
    const result = await house.incidents.create(site, parsed.input, sam)
    if (result.kind !== 'done') throw new Error(JSON.stringify(result))
    // Others that fall due with it: their changes meet, and a transaction is refused whole.
    const others = await Promise.all(Array.from({ length: 5 }, () => house.incidents.create(site, parsed.input, sam)))
    expect(others.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'done'))
    await fill()
    await expect(client.set(`${keys.probe}:full`, 'x')).rejects.toThrow('OOM')
    await receiver.message(11)
    for (const { body } of receiver.received) {
      const late = Date.parse(String(body.data['firedAt'])) - Date.parse(String(body.data['dueAt']))
      expect(late).toBeGreaterThanOrEqual(0)
      expect(late).toBeLessThan(1_000)
    }
    const { ref } = result.record
    await until('both receipts', async () => (await house.incidents.timeline(site, ref, 0, 100))?.items.filter(({ type }) => type === 'delivered').length === 2)
    const taken = await house.incidents.command(site, ref, { type: 'acknowledge' }, { ...sam, person: { id: 'new-face', name: 'Somebody New' } })
    expect(taken).toMatchObject({ kind: 'done', record: { state: 'acknowledged', owner: 'new-face' } })
    expect(await client.zScore(keys.site(site).timersUrgent, `${ref}/ownership`)).toBeNull()
    await client.configSet('maxmemory', String(512 * 1024 * 1024))
    await work.close()
    await jobs.close()
  })
})
