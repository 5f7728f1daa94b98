import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Form, twilioSignature } from '../../server/ingest/sources/twilio-signature.ts'
import { type Answer, runServer, type RunningServer } from '../support/running-server.ts'

/** RELIABILITY B30, B31 and B33 against the running server: what a platform signs itself. */

let server: RunningServer
const site = 'acme'
const path = `/api/v1/sites/${site}/sources/twilio`
const token = 'token-of-the-tests'

beforeAll(async () => {
  server = await runServer({ env: { PUBLIC_URL: 'https://floor.example' } })
  for (const id of [site, 'plain']) await server.admin('PUT', `/api/v1/sites/${id}`, { name: id, timeZone: 'Europe/London' })
  const saved = await server.admin('PUT', `/api/v1/sites/${site}/settings`, { sources: { flex: { platform: 'twilio', secret: token, oldSecret: 'token-before', activities: { Coffee: 'paused' } }, other: { platform: 'twilio', secret: 'token-of-another-account' } } })
  expect([saved.status, saved.body.faults]).toEqual([200, undefined])
})
afterAll(() => server.close())

let serial = 0
const fields = (more: Readonly<Record<string, string>> = {}): Form => {
  serial += 1
  return Object.entries({ EventType: 'task-queue.entered', Sid: `EV${serial}`, TimestampMs: String(Date.now() - 1_000), TaskSid: `WT${serial}`, TaskQueueSid: 'WQ1', TaskQueueName: 'Support', TaskQueueEnteredDate: String(Math.floor(Date.now() / 1_000) - 1), TaskChannelUniqueName: 'voice', TaskAttributes: '{"from":"+442079460041"}', ...more })
}
interface Sending {
  readonly to?: string
  readonly key?: string
  readonly signedFor?: string
  readonly signature?: string | null
}
const post = (form: Form, { to = path, key = token, signedFor = `https://floor.example${to}`, signature = twilioSignature(key, signedFor, form) }: Sending = {}): Promise<Answer> =>
  server.ask('POST', to, { body: new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...(signature === null ? {} : { 'x-twilio-signature': signature }) } })

