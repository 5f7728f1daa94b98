import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { BreachRule } from '../../../server/domain/breach/rule.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { weeksBefore } from '../../../server/domain/business-day.ts'
import { instantOf, MINUTE, QUARTER_HOUR, type Instant } from '../../../server/domain/time.ts'
import { openBreaches } from '../../../server/redis/breaches.ts'
import { openFloorLog, type FloorLog } from '../../../server/redis/floor-log.ts'
import { openHistory } from '../../../server/redis/history.ts'
import { encodeFigures, fieldOf } from '../../../server/redis/row-codec.ts'
import { dayOf } from '../../../server/redis/seen.ts'
import { openReplicas, type Replicas } from '../../../server/replica/replicas.ts'
import type { OpenPart } from '../../../workers/keeper/keeper.ts'
import { watchBreaches } from '../../../workers/keeper/watch-breaches.ts'
import { watchFeeds } from '../../../workers/keeper/watch-feeds.ts'
import { intervalFigures } from '../../support/interval-figures.ts'
import { openIncidentHouse, sam, type IncidentHouse } from '../../support/incident-house.ts'
import { until } from '../../support/until.ts'

const rule: BreachRule = { id: 'oldest-wait', metric: 'oldestWaitMs', queue: '*', window: 'now', bound: { side: 'above', targetTimes: 2 }, forMs: 0, clearAt: null, minimum: 3, raise: { category: 'service-level', impact: 3, urgency: 2 }, collapse: true }

let house: IncidentHouse
let replicas: Replicas
let log: FloorLog
let parts: OpenPart[] = []
let ahead = 0

const now = (): Instant => instantOf(Date.now() + ahead)
const watch = async (holds = () => true, rules: readonly BreachRule[] = [rule]): Promise<void> => {
  const part = watchBreaches({ breaches: openBreaches(house), history: openHistory({ ...house, now }), incidents: house.incidents, rules: async () => rules, onSettings: () => () => undefined, now, log: house.log })
  parts.push(await part({ site: house.site, replica: await replicas.get(house.site), fence: '1', holds } as never))
}
const contact = (id: string) => ({ contactId: id, legId: null, rootContactId: null, queueId: 'support', channel: 'voice' as const, direction: 'in' as const, source: null, seq: null })
const queued = (...ids: readonly string[]) =>
  log.append(house.site, { kind: 'facts', facts: ids.map((id) => ({ ...contact(id), id: `${id}-queued`, type: 'contact.queued' as const, occurredAt: instantOf(Date.now()), subject: null, previousEndAt: null, position: null, waitingInQueue: null })) })
const abandoned = (...ids: readonly string[]) =>
  log.append(house.site, { kind: 'facts', facts: ids.map((id) => ({ ...contact(id), id: `${id}-gone`, type: 'contact.abandoned' as const, occurredAt: instantOf(Date.now()), waitMs: null, position: null, uncertain: false })) })
const raised = async () => (await house.incidents.list(house.site, { states: null, priorities: null, words: null, area: null, below: null, limit: 100 })).items
const notes = async (ref: string) => ((await house.incidents.timeline(house.site, ref, 0, 100))?.items ?? []).map(({ text }) => text)

beforeEach(async () => {
  ahead = 0
  house = await openIncidentHouse()
  log = openFloorLog(house)
  replicas = openReplicas({ url: house.url, redis: house.redis, keys: house.keys, log: house.log, fold: { createFloor, floorFromBase }, sites: { get: (id) => ({ id, name: 'North', timeZone: 'Europe/London', founded: { id, name: 'North', timeZone: 'Europe/London' } }) } })
})
afterEach(async () => {
  for (const part of parts) await part.close()
  parts = []
  await replicas.close()
  await house.close()
})

jest.setTimeout(20_000)

