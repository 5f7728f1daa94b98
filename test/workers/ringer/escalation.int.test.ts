import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport } from '../../../server/contract/incidents.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { openIncidentLog } from '../../../server/redis/incident-log.ts'
import { openIncidentRules } from '../../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../../server/redis/incident-timers.ts'
import { openIncidentWork, type IncidentWork } from '../../../workers/incident-work.ts'
import { openJobQueues } from '../../../workers/job-queues.ts'
import { whileKept } from '../../../workers/ringer/keep-claim.ts'
import { openRinger } from '../../../workers/ringer/ringer.ts'
import { openWakes } from '../../../workers/ringer/wakes.ts'
import { ada, ladder, openIncidentHouse, report, sam, webhookSecret, type IncidentHouse } from '../../support/incident-house.ts'
import { until } from '../../support/until.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

const levels = ladder([
  { targets: [{ webhook: 'noc' }], waitMs: 0 },
  { targets: [{ role: 'duty-manager' }, { webhook: 'noc' }], waitMs: 400 },
  { targets: [{ webhook: 'noc' }], waitMs: 400 },
])

let receiver: WebhookReceiver
let house: IncidentHouse
let work: IncidentWork | null = null

beforeEach(async () => {
  receiver = await openWebhookReceiver(webhookSecret)
  house = await openIncidentHouse({ policy: levels, webhooks: { noc: { url: receiver.url, types: [] } } })
})
afterEach(async () => {
  await work?.close()
  work = null
  await house.close()
  await receiver.close()
  expect(receiver.forged).toEqual([])
})

/** A house whose ladder has one level: what a slow machine does meanwhile is not the next one's message. */
const withOneLevel = async () => {
  await house.close()
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 0 }]), webhooks: { noc: { url: receiver.url, types: [] } } })
}
const start = async ({ bell = true } = {}) => {
  const jobs = bell ? openJobQueues({ url: house.url, keys: house.keys, log: house.log }) : null
  const { redis, url, keys, sealed, settings, directory, site, log } = house
  const opened = await openIncidentWork({ redis, redisUrl: url, jobs, keys, sealed, settings, directory, sites: () => [site], publicUrl: 'https://floor.example.org', outboundAllow: ['127.0.0.0/8'], now: () => Date.now(), log })
  work = {
    ...opened,
    close: async () => {
      await opened.close()
      await jobs?.close()
    },
  }
}
const open = async () => {
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('the report is not accepted')
  const result = await house.incidents.create(house.site, parsed.input, sam)
  if (result.kind !== 'done') throw new Error(JSON.stringify(result))
  return result.record
}
const settled = () => until('the outbox is empty', async () => (await house.redis.zCard(house.keys.site(house.site).outboxDue)) === 0)

const expectLadder = (lateness: number) => {
  for (const { body } of receiver.received) {
    const { dueAt, firedAt } = body.data
    const late = Date.parse(String(firedAt)) - Date.parse(String(dueAt))
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThan(lateness)
  }
}

describe('an unacknowledged P1', () => {
  it('fires each level within a second of due, never early, with the payload of the contract', async () => {
    await start()
    const record = await open()
    const third = await receiver.message(2)
    await settled()
    expect(receiver.received.map(({ body }) => [body.type, body.data['level'], body.data['cycle']])).toEqual([1, 2, 3].map((level) => ['escalation.fired', level, 1]))
    expectLadder(1_000)
    const openedAt = record.openedAt ?? 0
    expect(receiver.received.map(({ body }) => Date.parse(String(body.data['dueAt'])) - openedAt)).toEqual([0, 400, 800])
    expect(third.body.data).toEqual({
      incident: { ref: record.ref, priority: 'P1', title: report.title, category: 'technology', service: 'Payments', state: 'open' },
      ladder: 'ownership',
      level: 3,
      cycle: 1,
      dueAt: expect.any(String),
      firedAt: expect.any(String),
      targets: [{ webhook: 'noc' }],
      link: `https://floor.example.org/incidents/${record.ref}`,
    })
    const types = (await house.incidents.timeline(house.site, record.ref, 0, 100))?.items.map(({ type }) => type)
    expect(types?.filter((type) => type === 'level-fired')).toHaveLength(3)
    expect(types?.filter((type) => type === 'delivered')).toHaveLength(3)
  })

  it('acknowledged between two levels sends nothing more', async () => {
    await start()
    const record = await open()
    await receiver.message(0)
    const taken = await house.incidents.command(house.site, record.ref, { type: 'acknowledge' }, ada)
    expect(taken.kind).toBe('done')
    const at = house.keys.site(house.site)
    // What would have been due by now: nothing is left to wait for, in any queue.
    expect(await house.redis.zScore(at.timersUrgent, `${record.ref}/ownership`)).toBeNull()
    expect(await house.redis.zCard(at.outboxDue)).toBe(0)
    await until('the time of level 3 has passed', () => Date.now() > (record.openedAt ?? 0) + 1_200)
    expect(receiver.received).toHaveLength(1)
  })

  it('is told by the sweeper when no job queue takes anything', async () => {
    await start({ bell: false })
    await open()
    await receiver.message(2)
    expectLadder(1_000)
    await settled()
    expect(receiver.received).toHaveLength(3)
  })

  it('is told when claims were taken by a worker that died', async () => {
    const record = await open()
    const timers = openIncidentTimers({ redis: house.redis, keys: house.keys })
    const dead = await until('level 1 is due', async () => {
      const claim = await timers.claim(house.site, 'dead-worker')
      return claim.timers.length > 0 && claim
    })
    expect(dead.timers.map(({ id }) => id)).toEqual([`${record.ref}/ownership`])
    await start()
    const first = await receiver.message(0)
    const late = Date.parse(String(first.body.data['firedAt'])) - Date.parse(String(first.body.data['dueAt']))
    expect(late).toBeLessThan(10_000)
    await receiver.message(2)
    await settled()
    expect(receiver.received).toHaveLength(3)
  })

  it('stays with the worker that works on it, for as long as that takes', async () => {
    await open()
    const [slow, other] = [800, 800].map((leaseMs) => openIncidentTimers({ redis: house.redis, keys: house.keys, leaseMs }))
    if (slow === undefined || other === undefined) throw new Error('no timers')
    const { timers, now } = await slow.claim(house.site, 'slow-worker')
    let others = 0
    await whileKept({ timers: slow, log: house.log, everyMs: 60 }, { site: house.site, token: 'slow-worker', claimedAt: now, timers }, () =>
      until('two leases have passed', async () => {
        const claim = await other.claim(house.site, 'other-worker')
        others += claim.timers.length
        return claim.now > now + 1_600
      }),
    )
    expect(others).toBe(0)
    await until('nobody keeps it', async () => (await other.claim(house.site, 'other-worker')).timers.length === 1)
    expect(await slow.keep(house.site, 'slow-worker', timers.map(({ id }) => id))).toBe(0)
  })

  it('fires once however many workers there are', async () => {
    await start()
    const first = work
    await start()
    await open()
    await receiver.message(2)
    await settled()
    expect(receiver.received).toHaveLength(3)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3)
    await first?.close()
  })
})

