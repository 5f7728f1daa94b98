import { connect as connectSocket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createLog } from '../../server/log.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog, type FloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { adminToken, runServer, type Answer, type RunningServer } from '../support/running-server.ts'

/** RELIABILITY B1 to B29 against the running server: what each input gets, that nothing breaks, and that nothing is lost. */

// Ten thousand events in one request take their time on a busy machine.
jest.setTimeout(60_000)

let server: RunningServer
let redis: Redis
let log: FloorLog
const site = 'acme'
const events = `/api/v1/sites/${site}/events`

beforeAll(async () => {
  server = await runServer()
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: createLog('silent', 'test') })
  log = openFloorLog({ redis, keys: keysUnder(server.prefix) })
  for (const id of [site, 'other']) expect((await server.admin('PUT', `/api/v1/sites/${id}`, { name: id, timeZone: 'Europe/London' })).status).toBe(201)
})
afterAll(async () => {
  redis.destroy()
  await server.close()
})

let serial = 0
const iso = (agoMs = 0) => new Date(Date.now() - agoMs).toISOString()
const call = (more: object = {}) => {
  serial += 1
  return { id: `e-${serial}`, type: 'contact.queued', occurredAt: iso(1_000), contactId: `c-${serial}`, queueId: 'support', channel: 'voice', ...more }
}
const send = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> => server.admin('POST', events, body as string, { ...(typeof body === 'string' || body instanceof Uint8Array ? { 'content-type': 'application/json' } : {}), ...headers })
const stored = async (of = site): Promise<number> => (await log.read(of, '0-0', 100_000)).reduce((sum, { entry }) => sum + (entry?.kind === 'facts' ? entry.facts.length : 0), 0)
const codes = (answer: Answer): unknown => (answer.status === 202 ? answer.body.rejected.map((rejection: { code: string }) => rejection.code) : answer.body?.code)

/** A request in our own bytes; resolves with all that came back when the server closes or the answer is whole. */
const raw = (bytes: readonly (string | Buffer)[], { endless = null }: { endless?: Buffer | null } = {}): Promise<{ text: string; sent: number }> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(server.url)
    const socket = connectSocket(Number(port), hostname)
    let text = ''
    let sent = 0
    const done = () => {
      socket.destroy()
      resolve({ text, sent })
    }
    socket.on('connect', () => {
      for (const part of bytes) socket.write(part)
      if (endless === null) return
      const more = () => {
        while (!socket.destroyed && socket.writable && socket.write(endless)) sent += endless.length
      }
      socket.on('drain', more)
      more()
    })
    socket.on('data', (data) => {
      text += data.toString()
      if (/\r\n\r\n/.test(text) && endless === null) setTimeout(done, 50)
    })
    socket.on('close', done).on('error', done)
    setTimeout(done, 8_000).unref()
  })
const head = (...lines: readonly string[]) => [`POST ${events} HTTP/1.1`, `Host: 127.0.0.1`, `Authorization: Bearer ${adminToken}`, ...lines, '', ''].join('\r\n')
const statusOf = (text: string) => Number(text.split(' ')[1] ?? 0)

describe('B1 to B4: bodies that are no events, and text that hides', () => {
  it.each([['nothing', ''], ['{}', '{}'], ['null', 'null'], ['[]', '[]'], ['a string', '"x"'], ['a number', '5'], ['numbers', '[1,2]'], ['cut JSON', '{"id":"a","type":'], ['bytes after the end', '{"id":"a"} x'], ['NaN', '{"id":"a","type":"contact.queued","seq":NaN}']])('%s is refused as a whole', async (_name, body) => {
    const answer = await send(body)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  it('a byte order mark is accepted', async () => {
    expect((await send(`\ufeff${JSON.stringify(call())}`)).body).toMatchObject({ accepted: 1 })
  })

  it('invalid UTF-8 is refused, half a character becomes U+FFFD', async () => {
    expect(codes(await send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])))).toBe('body_invalid')
    const half = call()
    expect((await send(JSON.stringify(half).replace('"support"', '"sup\\ud800port"'))).body).toMatchObject({ accepted: 1 })
    expect((await send(JSON.stringify(half).replace('"support"', '"sup\\ud800port"'))).body).toMatchObject({ duplicates: 1 })
    expect(JSON.stringify(await log.read(site, '0-0', 1_000))).toContain('sup\ufffdport')
  })

  it('controls, separators, overrides and zero-width characters do not reach the log', async () => {
    const answer = await send(call({ queueId: 'a\u0000b\r\nc\u2028d\u202ee\u200bf' }))
    expect(answer.body).toMatchObject({ accepted: 1 })
    expect(JSON.stringify(await log.read(site, '0-0', 1_000))).toContain('"ab c def"')
  })
})