describe('the watch over breach rules', () => {
  it('raises one incident with the evidence frozen in, when waits pass twice the target by time alone', async () => {
    await queued('c1', 'c2', 'c3')
    await watch()
    expect(await raised()).toHaveLength(0)
    // The wait crosses 40 s a moment from now: no event says so.
    ahead = 39_800
    await queued('c4')
    await until('the incident', async () => (await raised()).length === 1)
    const [incident] = await raised()
    expect(incident).toMatchObject({ state: 'open', channel: 'monitoring', category: 'service-level', priority: 'P3', queue: 'support' })
    expect(incident?.title).toMatch(/^support: oldest wait 0:4\d, limit 0:40$/)
    expect(incident?.nature).toContain('4 waiting')
    // The rule calls it a collapse: a duty manager decides whether it is a major incident.
    await until('the proposal', async () => (await raised())[0]?.majorIncident?.stage === 'standby')
  })

  it('closes a proposal that nobody took when its cause clears, and raises a new one the next time', async () => {
    await queued('c1', 'c2', 'c3')
    ahead = 45_000
    await watch()
    await until('the incident', async () => (await raised()).length === 1)
    const [first] = await raised()
    await abandoned('c1', 'c2', 'c3')
    await until('the withdrawal', async () => (await notes(first?.ref ?? '')).some((text) => text?.startsWith('The cause has cleared.')))
    expect((await raised()).map(({ state }) => state)).toEqual(['cancelled'])
    await queued('d1', 'd2', 'd3')
    ahead += 45_000
    await queued('d4')
    await until('the incident', async () => (await raised()).length === 2)
  })

  it('knows after a change of keeper what was raised before, and raises nothing without the lease', async () => {
    await queued('c1', 'c2', 'c3')
    ahead = 45_000
    await watch()
    await until('the incident', async () => (await raised()).length === 1)
    await house.incidents.command(house.site, (await raised())[0]?.ref ?? '', { type: 'acknowledge' }, sam)
    for (const part of parts.splice(0)) await part.close()
    await watch()
    await queued('c5')
    await watch(() => false)
    await queued('c6')
    for (const part of parts.splice(0)) await part.close()
    expect(await raised()).toHaveLength(1)
  })

  it('tells who works on it that the cause has cleared, and leaves it theirs', async () => {
    await queued('c1', 'c2', 'c3')
    ahead = 45_000
    await watch()
    await until('the incident', async () => (await raised()).length === 1)
    const ref = (await raised())[0]?.ref ?? ''
    await house.incidents.command(house.site, ref, { type: 'acknowledge' }, sam)
    await abandoned('c1', 'c2', 'c3')
    await until('the note', async () => (await notes(ref)).some((text) => text?.startsWith('The cause has cleared.')))
    expect((await raised()).map(({ state }) => state)).toEqual(['acknowledged'])
  })

  it('calls a silence what it is: no contacts, so many expected, at the weekday and hour of four weeks', async () => {
    const absent: BreachRule = { ...rule, id: 'expected-but-absent', metric: 'expectedButAbsent', bound: { side: 'below', at: 0 }, forMs: 300_000, minimum: 0, raise: { category: 'technology', impact: 1, urgency: 1 } }
    const quarters = [-2, -1, 0, 1].map((step) => (Math.floor(Date.now() / QUARTER_HOUR) + step) * QUARTER_HOUR)
    for (const week of [1, 2, 3, 4]) {
      for (const quarter of quarters) {
        const row = intervalFigures(weeksBefore(instantOf(quarter), 'Europe/London', week), { offered: 114 })
        await house.redis.hSet(house.keys.site(house.site).rows(dayOf(row.from)), fieldOf(row), encodeFigures(row))
      }
    }
    // Contacts came as usual until now; a queue that nobody knows from earlier weeks stays out of it.
    await log.append(house.site, { kind: 'facts', facts: Array.from({ length: 40 }, (_, i) => ({ ...contact(`q${i}`), id: `q${i}`, type: 'contact.queued' as const, occurredAt: instantOf(Date.now() - i * 7_000), subject: null, previousEndAt: null, position: null, waitingInQueue: null })) })
    await log.append(house.site, { kind: 'facts', facts: [{ ...contact('n1'), queueId: 'new', id: 'n1', type: 'contact.queued' as const, occurredAt: instantOf(Date.now()), subject: null, previousEndAt: null, position: null, waitingInQueue: null }] })
    await watch(() => true, [absent])
    await queued('x1')
    expect(await raised()).toEqual([])
    ahead = 6 * MINUTE
    // The next look sees five minutes of silence, 38 expected.
    await log.append(house.site, { kind: 'facts', facts: [{ ...contact('x1'), id: 'x1-gone', type: 'contact.abandoned' as const, occurredAt: instantOf(Date.now()), waitMs: null, position: null, uncertain: false }] })
    await until('the incident', async () => (await raised()).length === 1)
    expect((await raised()).map(({ title, priority, queue, category }) => [title, priority, queue, category])).toEqual([['support: no contacts, 38 expected', 'P1', 'support', 'technology']])
  })
})

it('a source that is cut off is told of after its time, once, and taken back when it is heard again', async () => {
  const status = (connected: boolean, agoMs: number) => log.append(house.site, { kind: 'source', status: { source: 'pbx', platform: 'asterisk-ami', connected, beatMs: 5_000, lastAliveAt: instantOf(Date.now() - agoMs), detail: connected ? null : 'connection refused' } })
  await status(false, 90_000)
  const openHours = { open: false }
  const part = watchFeeds({ breaches: openBreaches(house), incidents: house.incidents, openAt: async () => openHours.open, now, log: house.log })
  const keep = async () => parts.push(await part({ site: house.site, replica: await replicas.get(house.site), fence: '1', holds: () => true } as never))
  await keep()
  // At night ninety seconds wake nobody; by day they do.
  await parts.splice(0)[0]?.close()
  expect(await raised()).toEqual([])
  openHours.open = true
  await keep()
  await until('the incident', async () => (await raised()).length === 1)
  expect(await raised()).toMatchObject([{ title: 'pbx: no data for 2 min', priority: 'P1', category: 'technology', channel: 'monitoring', state: 'open' }])
  for (const open of parts.splice(0)) await open.close()
  // Whoever keeps the site next knows of it.
  await keep()
  await status(true, 0)
  await until('the withdrawal', async () => (await raised())[0]?.state === 'cancelled')
  expect(await raised()).toHaveLength(1)
})
