import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { openPipelineOn } from '../../../server/ingest/open-ingest.ts'
import { dialAmi, type DialOptions } from '../../../server/ingest/sources/dial-ami.ts'
import type { RunningSource } from '../../../server/ingest/sources/follow-queue-log.ts'
import { createLog } from '../../../server/log.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openFloorLog, type FloorLog } from '../../../server/redis/floor-log.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { openSealed } from '../../../server/redis/sealed.ts'
import { fakeAmi, type FakeAmi } from '../../support/fake-ami.ts'
import { sample } from '../../support/recorded-data.ts'
import { until } from '../../support/redis-server.ts'

jest.setTimeout(60_000)

const keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
const secret = 'floor-secret'
let redis: Redis
let log: FloorLog
let ami: FakeAmi
let site = ''
let serial = 0
let open: RunningSource[] = []

beforeAll(async () => {
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: createLog('silent', 'test') })
  log = openFloorLog({ redis, keys })
})
afterAll(() => redis.destroy())
/** How far the hands of the source's clock were moved, ms. */
let ahead = 0
beforeEach(async () => {
  serial += 1
  ahead = 0
  site = `s${serial}`
  ami = await fakeAmi(secret)
  open = []
})
afterEach(async () => {
  await Promise.all(open.map((source) => source.close()))
  await ami.close()
})

const dial = (more: Partial<DialOptions['address']> = {}, pingMs = 250): RunningSource => {
  const source = dialAmi(
    { redis, keys, pipeline: openPipelineOn({ redis, keys, log, sealed: openSealed({ redis, keys, dataKey: randomBytes(32) }), now: Date.now }), floorLog: log, log: createLog('silent', 'test'), now: () => instantOf(Date.now() + ahead) },
    { site, source: 'pbx', acw: 'none', pingMs, address: { host: '127.0.0.1', port: ami.port(), tls: false, username: 'floor', secret, ...more } },
  )
  open.push(source)
  return source
}
const entries = async () => (await log.read(site, '0-0', 100_000)).flatMap(({ entry }) => (entry === null ? [] : [entry]))
const facts = async (): Promise<readonly Fact[]> => (await entries()).flatMap((entry) => (entry.kind === 'facts' ? entry.facts : []))
const status = async () => (await entries()).flatMap((entry) => (entry.kind === 'source' ? [entry.status] : [])).at(-1)
const of = async (type: Fact['type']) => (await facts()).filter((fact) => fact.type === type)

const frame = (fields: Readonly<Record<string, string | number>>) => Object.entries(fields).map(([key, value]) => `${key}: ${value}`).join('\r\n')
const join = (id: string, queue = 'q') => frame({ Event: 'QueueCallerJoin', Uniqueid: id, Linkedid: id, Queue: queue, Position: 1, Count: 1, CallerIDNum: '+442079460041' })
const connected = (id: string) => frame({ Event: 'AgentConnect', Uniqueid: id, Linkedid: id, Queue: 'q', Channel: 'SIP/t-1', DestChannel: 'SIP/777-1', Interface: 'SIP/777', MemberName: 'SIP/777', HoldTime: 3, RingTime: 2 })
const member = (more: Readonly<Record<string, string | number>> = {}) => frame({ Event: 'QueueMember', Queue: 'q', Name: 'SIP/777', Location: 'SIP/777', Status: 1, Paused: 0, LastCall: 0, LoginTime: Math.floor(Date.now() / 1_000) - 60, ...more })
const params = frame({ Event: 'QueueParams', Queue: 'q', Max: 30 })