describe('B5 to B8: sizes, lengths, encodings and types', () => {
  it('one byte over the limit is 413, however it is sent', async () => {
    const over = Buffer.alloc(8 * 1024 * 1024 + 1, 0x20)
    const announced = await raw([head('Content-Type: application/json', `Content-Length: ${over.length}`), over.subarray(0, 1_000)])
    expect([statusOf(announced.text), /connection: close/i.test(announced.text)]).toEqual([413, true])
    const chunk = Buffer.alloc(65_536, 0x20)
    const endless = await raw([head('Content-Type: application/json', 'Transfer-Encoding: chunked')], { endless: Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]) })
    expect(endless.sent).toBeLessThan(64 * 1024 * 1024)
  })

  it('a body of exactly the limit is read', async () => {
    const text = JSON.stringify(call())
    expect((await send(Buffer.from(text.padEnd(8 * 1024 * 1024)))).body).toMatchObject({ accepted: 1 })
  })

  it('a length that is not the body’s and two ways to say it end the connection', async () => {
    const both = await raw([head('Content-Type: application/json', 'Content-Length: 5', 'Transfer-Encoding: chunked'), '0\r\n\r\n'])
    expect(statusOf(both.text)).toBe(400)
    const twice = await raw([head('Content-Type: application/json', 'Content-Length: 5', 'Content-Length: 6'), '12345'])
    expect(statusOf(twice.text)).toBe(400)
    const longer = await raw([head('Content-Type: application/json', 'Content-Length: 2'), '{}}garbage'])
    expect(longer.text.match(/HTTP\/1\.1 \d{3}/g)?.every((line) => line.endsWith('400'))).toBe(true)
  })

  it.each([['br', brotliCompressSync('{}')], ['gzip', gzipSync(Buffer.alloc(10_000_000))], ['deflate', Buffer.from('x')], ['gzip, br', Buffer.from('x')], ['x-unknown', Buffer.from('x')]])('content-encoding %s is 415 before any decoder runs', async (encoding, body) => {
    const before = process.memoryUsage().rss
    expect((await send(body, { 'content-encoding': encoding })).status).toBe(415)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })

  it.each([['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x'], ['text/plain'], ['application/json; charset=koi8-r'], ['application/xml']])('%s is 415', async (type) => {
    expect((await send(JSON.stringify(call()), { 'content-type': type })).status).toBe(415)
  })

  it('no type at all is 415', async () => {
    expect(statusOf((await raw([head('Content-Length: 2'), '{}'])).text)).toBe(415)
  })
})

