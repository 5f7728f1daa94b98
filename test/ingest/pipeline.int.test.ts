import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { instantOf } from '../../server/domain/time.ts'
import { openPipeline, type Pipeline } from '../../server/ingest/pipeline.ts'
import { openQueueNames } from '../../server/ingest/queue-names.ts'
import { createLog } from '../../server/log.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openEnds } from '../../server/redis/ends.ts'
import { openFloorLog, type FloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openSealed, type Sealed } from '../../server/redis/sealed.ts'

const keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
const now = instantOf(Date.parse('2026-11-22T10:00:00Z'))
const iso = (agoMs: number) => new Date(now - agoMs).toISOString()
const call = (n: number, more: object = {}) => ({ id: `e-${n}`, type: 'contact.queued', occurredAt: iso(60_000 - n), contactId: `c-${n}`, queueId: 'support', channel: 'voice', ...more })
const by = { credentialId: 'k' }

let redis: Redis
let log: FloorLog
let sealed: Sealed
let pipeline: Pipeline
let site = 0
const newSite = () => `s${(site += 1)}`
const facts = async (of: string) => (await log.read(of, '0-0', 1_000)).flatMap(({ entry }) => (entry?.kind === 'facts' ? entry.facts : []))

beforeAll(async () => {
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: createLog('silent', 'test') })
  log = openFloorLog({ redis, keys })
  sealed = openSealed({ redis, keys, dataKey: randomBytes(32) })
  pipeline = openPipeline({ log, sealed, ends: openEnds({ redis, keys }), queueNames: openQueueNames({ redis, keys, most: 5 }), now: () => now })
})
afterAll(() => redis.close())

