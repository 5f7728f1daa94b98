import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport } from '../../server/contract/incidents.ts'
import { defaultSettings } from '../../server/contract/settings/defaults.ts'
import { openPushSubscriptions } from '../../server/redis/push-subscriptions.ts'
import { openVapid } from '../../server/redis/vapid.ts'
import { openIncidentWork } from '../../workers/incident-work.ts'
import { ada, ladder, openIncidentHouse, report, sam, webhookSecret, type IncidentHouse } from '../support/incident-house.ts'
import { until } from '../support/until.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

let receiver: WebhookReceiver
let house: IncidentHouse
beforeEach(async () => {
  receiver = await openWebhookReceiver(webhookSecret)
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 0 }]), webhooks: { noc: { url: receiver.url, types: [] } } })
})
afterEach(async () => {
  await house.close()
  await receiver.close()
})

const log = async (more: object) => {
  const parsed = parseReport({ ...report, ...more })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  const result = await house.incidents.create(house.site, parsed.input, sam)
  if (result.kind !== 'done') throw new Error(result.kind)
  return result.record
}
const timeline = async (ref: string) => (await house.incidents.timeline(house.site, ref, 0, 1_000))?.items ?? []

describe('reports of one key', () => {
  it('Netflix/dispatch#3239, keephq/keep#1549, #2205: fifty at once are exactly one incident and forty-nine reports', async () => {
    const records = await Promise.all(Array.from({ length: 50 }, () => log({ dedupKey: 'trunk-7' })))
    expect(new Set(records.map(({ ref }) => ref)).size).toBe(1)
    const [first] = records
    expect((await timeline(first?.ref ?? '')).filter(({ type }) => type === 'report-attached')).toHaveLength(49)
    expect(await house.redis.zCard(house.keys.site(house.site).incidents)).toBe(1)
  })

  it('of another key, and without one, are incidents of their own', async () => {
    const refs = [await log({ dedupKey: 'a' }), await log({ dedupKey: 'b' }), await log({}), await log({})].map(({ ref }) => ref)
    expect(new Set(refs).size).toBe(4)
  })

  it('after the resolution open another', async () => {
    const first = await log({ dedupKey: 'a' })
    await house.incidents.command(house.site, first.ref, { type: 'resolve', code: 'fixed', text: 'done', serviceRestored: true }, ada)
    const second = await log({ dedupKey: 'a' })
    expect(second.ref).not.toBe(first.ref)
    expect((await log({ dedupKey: 'a' })).ref).toBe(second.ref)
  })

  it('after a merge are attached to the incident it was merged into (INCIDENTS 2.11 row 6)', async () => {
    const [target, between, source] = [await log({}), await log({}), await log({ dedupKey: 'a' })]
    for (const [from, into] of [[source, between], [between, target]] as const) expect((await house.incidents.command(house.site, from.ref, { type: 'merge', into: into.ref }, ada)).kind).toBe('done')
    const answered = await log({ dedupKey: 'a' })
    expect([answered.ref, answered.reports]).toEqual([target.ref, 1])
    expect((await log({ dedupKey: 'a' })).ref).toBe(target.ref)
    await house.incidents.command(house.site, target.ref, { type: 'resolve', code: 'fixed', text: 'done', serviceRestored: true }, ada)
    expect([source.ref, between.ref, target.ref]).not.toContain((await log({ dedupKey: 'a' })).ref)
  })
})

describe('a site that is only played', () => {
  it('is told by its simulated phones, receipted, until somebody takes it; nothing leaves the machine', async () => {
    const { redis, url, keys, sealed, settings, directory, site, log: logger } = house
    const phone = { urgent: ['sms'], routine: [], verified: ['sms'], quiet: null } as const
    house.people({ contacts: { sam: phone, ada: phone } })
    house.change({ policies: { default: ladder([{ targets: [{ role: 'supervisor' }, { webhook: 'noc' }], waitMs: 0 }, { targets: [{ role: 'duty-manager' }], waitMs: 60_000 }]) } })
    const dataKey = randomBytes(32)
    const ways = { settings: { document: async () => defaultSettings, secret: async () => null, keyOf: async () => null }, subscriptions: openPushSubscriptions({ redis, keys, notices: { publish: async () => undefined, on: () => () => undefined }, dataKey }), vapid: openVapid({ redis, keys, dataKey }), smtp: null, sessionSecret: 'a secret for these tests only', silent: () => true }
    const work = await openIncidentWork({ redis, redisUrl: url, jobs: null, keys, sealed, settings, directory, ways, sites: () => [site], publicUrl: 'https://floor.example.org', outboundAllow: ['127.0.0.0/8'], now: () => Date.now(), log: logger })
    try {
      const { ref } = await log({})
      const receipt = await until('the receipt', async () => (await timeline(ref)).find(({ type }) => type === 'delivered'), 20_000)
      expect(receipt.data).toMatchObject({ channel: 'sms', target: 'sam', detail: 'a simulated phone shows it: nothing left the machine' })
      const record = await house.incidents.get(site, ref)
      expect(record).toMatchObject({ level: 1, next: { level: 2, targets: ['role:duty-manager'] } })
      await house.incidents.command(site, ref, { type: 'acknowledge' }, ada)
      expect(await house.incidents.get(site, ref)).toMatchObject({ state: 'acknowledged', next: null })
      expect((await timeline(ref)).filter(({ type }) => ['level-skipped', 'ladder-unmanned', 'delivery-failed'].includes(type))).toEqual([])
      expect(receiver.received).toHaveLength(0)
    } finally {
      await work.close()
    }
  })
})

describe('a drill', () => {
  it('climbs its ladder, says of each message that it was not sent, and sends nothing', async () => {
    const { redis, url, keys, sealed, settings, directory, site, log: logger } = house
    const work = await openIncidentWork({ redis, redisUrl: url, jobs: null, keys, sealed, settings, directory, sites: () => [site], publicUrl: 'https://floor.example.org', outboundAllow: ['127.0.0.0/8'], now: () => Date.now(), log: logger })
    try {
      const { ref } = await log({ drill: true })
      await until('the message is settled', async () => (await timeline(ref)).some(({ type }) => type === 'delivered'), 20_000)
      expect((await timeline(ref)).map(({ type }) => type)).toEqual(expect.arrayContaining(['level-fired', 'delivered']))
      expect((await timeline(ref)).find(({ type }) => type === 'delivered')?.data['detail']).toContain('drill')
      await log({})
      await receiver.message(0, 20_000)
      expect(receiver.received).toHaveLength(1)
    } finally {
      await work.close()
    }
  })
})