describe('dialling a manager interface', () => {
  it('tells the recorded floor whole', async () => {
    const recorded = sample('ami_wire.txt').split('\r\n\r\n')
    const from = recorded.findIndex((text) => text.startsWith('Event: QueueCallerJoin'))
    const to = recorded.findIndex((text) => text.includes('ActionID: qs2'))
    ami.status = recorded.slice(0, from).filter((text) => /^Event: Queue(?:Params|Member)\r/.test(text)).map((text) => text.replace(/\r\nActionID: .*$/, ''))
    dial({}, 5_000)
    await until(async () => (await of('source.snapshot')).length === 1, 'the first snapshot')
    ami.play(recorded.slice(from, to))
    await until(async () => (await of('contact.ended')).length === 163, 'all calls ended')
    const counts: Record<string, number> = {}
    for (const { type } of await facts()) counts[type] = (counts[type] ?? 0) + 1
    expect(counts).toMatchObject({ 'contact.queued': 356, 'contact.answered': 163, 'contact.abandoned': 193, 'contact.offer_missed': 28 })
    expect(await status()).toMatchObject({ source: 'pbx', platform: 'asterisk-ami', connected: true, beatMs: 5_000, detail: null })
  })

  it('says that its events are refused while it is connected, and no more once all were taken for a minute', async () => {
    await redis.hSet(keys.site(site).queueNamesBy, 'source:pbx', '1000')
    await redis.sAdd(keys.site(site).queueNames, ['known'])
    dial({}, 5_000)
    await until(async () => (await status())?.connected === true, 'it is live')
    ami.play([join('1.1', 'flood-1')])
    await until(async () => (await status())?.detail !== null, 'it tells of the refusal')
    expect(await status()).toMatchObject({ connected: true, detail: 'events are refused (too_many): queueId: the source "pbx" brought 1000 new queues, as many as one source may; name queues in the settings or use known ones' })
    ami.play([join('1.2', 'known')])
    await until(async () => (await of('contact.queued')).length === 1, 'a known queue goes on')
    expect(await status()).toMatchObject({ connected: true, detail: expect.stringContaining('too_many') })
    ahead = 60_000
    ami.play([join('1.3', 'known')])
    await until(async () => (await status())?.detail === null, 'all were taken for a minute')
  })

  it('finds after a cut who joined meanwhile and which calls ended unseen', async () => {
    ami.status = [params, member()]
    dial()
    await until(async () => (await of('source.snapshot')).length === 1, 'the first snapshot')
    ami.play([join('c1'), connected('c1'), join('c2')])
    await until(async () => (await of('contact.queued')).length === 2, 'both joined')
    ami.status = [params, member({ LastCall: Math.floor(Date.now() / 1_000) + 1 }), frame({ Event: 'QueueEntry', Queue: 'q', Position: 1, Uniqueid: 'c3', CallerIDNum: '+442079460042', Wait: 2 })]
    ami.cut()
    await until(async () => (await of('source.snapshot')).length === 2, 'the snapshot after the cut')
    expect((await of('contact.queued')).map((fact) => ('contactId' in fact ? fact.contactId : ''))).toEqual(['c1', 'c2', 'c3'])
    expect(await of('contact.ended')).toMatchObject([{ contactId: 'c1', by: 'system' }])
    const [, second] = await of('source.snapshot')
    expect(second).toMatchObject({ queues: ['q'], waiting: [{ contactId: 'c3' }], agents: [{ state: 'available', queues: ['q'] }] })
    const states = (await entries()).flatMap((entry) => (entry.kind === 'source' ? [entry.status.connected] : []))
    expect(states).toEqual([true, false, true])
  })

  it('goes on in another process where the first one stopped', async () => {
    ami.status = [params, member()]
    const first = dial()
    await until(async () => (await of('source.snapshot')).length === 1, 'the first snapshot')
    ami.play([join('c1'), frame({ Event: 'QueueCallerAbandon', Uniqueid: 'c1', Queue: 'q', HoldTime: 1 }), join('c1', 'q2')])
    await until(async () => (await of('contact.queued')).length === 2, 'the second visit')
    await first.close()
    ami.status = [params, member(), frame({ Event: 'QueueParams', Queue: 'q2' }), frame({ Event: 'QueueEntry', Queue: 'q2', Position: 1, Uniqueid: 'c1', Wait: 1 })]
    dial()
    await until(async () => (await of('source.snapshot')).length === 2, 'the snapshot of the second')
    ami.play([frame({ Event: 'QueueCallerAbandon', Uniqueid: 'c1', Queue: 'q2', HoldTime: 5 })])
    await until(async () => (await facts()).some((fact) => fact.type === 'contact.abandoned' && fact.legId === 'c1#2'), 'the abandon of the second visit')
    expect((await of('contact.queued')).map((fact) => ('legId' in fact ? fact.legId : ''))).toEqual(['c1#1', 'c1#2'])
  })

  it('tells a restart of the telephone system before anything of the new run', async () => {
    ami.status = [params, member()]
    dial()
    await until(async () => (await of('source.snapshot')).length === 1, 'the first snapshot')
    ami.play([join('c1')])
    await until(async () => (await of('contact.queued')).length === 1, 'joined')
    expect(await of('source.reset')).toEqual([])
    ami.uptime = -60
    ami.cut()
    await until(async () => (await of('source.snapshot')).length === 2, 'the snapshot after the restart')
    expect((await facts()).map((fact) => fact.type).filter((type) => type.startsWith('source.'))).toEqual(['source.snapshot', 'source.reset', 'source.snapshot'])
  })

  it('says why it is not connected, and never the secret', async () => {
    dial({ secret: 'wrong-secret' })
    await until(async () => (await status())?.detail === 'login refused', 'it is refused')
    expect(JSON.stringify(await entries())).not.toContain('wrong-secret')
    await open.pop()?.close()
    await ami.close()
    dial()
    await until(async () => (await status())?.detail === 'connection refused', 'nobody answers')
    ami = await fakeAmi(secret)
  })

  it('takes a system that falls silent for cut, by its own ping', async () => {
    ami.status = [params, member()]
    dial()
    await until(async () => (await status())?.connected === true, 'it is live')
    await until(() => ami.actions().filter((action) => action === 'Ping').length > 3, 'it is pinged')
    ami.silent = true
    await until(async () => (await status())?.detail === 'no answer to pings', 'the silence is noticed')
    ami.silent = false
    await until(async () => (await status())?.connected === true, 'it is live again')
    expect(ami.logins()).toBeGreaterThan(1)
  })

  it('keeps a value with a line end inside its field', async () => {
    dial({ username: 'floor\r\nAction: Command\r\nCommand: core stop now' })
    await until(() => ami.actions().length > 0, 'it spoke')
    expect(ami.actions()).not.toContain('Command')
  })
})
