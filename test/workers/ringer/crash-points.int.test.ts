import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { parseReport } from '../../../server/contract/incidents.ts'
import { openIncidentLog, type IncidentLog } from '../../../server/redis/incident-log.ts'
import { openIncidentOutbox, type IncidentOutbox } from '../../../server/redis/incident-outbox.ts'
import { openIncidentRules } from '../../../server/redis/incident-rules.ts'
import { openPageLinks } from '../../../server/redis/page-links.ts'
import { openReplyCodes } from '../../../server/redis/reply-codes.ts'
import { openIncidentTimers } from '../../../server/redis/incident-timers.ts'
import type { Channel } from '../../../workers/channels/channel.ts'
import { openWebhookChannel } from '../../../workers/channels/webhook.ts'
import { openDeliveries } from '../../../workers/deliver.ts'
import { noBell } from '../../../workers/ringer/bell.ts'
import { openRinger } from '../../../workers/ringer/ringer.ts'
import { openWakes } from '../../../workers/ringer/wakes.ts'
import { ladder, openIncidentHouse, report, sam, webhookSecret, type IncidentHouse } from '../../support/incident-house.ts'
import { until } from '../../support/until.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

/** A worker that dies at each step between falling due and the receipt: the next one finishes, and each effect happens once. */
jest.setTimeout(60_000)

let receiver: WebhookReceiver
let house: IncidentHouse
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  receiver = await openWebhookReceiver(webhookSecret)
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 0 }]), webhooks: { noc: { url: receiver.url, types: [] } } })
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await house.close()
  await receiver.close()
  expect(receiver.forged).toEqual([])
})

/** Never comes back, as if the process had been killed in the middle of it. */
const died = () => new Promise<never>(() => undefined)
type Point = 'before the firing is written' | 'after the firing is written' | 'after the delivery is claimed' | 'after the message is sent' | 'after the receipt is written'
const points: readonly Point[] = ['before the firing is written', 'after the firing is written', 'after the delivery is claimed', 'after the message is sent', 'after the receipt is written']

/** A worker that dies at a point; `reached` resolves when it is there. */
const worker = async (dieAt: Point | null) => {
  const { redis, keys, url, log, settings, directory, sealed, site } = house
  let reached: () => void = () => undefined
  const dead = new Promise<void>((resolve) => {
    reached = resolve
  })
  let alive = true
  const die = (): Promise<never> => {
    alive = false
    reached()
    return died()
  }
  const real = openIncidentLog({ redis, keys })
  const incidentLog: IncidentLog = {
    ...real,
    apply: async (of, change) => {
      if (!alive) return died()
      const receipt = change.settled !== undefined
      if (dieAt === 'before the firing is written' && !receipt) return die()
      if (dieAt === 'after the message is sent' && receipt) return die()
      const applied = await real.apply(of, change)
      if ((dieAt === 'after the firing is written' && !receipt) || (dieAt === 'after the receipt is written' && receipt)) return die()
      return applied
    },
  }
  const realOutbox = openIncidentOutbox({ redis, keys })
  const outbox: IncidentOutbox = {
    ...realOutbox,
    claim: async (...args) => {
      if (!alive) return died()
      const claim = await realOutbox.claim(...args)
      // Its answer came to a process that had died meanwhile.
      if (!alive) return died()
      return dieAt === 'after the delivery is claimed' && claim.rows.length > 0 ? die() : claim
    },
  }
  const realTimers = openIncidentTimers({ redis, keys })
  const webhook: Channel = openWebhookChannel({ settings, allow: ['127.0.0.0/8'], now: () => Date.now() })
  const wakes = await openWakes({ url, keys, log })
  const rules = openIncidentRules(settings)
  const ringer = openRinger({ incidentLog, rules, settings, directory, timers: { claim: (...args) => (alive ? realTimers.claim(...args) : died()), keep: (...args) => (alive ? realTimers.keep(...args) : died()) }, wakes, bell: noBell, sites: () => [site], log })
  const deliveries = openDeliveries({ incidentLog, outbox, rules, texts: sealed.texts, channels: { webhook }, links: openPageLinks({ redis, keys, sessionSecret: 'secret of the links in these tests' }), replyCodes: openReplyCodes({ redis, keys }), silent: () => false, wakes, sites: () => [site], urlOf: async () => receiver.url, publicUrl: 'https://floor.example.org', log })
  return {
    dead,
    // A dead worker has promises that never end: its loops are stopped, the rest is not waited for.
    close: async () => {
      void ringer.close()
      void deliveries.close()
      await wakes.close()
    },
  }
}

/** What a dead sender holds comes back after its lease of 30 s: here the lease is ended by hand. */
const endSendLease = async () => {
  const at = house.keys.site(house.site)
  for (const id of await house.redis.zRange(at.outboxDue, 0, -1)) await house.redis.zAdd(at.outboxDue, { score: Date.now() - 1, value: id })
}

describe.each(points)('a worker that dies %s', (point) => {
  it('is finished by the next one, with one effect', async () => {
    const first = await worker(point)
    const parsed = parseReport(report)
    if (!parsed.ok) throw new Error('not accepted')
    const result = await house.incidents.create(house.site, parsed.input, sam)
    if (result.kind !== 'done') throw new Error(JSON.stringify(result))
    await first.dead
    await first.close()
    await endSendLease()
    closing.push((await worker(null)).close)
    const { ref } = result.record
    const items = await until('the receipt', async () => {
      const page = await house.incidents.timeline(house.site, ref, 0, 100)
      return page !== null && page.items.some(({ type }) => type === 'delivered') && page.items
    })
    expect(items.filter(({ type }) => type === 'level-fired')).toHaveLength(1)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(receiver.received.length).toBe(point === 'after the message is sent' ? 2 : 1)
    const at = house.keys.site(house.site)
    await until('nothing is left in flight', async () => (await house.redis.zCard(at.inFlight)) + (await house.redis.zCard(at.outboxDue)) + (await house.redis.hLen(at.outboxLeases)) === 0)
  })
})
