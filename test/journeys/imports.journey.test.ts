import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { work, type Working } from '../../workers/work.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { sample } from '../support/recorded-data.ts'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** A file of history: sent, read by a worker, folded by the keeper, and seen in the figures of its day. */

jest.setTimeout(240_000)

let server: RunningServer
let workers: Working
const imports = '/api/v1/sites/acme/imports'
const DAY = 86_400_000

beforeAll(async () => {
  server = await runServer()
  workers = await work({ config: { ...server.config, queueRedisUrl: server.config.redisUrl }, log: recordingLog(), fold: { createFloor, floorFromBase }, keyPrefix: server.prefix })
  expect((await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'UTC' })).status).toBe(201)
})
afterAll(async () => {
  await workers.close()
  await server.close()
})

interface Total { readonly offered: number; readonly answered: number; readonly abandoned: number; readonly exited: number; readonly talk_total: number; readonly answered_within_T: number }
const expected = JSON.parse(sample('expected.json')) as { readonly per_queue: Readonly<Record<string, Total>> }
/** The recorded floor, whole days earlier, so that it lies in one business day. */
const daysAgo = Math.floor((Date.now() - Date.parse('2026-11-22T00:00:00Z')) / DAY) - 10
const from = Date.parse('2026-11-22T00:00:00Z') + daysAgo * DAY
const file = sample('queue_log').replace(/^(\d{10})\|/gm, (_all, epoch: string) => `${Number(epoch) + (daysAgo * DAY) / 1_000}|`)

const send = (body: string, query = '?format=asterisk-queue-log') => server.admin('POST', `${imports}${query}`, body, { 'content-type': 'application/octet-stream' })
const finished = (id: string) =>
  until('the import is done', async () => {
    const { body } = await server.admin('GET', `${imports}/${id}`)
    return body.state === 'done' || body.state === 'failed' ? body : null
  }, 180_000)
const figures = async () => {
  const rows = (await server.admin('GET', `/api/v1/sites/acme/intervals?from=${new Date(from).toISOString()}&to=${new Date(from + DAY).toISOString()}&step=1d`)).body.rows as readonly Record<string, number>[]
  return Object.fromEntries(rows.map((row) => [String(row['queue']), { offered: row['offered'], answered: row['answered'], abandoned: row['abandoned'], exited: row['flowedOut'], talk_total: Number(row['talkMsTotal']) / 1_000, answered_within_T: row['answeredInTarget'] }]))
}

describe('importing a queue_log', () => {
  it('gives the figures of its day, and the same file again changes nothing', async () => {
    const first = await send(file)
    expect([first.status, Object.keys(first.body)]).toEqual([202, ['id']])
    const row = await finished(first.body.id)
    expect(row).toMatchObject({ state: 'done', progress: 1, lines: 1_062, rejectedCount: 0, error: null })
    const want = Object.fromEntries(Object.entries(expected.per_queue).map(([queue, { offered, answered, abandoned, exited, talk_total, answered_within_T }]) => [queue, { offered, answered, abandoned, exited, talk_total, answered_within_T }]))
    expect(await figures()).toEqual(want)
    const again = await finished((await send(file)).body.id)
    expect(again).toMatchObject({ state: 'done', accepted: 0, lines: 1_062 })
    expect(await figures()).toEqual(want)
  })

  it('counts a call of two files once', async () => {
    // The second half once more, in a file of its own: other bytes, the same lines.
    const before = await figures()
    expect(await finished((await send(file.slice(file.indexOf('|QUEUESTART|', 100) - 26))).body.id)).toMatchObject({ state: 'done', rejectedCount: 0 })
    expect(await figures()).toEqual(before)
    expect(before['support']?.offered).toBe(193)
  })

  it('is refused in words', async () => {
    expect((await send('', '?format=asterisk-queue-log')).body.code).toBe('body_invalid')
    expect((await send('x', '?format=nothing')).body).toMatchObject({ status: 422, code: 'unknown_format' })
    expect((await send('x', '')).status).toBe(400)
    expect((await send('x', '?format=asterisk-queue-log&source=nope')).body).toMatchObject({ status: 422, code: 'unknown_source' })
    expect((await server.admin('GET', `${imports}/nope`)).status).toBe(404)
    const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'supervisor', name: 'eyes' })).body
    expect((await server.ask('POST', `${imports}?format=events-ndjson`, { token, body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(403)
    const announced = await fetch(`${server.url}${imports}?format=events-ndjson`, { method: 'POST', headers: { authorization: `Bearer ${adminToken}` }, body: 'not json' })
    const row = await finished(((await announced.json()) as { id: string }).id)
    expect(row).toMatchObject({ state: 'done', accepted: 0, rejectedCount: 1, rejected: [{ line: 1, code: 'bad_field' }] })
  })

  it('shows the contacts of the imported day, which the live floor never had', async () => {
    const { items } = (await server.admin('GET', `/api/v1/sites/acme/contacts?from=${new Date(from).toISOString()}&to=${new Date(from + DAY).toISOString()}&queue=support&limit=1000`)).body
    expect(items).toHaveLength(193)
    expect(items.filter(({ outcome }: { outcome: string }) => outcome === 'answered')).toHaveLength(expected.per_queue['support']?.answered ?? 0)
  })

  it('can be tried without taking anything in, and every rejected line is told, however many', async () => {
    const before = await figures()
    const bad = Array.from({ length: 150 }, (_, i) => `{"id":"b${i}","type":"contact.queued","occurredAt":"yesterday","contactId":"c","queueId":"q"}`)
    const good = Array.from({ length: 20 }, (_, i) => `{"id":"g${i}","type":"contact.queued","occurredAt":"${new Date(from + i * 1_000).toISOString()}","contactId":"g${i}","queueId":"new"}`)
    const row = await finished((await send([...bad, ...good].join('\n'), '?format=events-ndjson&dryRun=true')).body.id)
    expect(row).toMatchObject({ state: 'done', dryRun: true, lines: 170, accepted: 20, rejectedCount: 150 })
    expect(row.rejected).toHaveLength(100)
    const report = (await server.admin('GET', `${imports}/${row.id}/rejected`)).text.trim().split('\n').map((line) => JSON.parse(line) as { line: number; code: string })
    expect(report.map(({ line, code }) => [line, code])).toEqual(bad.map((_, i) => [i + 1, 'bad_field']))
    expect(await figures()).toEqual(before)
    expect((await server.admin('GET', '/api/v1/sites/acme/floor')).text).not.toContain('"new"')
    // An import without rejected lines has an empty report.
    const clean = await finished((await send(good.join('\n'), '?format=events-ndjson&dryRun=true')).body.id)
    expect((await server.admin('GET', `${imports}/${clean.id}/rejected`))).toMatchObject({ status: 200, text: '' })
  })
})