describe('B9 to B16: shape, names, numbers and times', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

  it('depth and breadth are refused before validation', async () => {
    for (const depth of [33, 50_000]) expect(codes(await send(`{"id":"a","type":"contact.queued","x":${nested(depth)}}`))).toBe('too_deep')
    expect(codes(await send(`{"id":"a","type":"contact.queued",${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}`))).toBe('too_many')
    for (const bare of [nested(50_000), `{"x":${nested(50_000)}}`]) expect(codes(await send(bare))).toBe('too_deep')
    expect(codes(await send(`{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}`))).toBe('too_many')
    expect((await send(`[${'1,'.repeat(999_999)}1]`)).status).toBe(413)
  })

  it('in a batch they cost only themselves', async () => {
    const answer = await send(`[${JSON.stringify(call())},{"id":"a","type":"contact.queued","x":${nested(40)}},${JSON.stringify(call())}]`)
    expect([answer.body.accepted, codes(answer)]).toEqual([2, ['bad_field']])
  })

  it('of repeated keys the last counts', async () => {
    const event = call()
    expect((await send(JSON.stringify(event).replace('{', '{"queueId":"wrong",'))).body).toMatchObject({ accepted: 1 })
  })

  it('names of prototypes are refused as keys and plain as names', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) expect((await send(`{"id":"a","type":"contact.queued","${key}":{"polluted":1}}`)).status).toBe(400)
    expect((await send(['__proto__', 'constructor', 'toString'].map((queueId) => call({ queueId })))).body).toMatchObject({ accepted: 3, rejected: [] })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  const batch = async (items: readonly object[]) => codes(await send(items))
  it('numbers that are none, too large or of the wrong sign cost only their event', async () => {
    expect(codes(await send(JSON.stringify([call({ type: 'contact.answered', waitMs: 'x' })]).replace('"x"', '1e999')))).toEqual(['bad_field'])
    expect(await batch([call({ seq: 2 ** 53 }), call({ type: 'contact.ended', talkMs: 0.1 + 0.2 }), call({ type: 'contact.ended', talkMs: -1 }), call({ type: 'contact.ended', talkMs: 315_360_000_000 }), call({ type: 'contact.ended', talkMs: 1e12 })])).toEqual(['bad_field', 'bad_field', 'bad_field', 'bad_field', 'bad_field'])
    expect((await send(JSON.stringify([call({ type: 'contact.answered', waitMs: 1 })]).replace('"waitMs":1', '"waitMs":-0'))).body).toMatchObject({ accepted: 1 })
  })

  it('times are strict, in a known zone, neither far ahead nor long ago', async () => {
    expect(await batch(['2026-02-30T00:00:00Z', '2026-11-22T24:00:00Z', '2026-12-31T23:59:60Z', '2026-11-22T10:00:00', '2026-11-22', '+275760-09-13T00:00:00Z', 'now', ''].map((occurredAt) => call({ occurredAt })))).toEqual(Array.from({ length: 8 }, () => 'bad_field'))
    expect(await batch([call({ occurredAt: '1970-01-01T00:00:00Z' }), call({ occurredAt: '2100-01-01T00:00:00Z' }), call({ occurredAt: iso(-86_400_000) }), call({ occurredAt: iso(49 * 3_600_000) })])).toEqual(['too_old', 'in_future', 'in_future', 'too_old'])
  })

  it('both sides of a clock change are two hours apart in UTC, not one', async () => {
    // An offset says all; there is no local time to guess about.
    const recent = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000).toISOString()
    expect((await send(call({ occurredAt: recent.replace('Z', '+00:00') }))).body).toMatchObject({ accepted: 1 })
  })

  it('epochs are refused by the unit they look like', async () => {
    for (const [occurredAt, unit] of [[Math.floor(Date.now() / 1_000), 'seconds'], [Date.now(), 'milliseconds'], [Date.now() * 1_000, 'microseconds']] as const) {
      const answer = await send([call({ occurredAt })])
      expect(answer.body.rejected[0]).toMatchObject({ code: 'bad_field', detail: expect.stringMatching(new RegExp(`time_unit.*${unit}`)) })
    }
  })
})

describe('B17 to B21: identity and order', () => {
  it('the same event is a duplicate with the same answer, another body under its id a conflict', async () => {
    const event = call()
    expect((await send(event)).body).toMatchObject({ accepted: 1, duplicates: 0 })
    for (let i = 0; i < 2; i += 1) expect((await send(event)).body).toMatchObject({ accepted: 0, duplicates: 1, rejected: [] })
    const before = await stored()
    expect((await send({ ...event, queueId: 'sales' })).body).toMatchObject({ accepted: 0, rejected: [{ index: 0, id: event.id, code: 'id_conflict' }] })
    expect(await stored()).toBe(before)
    expect(server.log.lines.some((line) => JSON.stringify(line).includes('id_conflict'))).toBe(true)
  })

  it('ids that are empty, huge or made of key characters are refused', async () => {
    expect(codes(await send(['', 'x'.repeat(10_000), 'a:b', 'a{b', 'a}b', 'a b', 'a\nb'.replace('\n', ' '), 'a*b'].map((id) => call({ id }))))).toEqual(Array.from({ length: 8 }, () => 'bad_field'))
    expect((await send(['123', '0'].map((id) => call({ id: `${id}${serial}` })))).body).toMatchObject({ accepted: 2 })
  })

  it('facts that contradict each other are kept and break nothing', async () => {
    const contactId = `odd-${serial}`
    const fact = (type: string, agoMs: number, more: object = {}) => ({ ...call(), contactId, type, occurredAt: iso(agoMs), ...more })
    const answer = await send([
      fact('contact.ended', 60_000, { agentId: 'a1', talkMs: 5 }),
      fact('contact.answered', 50_000, { agentId: 'a1' }),
      fact('contact.answered', 49_000, { agentId: 'a2' }),
      fact('contact.transferred', 48_000, { agentId: 'a1', toAgentId: 'a1', toQueueId: 'support' }),
      fact('contact.queued', 40_000, { queueId: 'never-seen' }),
      fact('contact.wrapped', 39_000, { agentId: 'nobody-knows' }),
    ])
    expect(answer.body).toMatchObject({ accepted: 6, rejected: [] })
  })
})

