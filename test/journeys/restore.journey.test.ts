import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { join } from 'node:path'
import type { Incident, TimelineRow } from '../../server/contract/rows.ts'
import { openBackup } from '../../server/redis/backup.ts'
import { connect } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { floorwatchCommand } from '../support/floorwatch-command.ts'
import { report, webhookSecret } from '../support/incident-house.ts'
import { productProcesses, type ProductProcesses } from '../support/product-processes.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { until } from '../support/redis-server.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

/** The drill of RELIABILITY F6: an old backup is restored over an installation that went on since. */
jest.setTimeout(180_000)

let product: ProductProcesses
let receiver: WebhookReceiver
beforeAll(async () => {
  product = await productProcesses()
  await Promise.all([product.web.start(), product.workers.start()])
  receiver = await openWebhookReceiver(webhookSecret)
})
afterAll(async () => {
  await receiver.close()
  await product.close()
})

interface FloorAnswer {
  readonly revision: string
  readonly totals: { readonly waiting: number }
}
const floor = async () => (await product.call<FloorAnswer>('GET', '/sites/north/floor')).body
const send = async (id: string) => (await product.call<{ accepted: number; duplicates: number }>('POST', '/sites/north/events', [{ id, type: 'contact.queued', occurredAt: new Date(Date.now() - 1_000).toISOString(), contactId: `c-${id}`, queueId: 'support', channel: 'voice' }])).body
const resend = async (id: string, occurredAt: string) => (await product.call<{ accepted: number; duplicates: number }>('POST', '/sites/north/events', [{ id, type: 'contact.queued', occurredAt, contactId: `c-${id}`, queueId: 'support', channel: 'voice' }])).body
const timeline = async (ref: string) => (await product.call<{ items: readonly TimelineRow[] }>('GET', `/sites/north/incidents/${ref}/timeline`)).body.items

describe('an old backup that is restored', () => {
  it('begins a new epoch, sends nothing again that was sent since, and takes again what sources send again', async () => {
    const floorwatch = floorwatchCommand(product.env)
    const [file, other] = [join(product.dataDir, 'old.jsonl.gz'), join(product.dataDir, 'older.jsonl.gz')]
    await product.call('PUT', '/sites/north', { name: 'North', timeZone: 'Europe/London' })
    const settings = { channels: { webhooks: { noc: { url: receiver.url, secret: webhookSecret } } }, policies: { default: { ownership: { levels: [{ targets: [{ webhook: 'noc' }], waitMs: 0 }, { targets: [{ webhook: 'noc' }], waitMs: 5_000 }], repeat: 0 } } } }
    expect((await product.call('PUT', '/sites/north/settings', settings)).status).toBe(200)
    const made = await floorwatch('backup', other, '--json')
    expect([made.code, made.err, JSON.parse(made.out)]).toMatchObject([0, '', { file: other, sites: 1 }])
    expect(await floorwatch('backup', other)).toMatchObject({ code: 1, err: `${other} exists already\n` })
    const [before, since] = [new Date(Date.now() - 5_000).toISOString(), new Date(Date.now() - 4_000).toISOString()]
    expect(await resend('before', before)).toMatchObject({ accepted: 1 })
    const { ref } = (await product.call<Incident>('POST', '/sites/north/incidents', report)).body
    await receiver.message(0, 20_000)
    await until(async () => (await timeline(ref)).some(({ type }) => type === 'delivered'), 'the receipt of level 1', 20_000)
    const told = receiver.received.length

    // In this process, so that level 2 is still to come however slow the machine is at starting another.
    const redis = await connect({ url: product.redis.url, name: 'backup', log: recordingLog() })
    expect(await openBackup({ redis, keys: keysUnder() })(file)).toMatchObject({ sites: 1 })
    redis.destroy()
    expect(receiver.received.length).toBe(told)
    const atBackup = await floor()
    expect(atBackup.totals.waiting).toBe(1)

    // Life goes on: another contact, and the ladder climbs.
    expect(await resend('since', since)).toMatchObject({ accepted: 1 })
    await until(() => receiver.received.length > told, 'level 2', 20_000)
    await until(async () => (await timeline(ref)).filter(({ type }) => type === 'delivered').length >= 2, 'the receipt of level 2', 20_000)
    const sent = receiver.received.map(({ id }) => id)

    const busy = await floorwatch('restore', file, '--replace')
    expect([busy.code, busy.err]).toEqual([1, expect.stringMatching(/^Floorwatch runs \(floorwatch-web, floorwatch-workers\): stop it first\n$/)])
    await Promise.all([product.web.kill(), product.workers.kill()])
    await until(async () => (await floorwatch('restore', file)).err.startsWith('Redis holds an installation already'), 'its connections are closed')
    const restored = await floorwatch('restore', file, '--replace', '--json')
    expect([restored.code, restored.err, JSON.parse(restored.out)]).toMatchObject([0, '', { sites: 1, sentSince: sent.length - told }])

    await Promise.all([product.web.start(), product.workers.start()])
    await product.ready()
    const after = await floor()
    expect(after.totals.waiting).toBe(1)
    expect(after.revision.split('.')[0]).not.toBe(atBackup.revision.split('.')[0])
    expect(await resend('before', before)).toMatchObject({ accepted: 0, duplicates: 1 })
    expect(await resend('since', since)).toMatchObject({ accepted: 1, duplicates: 0 })
    // Level 2 was pending in the backup: it climbs again, and nobody is told again.
    await until(async () => (await timeline(ref)).some((row) => row.type === 'level-fired' && row.data['level'] === 2), 'level 2 fires', 30_000)
    await until(async () => (await send('settled')).accepted === 1, 'it goes on')
    expect(receiver.received.map(({ id }) => id).slice(sent.length)).toEqual([])
    expect(await floorwatch('verify-audit')).toMatchObject({ code: 0 })
  })
})