describe('the pipeline', () => {
  it('takes what is good of a batch and says of the rest what is wrong, in the order of the body', async () => {
    const here = newSite()
    const answer = await pipeline.acceptEvents(here, [call(1), { ...call(2), type: 'contact.vanished' }, call(3, { waitMs: 5 }), { ...call(4), queueId: 7 }, call(5, { occurredAt: iso(-600_000) }), call(6, { occurredAt: iso(49 * 3_600_000) }), 'x', call(1)], by)
    expect(answer).toMatchObject({ accepted: 2, duplicates: 1 })
    expect(answer.rejected.map(({ index, id, code }) => [index, id, code])).toEqual([[1, 'e-2', 'unknown_type'], [3, 'e-4', 'bad_field'], [4, 'e-5', 'in_future'], [5, 'e-6', 'too_old'], [6, null, 'bad_field']])
    expect(answer.rejected[1]?.detail).toContain('queueId')
    expect(answer.revision).toMatch(/\./)
    expect((await facts(here)).map((fact) => fact.id)).toEqual(['e-1', 'e-3'])
  })

  it('knows a repetition from another event under the same id, whatever source sends it', async () => {
    const here = newSite()
    await pipeline.acceptEvents(here, [call(1, { source: 'log' })], by)
    expect(await pipeline.acceptEvents(here, [call(1, { source: 'import' })], by)).toMatchObject({ accepted: 0, duplicates: 1, rejected: [] })
    expect(await pipeline.acceptEvents(here, [call(1, { queueId: 'sales' })], by)).toMatchObject({ accepted: 0, duplicates: 0, rejected: [{ index: 0, id: 'e-1', code: 'id_conflict' }] })
    expect(await facts(here)).toHaveLength(1)
  })

  it('lets no name, number or word of a person into the log', async () => {
    const here = newSite()
    const state = { id: 'a-1', type: 'agent.state', occurredAt: iso(0), agentId: 'anna.smith', agentName: 'Anna Smith', team: 'North', state: 'busy' }
    const survey = { id: 'v-1', type: 'survey.received', occurredAt: iso(0), contactId: 'c-1', queueId: 'support', score: 2, comment: 'Anna was rude to me' }
    expect(await pipeline.acceptEvents(here, [call(1, { customer: { phone: '+442079460041' } }), state, survey], by)).toMatchObject({ accepted: 3, rejected: [] })
    const raw = JSON.stringify(await redis.xRange(keys.site(here).log, '-', '+'))
    for (const word of ['anna', 'Anna', 'Smith', '2079460041', 'rude']) expect(raw).not.toContain(word)
    const [queued, stated, surveyed] = await facts(here)
    expect(stated).toMatchObject({ type: 'agent.state', agent: 1, state: 'on-contact' })
    expect(queued).toMatchObject({ type: 'contact.queued', subject: expect.stringMatching(/^[\w-]{22}$/), previousEndAt: null })
    if (surveyed?.type !== 'survey.received' || surveyed.comment === null) throw new Error('no survey')
    expect((await sealed.texts.resolve(here, [surveyed.comment])).get(surveyed.comment)).toBe('Anna was rude to me')
    expect((await sealed.agents.resolve(here, [1])).get(1)).toEqual({ id: 'anna.smith', name: 'Anna Smith', team: 'North' })
  })

  it('knows nobody by a number that many call from, however it is written', async () => {
    const here = newSite()
    const door = openPipeline({ log, sealed, ends: openEnds({ redis, keys }), queueNames: openQueueNames({ redis, keys, most: 5 }), now: () => now, sharedNumbers: async () => ['+44 20 7946 0000'] })
    await door.acceptEvents(here, [call(1, { customer: { phone: '0044 (20) 7946-0000' } }), call(2, { customer: { phone: '+442079460001' } }), call(3, { customer: { ref: 'A-1', phone: '+442079460000' } })], by)
    expect((await facts(here)).map((fact) => ('subject' in fact ? fact.subject !== null : null))).toEqual([false, true, true])
  })

  it('asks at the door when the same customer was last here, and never tells a late fact what came after it', async () => {
    const here = newSite()
    const ends = openEnds({ redis, keys })
    await pipeline.acceptEvents(here, [call(1, { customer: { phone: '02079460041' } })], by)
    const [first] = await facts(here)
    if (first?.type !== 'contact.queued' || first.subject === null) throw new Error('no subject')
    const ended = instantOf(now - 30_000)
    await ends.record(here, new Map([[first.subject, ended]]))
    await pipeline.acceptEvents(here, [call(2, { customer: { phone: '020 7946 0041' }, occurredAt: iso(1_000) }), call(3, { customer: { phone: '020 7946 0041' }, occurredAt: iso(50_000) })], by)
    expect((await facts(here)).slice(1)).toMatchObject([{ subject: first.subject, previousEndAt: ended }, { subject: first.subject, previousEndAt: null }])
  })

  it('caps unknown queues without touching known ones', async () => {
    const here = newSite()
    const many = await pipeline.acceptEvents(here, Array.from({ length: 9 }, (_, i) => call(i, { queueId: `q-${i}` })), by)
    expect([many.accepted, many.rejected.map(({ code }) => code)]).toEqual([5, ['too_many', 'too_many', 'too_many', 'too_many']])
    expect(await pipeline.acceptEvents(here, [call(100, { queueId: 'q-3' }), call(101, { queueId: 'q-8' })], by)).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'too_many' }] })
  })

  it('lets no source take the room of others, and what the settings name has room always', async () => {
    const here = newSite()
    const capped = openPipeline({ log, sealed, ends: openEnds({ redis, keys }), queueNames: openQueueNames({ redis, keys, most: 5, mostOfSource: 3, named: async () => ['named-1', 'named-2'] }), now: () => now })
    const send = (credentialId: string, ...queues: readonly string[]) => capped.acceptEvents(here, queues.map((queueId, i) => call(i, { id: `${credentialId.replace(':', '-')}-${queueId}`, queueId })), { credentialId })
    const flood = await send('source:pbx', 'named-1', 'a', 'b', 'c', 'd', 'e')
    expect([flood.accepted, flood.rejected.map(({ detail }) => detail)]).toEqual([4, Array(2).fill('queueId: the source "pbx" brought 3 new queues, as many as one source may; name queues in the settings or use known ones')])
    expect(await send('source:log', 'f', 'g', 'h')).toMatchObject({ accepted: 2, rejected: [{ detail: expect.stringContaining('this site has as many queues') }] })
    expect(await send('source:pbx', 'named-2', 'f')).toMatchObject({ accepted: 2, rejected: [] })
    // Two processes that meet the same names at once count them once.
    const there = newSite()
    const names = () => openQueueNames({ redis, keys, mostOfSource: 3 })
    await Promise.all([names(), names()].map((one) => one.refused(there, new Set(['a', 'b']), 'x')))
    expect(await redis.hGetAll(keys.site(there).queueNamesBy)).toMatchObject({ x: '2' })
  })

  it('takes names of prototypes as plain names', async () => {
    const here = newSite()
    const answer = await pipeline.acceptEvents(here, [call(1, { queueId: '__proto__' }), call(2, { queueId: 'constructor' }), { id: 'a', type: 'agent.state', occurredAt: iso(0), agentId: 'hasOwnProperty', state: 'available' }], by)
    expect(answer).toMatchObject({ accepted: 3, rejected: [] })
    expect((await facts(here)).map((fact) => ('queueId' in fact ? fact.queueId : ''))).toEqual(['__proto__', 'constructor', ''])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('imports what is too old for the door', async () => {
    const here = newSite()
    expect(await pipeline.acceptEvents(here, [call(1, { occurredAt: '2018-11-30T10:00:00Z' })], { ...by, mode: 'import' })).toMatchObject({ accepted: 1, rejected: [] })
    expect(await pipeline.acceptEvents(here, [call(2, { occurredAt: '1970-01-21T10:00:00Z' })], { ...by, mode: 'import' })).toMatchObject({ accepted: 0, rejected: [{ code: 'too_old' }] })
  })
})