describe('B24 to B28: lateness, names and batches', () => {
  it('late by 47 hours is taken, by 49 hours sent to the imports', async () => {
    expect(codes(await send([call({ occurredAt: iso(47 * 3_600_000) }), call({ occurredAt: iso(49 * 3_600_000) })]))).toEqual(['too_old'])
  })

  it('ten thousand new queues meet a cap; known queues go on', async () => {
    const answer = await server.admin('POST', '/api/v1/sites/other/events', Array.from({ length: 10_000 }, (_, i) => call({ queueId: `q-${i}` })))
    expect([answer.status, answer.body.accepted, answer.body.rejected.length, answer.body.rejected[0].code]).toEqual([202, 1_000, 9_000, 'too_many'])
    expect((await server.admin('POST', '/api/v1/sites/other/events', [call({ queueId: 'q-7' })])).body).toMatchObject({ accepted: 1 })
    const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'other', role: 'source' })).body
    expect((await server.ask('POST', '/api/v1/sites/other/events', { token, body: [call({ queueId: 'of-another' })] })).body).toMatchObject({ accepted: 1, rejected: [] })
  })

  it('one agent id told with several names stays one agent; another case or form is told apart or joined by NFC', async () => {
    const state = (agentId: string, agentName: string) => ({ ...call(), type: 'agent.state', agentId, agentName, state: 'available' })
    expect((await send([state('Zoë', 'Zoë'), state('Zoe\u0308', 'Zoë B'), state('zoë', 'other')])).body).toMatchObject({ accepted: 3 })
    const agents = (await log.read(site, '0-0', 10_000)).flatMap(({ entry }) => (entry?.kind === 'facts' ? entry.facts : [])).flatMap((fact) => (fact.type === 'agent.state' ? [fact.agent] : []))
    expect(agents.slice(-3).map((agent) => agent === agents.at(-3))).toEqual([true, true, false])
  })

  it('a key of one site finds no other, in the words of one that does not exist', async () => {
    const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'other', role: 'source', name: 'pbx' })).body
    const foreign = await server.ask('POST', events, { token, body: call() })
    const missing = await server.ask('POST', '/api/v1/sites/nowhere/events', { token, body: call() })
    expect([foreign.status, missing.status]).toEqual([404, 404])
    expect(foreign.body.detail.replace(site, 'X')).toBe(missing.body.detail.replace('nowhere', 'X'))
    expect((await server.ask('POST', '/api/v1/sites/other/events', { token, body: [call({ queueId: 'q-1', site })] })).body).toMatchObject({ accepted: 1 })
    expect((await server.ask('POST', events, { body: call() })).status).toBe(401)
    expect((await server.ask('POST', events, { token: 'wrong', body: call() })).status).toBe(401)
    const { token: wall } = (await server.admin('POST', '/api/v1/keys', { site, role: 'supervisor', name: 'eyes' })).body
    expect((await server.ask('POST', events, { token: wall, body: call() })).status).toBe(403)
  })

  it('10,001 events are 413; of 10,000 one bad one is named; a repetition inside a batch counts once', async () => {
    const many = Array.from({ length: 10_001 }, () => call())
    expect((await send(many)).status).toBe(413)
    expect((await send(many.map((event) => JSON.stringify(event)).join('\n'), { 'content-type': 'application/x-ndjson' })).status).toBe(413)
    const before = await stored()
    const answer = await send([...many.slice(0, 9_998), { ...many[9_998], queueId: '' }, many[3]])
    expect(answer.body).toMatchObject({ accepted: 9_998, duplicates: 1, rejected: [{ index: 9_998, code: 'bad_field' }] })
    expect(await stored()).toBe(before + 9_998)
  })

  it('a broken NDJSON line costs only itself', async () => {
    const answer = await send(`${JSON.stringify(call())}\n{"id":\n\n${JSON.stringify(call())}\r\n`, { 'content-type': 'application/x-ndjson' })
    expect([answer.body.accepted, answer.body.rejected]).toEqual([2, [{ index: 1, id: null, code: 'bad_field', detail: expect.stringContaining('the line is not valid JSON: line 1, column ') }]])
  })
})