describe('a receiver that fails', () => {
  it('is tried again with the same id', async () => {
    receiver.answerWith((response) => response.writeHead(500, { 'retry-after': '1' }).end())
    await start()
    const record = await open()
    const [failed, again] = [await receiver.message(0), await until('the first message again', () => receiver.received.filter(({ body }) => body.data['level'] === 1)[1])]
    expect(again.id).toBe(failed.id)
    expect(record.ref).toBe((again.body.data['incident'] as { ref: string }).ref)
  })

  it('is not tried again after the acknowledgement', async () => {
    await withOneLevel()
    receiver.answerWith((response) => response.writeHead(503, { 'retry-after': '1' }).end())
    await start()
    const record = await open()
    await receiver.message(0)
    await until('the row waits for its next try', async () => (await house.redis.hVals(house.keys.site(house.site).outbox)).some((row) => String(row).includes('"attempts":1')))
    await house.incidents.command(house.site, record.ref, { type: 'acknowledge' }, sam)
    expect(await house.redis.zCard(house.keys.site(house.site).outboxDue)).toBe(0)
    await until('its next try would have been', () => Date.now() > (receiver.received[0]?.at ?? 0) + 1_500)
    expect(receiver.received).toHaveLength(1)
  })

  it('that is gone is disabled, and the message lies among the dead letters', async () => {
    receiver.answerWith((response) => response.writeHead(410).end())
    await start()
    const record = await open()
    const at = house.keys.site(house.site)
    const dead = await until('a dead letter', async () => (await house.redis.hVals(at.deadLetters))[0])
    expect(JSON.parse(String(dead))).toMatchObject({ ref: record.ref, attempts: 1, lastError: 'answered 410 Gone' })
    expect(await house.redis.hExists(at.channelsDisabled, 'noc')).toBe(1)
  })
})

describe('time', () => {
  it.each([3_000, -3_000])('is that of Redis: a worker whose clock is %i ms off fires on time, says so, and takes no jobs of others until it is right (INCIDENTS 2.11, row 8)', async (offMs) => {
    const { redis, url, keys, settings, directory, site, log } = house
    let off = offMs
    const taking: boolean[] = []
    const wakes = await openWakes({ url, keys, log })
    const ringer = openRinger({ incidentLog: openIncidentLog({ redis, keys }), rules: openIncidentRules(settings), settings, directory, timers: openIncidentTimers({ redis, keys }), wakes, bell: () => ({ ring: async () => false, take: (jobs) => void taking.push(jobs) }), sites: () => [site], log, clock: () => Date.now() + off, sweepEveryMs: 100 })
    await until('the alarm', () => taking.length === 1)
    const { ref } = await open()
    const fired = await until('the level', async () => (await house.incidents.timeline(site, ref, 0, 100))?.items.find(({ type }) => type === 'level-fired'))
    const late = Date.parse(String(fired.data['firedAt'])) - Date.parse(String(fired.data['dueAt']))
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThan(1_000)
    off = 0
    await until('the clock is right again', () => taking.length === 2)
    expect(taking).toEqual([false, true])
    expect(log.lines.filter(({ text }) => /^the clock of this machine is 3 s (ahead of|behind) that of Redis/.test(text))).toHaveLength(1)
    await ringer.close()
    await wakes.close()
  })

  it('is that of Redis: a claim before due finds nothing', async () => {
    house.change({ policies: { default: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 60_000 }]) } })
    const record = await open()
    const claim = await openIncidentTimers({ redis: house.redis, keys: house.keys }).claim(house.site, 'early')
    expect(claim.timers).toEqual([])
    expect(claim.lookAgainAt).toBe(instantOf((record.openedAt ?? 0) + 60_000))
  })
})