describe('what Twilio sends', () => {
  it('is taken for its signature, without a token of ours, and shows on the floor', async () => {
    expect(await post(fields())).toMatchObject({ status: 202, body: { accepted: 1, duplicates: 0, rejected: [] } })
    const floor = await server.admin('GET', `/api/v1/sites/${site}/floor`)
    expect(floor.body.queues).toMatchObject([{ queue: 'Support', waiting: 1 }])
  })

  it('is known when it comes again, and refused when the same Sid says something else', async () => {
    const form = fields()
    expect((await post(form)).body).toMatchObject({ accepted: 1 })
    expect((await post(form)).body).toMatchObject({ accepted: 0, duplicates: 1 })
    expect((await post(form.map(([name, value]) => [name, name === 'TaskQueueName' ? 'Sales' : value]))).body.rejected).toMatchObject([{ code: 'id_conflict' }])
  })

  it('comes as messages of Event Streams too, whose hash stands in the signed address', async () => {
    const message = (sid: string) => ({ specversion: '1.0', type: 'com.twilio.taskrouter.task-queue.entered', data: { payload: { sid, eventtype: 'task-queue.entered', timestamp: new Date(Date.now() - 2_000).toISOString(), task_sid: `WT-${sid}`, task_queue_name: 'Support', task_queue_sid: 'WQ1', task_channel_unique_name: 'chat', task_attributes: '{}' } } })
    const body = JSON.stringify([message('EVa'), { data: {} }, message('EVb')])
    const to = `${path}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': twilioSignature(token, `https://floor.example${to}`, []) }
    expect((await server.ask('POST', to, { body, headers })).body).toMatchObject({ accepted: 2, rejected: [{ index: 1, code: 'bad_field' }] })
    // The same words in other bytes are another body.
    expect((await server.ask('POST', to, { body: `${body} `, headers })).status).toBe(401)
  })

  it('of the old token is taken while it is kept, and belongs to the source that signed it', async () => {
    expect((await post(fields(), { key: 'token-before' })).status).toBe(202)
    expect((await post(fields(), { key: 'token-of-another-account' })).status).toBe(202)
    expect((await post(fields(), { to: `${path}?source=flex`, key: 'token-of-another-account' })).status).toBe(401)
  })

  it('shows no token in the settings', async () => {
    const { text } = await server.admin('GET', `/api/v1/sites/${site}/settings`)
    expect([text.includes(token), text.includes('token-before')]).toEqual([false, false])
  })

  it.each<[string, Sending]>([
    ['no signature', { signature: null }],
    ['an empty one', { signature: '' }],
    ['a wrong one', { signature: 'A'.repeat(28) }],
    ['a wrong token', { key: 'nobody' }],
    ['another address', { signedFor: 'https://floor.example/api/v1/sites/acme/sources/other' }],
    ['another host', { signedFor: `https://floor.example.evil.tld${path}` }],
    ['a site without this platform', { to: '/api/v1/sites/plain/sources/twilio' }],
    ['a site that does not exist', { to: '/api/v1/sites/nowhere/sources/twilio' }],
  ])('with %s is 401 in one and the same words', async (_name, sending) => {
    const answer = await post(fields(), sending)
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([401, 'unauthorized', 'no valid credential: send a bearer token or sign in'])
  })

  it('is not opened by a token of ours instead', async () => {
    expect((await server.admin('POST', path, 'EventType=task.created', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(401)
  })

  it('with thousands of fields, nested names, another type or an encoding is refused', async () => {
    const many: Form = Array.from({ length: 5_000 }, (_, i) => [`p${i}`, '1'] as const)
    expect((await post(many)).status).toBe(413)
    expect((await post([['a', 'x'.repeat(200_000)]])).status).toBe(413)
    expect((await post([[`a${'[b]'.repeat(100)}`, '1']])).status).toBe(400)
    expect((await server.ask('POST', path, { body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await server.ask('POST', path, { body: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })).status).toBe(415)
  })

  it('of a kind that says nothing about the floor is answered well', async () => {
    expect(await post(fields({ EventType: 'workflow.entered' }))).toMatchObject({ status: 202, body: { accepted: 0, rejected: [] } })
  })

  it('is not the only one: Amazon Connect’s messages come by EventBridge with a token of ours, and show on the floor', async () => {
    const at = new Date(Date.now() - 3_000).toISOString()
    const queued = { 'detail-type': 'Amazon Connect Contact Event', id: 'ev-1', time: at, detail: { eventType: 'QUEUED', contactId: 'ac-1', channel: 'VOICE', initiationMethod: 'INBOUND', queueInfo: { queueArn: 'arn:aws:connect:eu-west-2:1:instance/i/queue/q-7', enqueueTimestamp: at } } }
    const to = `/api/v1/sites/${site}/sources/amazon-connect`
    expect((await server.ask('POST', to, { body: JSON.stringify(queued), headers: { 'content-type': 'application/json' } })).status).toBe(401)
    expect((await server.admin('POST', to, [queued, { odd: true }])).body).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'bad_field' }] })
    expect((await server.admin('POST', to, [queued])).body).toMatchObject({ accepted: 0, duplicates: 1 })
    expect((await server.admin('GET', `/api/v1/sites/${site}/floor`)).body.queues).toEqual(expect.arrayContaining([expect.objectContaining({ queue: 'q-7', waiting: 1 })]))
  })

  it('left no fault of the server behind', () => {
    expect(server.log.lines.filter((line) => line.level === 'error' || line.level === 'fatal')).toEqual([])
  })
})

it('a message of SNS is let in up to its signature; without its header a token is asked for first', async () => {
  const to = `/api/v1/sites/${site}/sources/amazon-connect`
  const body = JSON.stringify({ Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:eu-west-2:123456789012:nobody', Message: '{}', Timestamp: '2026-11-20T09:00:00.000Z', SignatureVersion: '2', Signature: 'AAAA', SigningCertURL: 'https://sns.eu-west-2.amazonaws.com/a.pem' })
  const headers = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification' }
  expect(await server.ask('POST', to, { body, headers })).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  expect((await server.ask('POST', to, { body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(401)
  expect((await server.admin('POST', to, '{}', { 'content-type': 'application/json' })).status).toBe(202)
})