describe('B22 and B23: what has no beginning, no end or no settings', () => {
  it('an end whose beginning never comes is counted where it can be and makes nothing negative', async () => {
    const lost = (type: string, more: object = {}) => call({ type, queueId: 'orphans', agentId: 'a-9', occurredAt: iso(5_000), ...more })
    const answer = await send([lost('contact.ended', { talkMs: 1_000 }), lost('contact.wrapped'), lost('contact.abandoned', { waitMs: 3_000 }), lost('contact.left_queue', { reason: 'timeout' }), lost('contact.resumed'), lost('survey.received', { score: 5, scaleMin: 1, scaleMax: 5 })])
    expect(answer.body).toMatchObject({ accepted: 6, rejected: [] })
    const { body } = await server.admin('GET', `/api/v1/sites/${site}/floor`)
    const row = body.queues.find(({ queue }: { queue: string }) => queue === 'orphans')
    expect(row).toMatchObject({ waiting: 0, inProgress: 0, oldestWaitingSince: null })
    const negative = [row, body.totals].flatMap(({ now, today, ...live }) => [now, today, live].flatMap((block) => Object.entries(block as object).filter(([, value]) => typeof value === 'number' && value < 0)))
    expect(negative).toEqual([])
    const { offered, answered, abandoned, callbacks, flowedOut, systemEnded, pending } = row.today
    expect(answered + abandoned + callbacks + flowedOut + systemEnded + pending).toBe(offered)
  })

  it('a queue that was taken out of the settings goes on with the defaults', async () => {
    const targetOf = async () => (await server.admin('GET', `/api/v1/sites/${site}/floor`)).body.queues.find(({ queue }: { queue: string }) => queue === 'leaving')
    const settings = (queues: object) => server.admin('PUT', `/api/v1/sites/${site}/settings`, { queues })
    expect((await settings({ leaving: { name: 'On its way out', target: { percent: 0.9, withinMs: 10_000 } } })).status).toBe(200)
    await send(call({ queueId: 'leaving' }))
    expect(await targetOf()).toMatchObject({ name: 'On its way out', waiting: 1, target: { percent: 0.9, withinMs: 10_000 } })
    expect((await settings({})).status).toBe(200)
    expect((await send(call({ queueId: 'leaving' }))).body).toMatchObject({ accepted: 1, rejected: [] })
    expect(await targetOf()).toMatchObject({ name: 'leaving', waiting: 2, target: { percent: 0.8, withinMs: 20_000 } })
  })
})

describe('B29: an Idempotency-Key', () => {
  const report = { type: 'incident', title: 'Lift stuck', nature: 'nobody inside', channel: 'voice', location: 'North hall', service: 'building', reporter: 'Front desk', callerId: 'withheld', callerSafe: true, category: 'operational', impact: 3, urgency: 3 }
  const open = (key: string, more: object = {}) => server.admin('POST', `/api/v1/sites/${site}/incidents`, { ...report, ...more }, { 'idempotency-key': key })

  it('gives the first answer again, and 409 for another body', async () => {
    const first = await open('key-1')
    expect(first.status).toBe(201)
    expect((await open('key-1')).body.ref).toBe(first.body.ref)
    const other = await open('key-1', { title: 'Another lift' })
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused'])
  })

  it('used twice at once makes one incident', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => open('key-2')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201))
    expect(new Set(answers.map(({ body }) => body.ref)).size).toBe(1)
    const command = { type: 'note', text: 'called the engineer' }
    const noted = await Promise.all(Array.from({ length: 8 }, () => server.admin('POST', `/api/v1/sites/${site}/incidents/${answers[0]?.body.ref}/commands`, command, { 'idempotency-key': 'key-3' })))
    expect(noted.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    const { body } = await server.admin('GET', `/api/v1/sites/${site}/incidents/${answers[0]?.body.ref}/timeline`)
    expect(body.items.filter(({ type }: { type: string }) => type === 'note-added')).toHaveLength(1)
  })

  it('no client would make is 400', async () => {
    expect((await open('a b')).status).toBe(400)
    expect((await open('x'.repeat(201))).status).toBe(400)
  })
})

describe('CloudEvents', () => {
  const { id: _id, type: _type, occurredAt: _at, ...data } = call()
  const envelope = () => ({ specversion: '1.0', id: `ce-${(serial += 1)}`, source: '/pbx', type: 'contact.queued', time: iso(2_000), data: { ...data, contactId: `ce-c-${serial}` } })

  it('come structured, as a batch, in base64 and in binary form', async () => {
    expect((await send(JSON.stringify(envelope()), { 'content-type': 'application/cloudevents+json' })).body).toMatchObject({ accepted: 1 })
    expect((await send(JSON.stringify([envelope(), { ...envelope(), data: undefined, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') }]), { 'content-type': 'application/cloudevents-batch+json' })).body).toMatchObject({ accepted: 2 })
    const { id, type, time, source } = envelope()
    expect((await send(JSON.stringify(data), { 'ce-specversion': '1.0', 'ce-id': id, 'ce-type': type, 'ce-time': time, 'ce-source': source })).body).toMatchObject({ accepted: 1 })
  })

  it('without a time happen when they first arrive, and are known when sent again', async () => {
    const { time: _time, ...untimed } = envelope()
    const body = JSON.stringify(untimed)
    expect((await send(body, { 'content-type': 'application/cloudevents+json' })).body).toMatchObject({ accepted: 1 })
    expect((await send(body, { 'content-type': 'application/cloudevents+json' })).body).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  it('of another version or without data fields are told so', async () => {
    expect(codes(await send([{ ...envelope(), specversion: '0.3' }, { ...envelope(), data: 5 }]))).toEqual(['bad_field', 'bad_field'])
  })
})

describe('queue_log lines as a body', () => {
  const epoch = Math.floor(Date.now() / 1_000) - 60
  const lines = [`${epoch}|${epoch}.1|support|NONE|ENTERQUEUE||+442079460041|1`, `${epoch + 4}|${epoch}.1|support|Agent One|CONNECT|4|x|2`, 'not a line', `${epoch + 9}|${epoch}.1|support|Agent One|COMPLETECALLER|4|5|1`, `${epoch + 9}|NONE|NONE|NONE|CONFIGRELOAD|`]
  const post = (body: string | Uint8Array, type = 'text/plain') => server.admin('POST', `/api/v1/sites/${site}/sources/asterisk-queue-log`, body, { 'content-type': type })

  it('are taken line by line, told by line number, and known when sent again', async () => {
    expect((await post(lines.join('\n'))).body).toMatchObject({ accepted: 3, duplicates: 0, rejected: [{ index: 2, code: 'bad_field' }] })
    expect((await post(lines.join('\n'))).body).toMatchObject({ accepted: 0, duplicates: 3 })
  })

  it('go on where the last body ended', async () => {
    await post(`${epoch + 20}|${epoch}.1|support|NONE|ENTERQUEUE||+442079460041|1\n`)
    await post(`${epoch + 22}|${epoch}.1|support|NONE|ABANDON|1|1|2\n`)
    const facts = (await log.read(site, '0-0', 10_000)).flatMap(({ entry }) => (entry?.kind === 'facts' ? entry.facts : []))
    expect(facts.slice(-2)).toMatchObject([{ type: 'contact.queued', legId: `${epoch}.1#2` }, { type: 'contact.abandoned', legId: `${epoch}.1#2` }])
  })

  it('of the wrong type, empty, too many or not text are refused', async () => {
    expect((await post(lines.join('\n'), 'application/json')).status).toBe(415)
    expect((await post('\n\n')).status).toBe(400)
    expect((await post(Buffer.from([0xff, 0xfe]))).status).toBe(400)
    expect((await post('x\n'.repeat(10_001))).status).toBe(413)
    expect((await server.admin('POST', `/api/v1/sites/${site}/sources/nothing`, 'x', { 'content-type': 'text/plain' })).status).toBe(404)
  })
})

describe('afterwards', () => {
  it('nothing was lost, nothing was a fault of the server, and its door still opens', async () => {
    const before = await stored()
    expect((await send([call(), call()])).body).toMatchObject({ accepted: 2 })
    expect(await stored()).toBe(before + 2)
    expect(server.log.lines.filter((line) => line.level === 'error' || line.level === 'fatal')).toEqual([])
    // Of each entry the log holds a hash; all are readable.
    expect((await log.read(site, '0-0', 100_000)).filter(({ fault }) => fault !== null)).toEqual([])
    expect((await server.ask('GET', '/healthz')).status).toBe(200)
  })
})
