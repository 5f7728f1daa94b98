import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let clientDir: string

beforeAll(async () => {
  clientDir = await mkdtemp(join(tmpdir(), 'floorwatch-client-'))
  await mkdir(join(clientDir, 'assets'))
  await writeFile(join(clientDir, 'index.html'), '<!doctype html><title>Floorwatch</title>')
  await writeFile(join(clientDir, 'assets', 'app-abc123.js'), 'export const x = 1\n'.repeat(200))
  await writeFile(join(clientDir, 'favicon.svg'), '<svg/>')
  server = await runServer({ clientDir })
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
})
afterAll(async () => {
  await server.close()
  await rm(clientDir, { recursive: true })
})

/** The bytes that come back for bytes sent as they are. */
const raw = (bytes: string, { half = false } = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => (half ? socket.write(bytes) : socket.end(bytes)))
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('error', reject).on('close', () => resolve(text))
  })
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
const request = (line: string, headers: readonly string[] = []) => raw(`${line}\r\n${['Host: 127.0.0.1', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`)

describe('addresses', () => {
  it.each(['/', '/wall', '/sites/acme/queues', '/setup', '/favicon.svg/x'])('GET %s is the page of the app', async (path) => {
    const answer = await server.ask('GET', path)
    expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([200, 'text/html; charset=utf-8', '<!doctype html><title>Floorwatch</title>'])
  })

  it('assets never change and are packed; missing ones are 404', async () => {
    const asset = await server.ask('GET', '/assets/app-abc123.js', { headers: { 'accept-encoding': 'gzip' } })
    expect([asset.status, asset.headers.get('cache-control'), asset.headers.get('content-encoding'), asset.text.length]).toEqual([200, 'public, max-age=31536000, immutable', 'gzip', 3_800])
    expect((await server.ask('GET', '/assets/gone-abc123.js')).status).toBe(404)
    expect((await server.ask('GET', '/favicon.svg')).headers.get('content-type')).toMatch('image/svg')
  })

  it.each(['/api', '/api/', '/api/v1', '/api/v2/sites', '/api/v1/nothing', '/api/v1/sites/acme/nothing'])('GET %s is 404 in problem+json', async (path) => {
    const answer = await server.admin('GET', path)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8'])
  })

  it.each(['/api/%2e%2e/', '//', '/a//b', '/%00', '/%c0%af', '/..%2f..%2fetc/passwd', '/%', '/assets/..%2findex.html', '/api/v1/sites/%ff/floor'])('GET %s is refused and never a file', async (path) => {
    expect([400, 404]).toContain(statusOf(await request(`GET ${path} HTTP/1.1`, [`Authorization: Bearer ${adminToken}`])))
  })

  it('an endless path or header is 431', async () => {
    expect(statusOf(await request(`GET /${'a'.repeat(9_000)} HTTP/1.1`))).toBe(431)
    expect(statusOf(await request('GET / HTTP/1.1', [`X: ${'a'.repeat(20_000)}`]))).toBe(431)
  })
})

describe('methods', () => {
  it('only declared ones are accepted, and those are named', async () => {
    const answer = await server.admin('DELETE', '/api/v1/sites/acme')
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'PUT'])
    expect((await server.ask('POST', '/wall')).status).toBe(405)
  })
  it.each(['TRACE', 'BREW', 'PATCH'])('%s is refused', async (method) => {
    expect([400, 405]).toContain(statusOf(await request(`${method} /api/v1/sites HTTP/1.1`)))
  })
  it('a body with GET, HTTP/1.0, a broken header and doubled lengths are refused', async () => {
    expect(statusOf(await request('GET /api/v1/sites HTTP/1.1', ['Content-Length: 2', '', '{}']))).toBe(400)
    expect(statusOf(await raw('GET /api/v1/sites HTTP/1.0\r\n\r\n'))).toBe(400)
    expect(statusOf(await request('GET / HTTP/1.1', ['X: a\rb']))).toBe(400)
    expect(statusOf(await request('POST /api/v1/session HTTP/1.1', ['Content-Length: 2', 'Transfer-Encoding: chunked', '', '{}']))).toBe(400)
    expect(statusOf(await request('POST /api/v1/session HTTP/1.1', ['Content-Length: 2', 'Content-Length: 3', '', '{}']))).toBe(400)
  })
})

describe('hosts and origins', () => {
  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', '10.0.0.1', ''])('Host "%s" is refused', async (host) => {
    expect([400, 421]).toContain(statusOf(await raw(`GET /api/v1/sites HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)))
  })
  it('health answers whatever name a probe uses', async () => {
    expect(statusOf(await raw('GET /healthz HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n\r\n'))).toBe(200)
  })
  it.each([['null'], ['https://good.example.evil.tld'], ['http://127.0.0.1:1'], ['https://127.0.0.1'], ['file://']])('Origin %s is refused, with a token too', async (origin) => {
    expect((await server.admin('GET', '/api/v1/sites', undefined, { origin })).body.code).toBe('origin_refused')
  })
  it('our own Origin, or none with a token, is accepted', async () => {
    expect((await server.admin('GET', '/api/v1/sites', undefined, { origin: server.url })).status).toBe(200)
    expect((await server.admin('GET', '/api/v1/sites')).status).toBe(200)
  })
})

describe('bodies', () => {
  const put = (body: string | Uint8Array, headers: Record<string, string> = { 'content-type': 'application/json' }) => server.ask('PUT', '/api/v1/sites/acme', { token: adminToken, body, headers })
  const good = JSON.stringify({ name: 'Acme', timeZone: 'Europe/London' })

  it.each<readonly [string, string, string]>([
    ['nothing', '', 'body_invalid'], ['null', 'null', 'body_invalid'], ['text', '"x"', 'body_invalid'], ['cut off', '{"name":', 'body_invalid'], ['trailing bytes', `${good}x`, 'body_invalid'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'too_deep'], ['50,000 levels', '['.repeat(50_000) + ']'.repeat(50_000), 'too_deep'], ['too many keys', JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`k${i}`, 1]))), 'too_many'],
    ['a prototype', '{"__proto__":{"x":1}}', 'key_refused'], ['a constructor', '{"constructor":{}}', 'key_refused'], ['infinity', '{"name":1e999}', 'number_refused'], ['2^53+1', '{"name":9007199254740993}', 'number_refused'],
  ])('%s is 400', async (_what, body, code) => {
    const answer = await put(body)
    expect([answer.status, answer.body.code]).toEqual([400, code])
    expect(Object.prototype).not.toHaveProperty('x')
  })

  it('a BOM is read over, invalid UTF-8 is not', async () => {
    expect((await put(`\uFEFF${good}`)).status).toBe(200)
    expect((await put(new Uint8Array([0x22, 0xff, 0x22]))).body.code).toBe('body_invalid')
  })
  it('wrong fields are 422 with every fault', async () => {
    const answer = await put('{"name":"","timeZone":"Mars/Base","more":1}')
    expect([answer.status, answer.body.faults.map(({ path }: { path: string }) => path)]).toEqual([422, ['name', 'timeZone', '']])
  })
  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x'], ['application/json; charset=koi8-r'], ['']])('a body of type "%s" is 415', async (type) => {
    expect((await put(new TextEncoder().encode(good), type === '' ? {} : { 'content-type': type })).status).toBe(415)
  })
  it.each(['br', 'gzip', 'deflate', 'gzip, br'])('a body packed with %s is 415 before any decoder runs', async (encoding) => {
    expect((await put(good, { 'content-type': 'application/json', 'content-encoding': encoding })).status).toBe(415)
  })
  it('says what a parameter or field should have been', async () => {
    const detail = async (query: string) => (await server.admin('GET', `/api/v1/sites/acme/${query}`)).body.detail
    expect(await detail('intervals?step=15m')).toBe('from: is missing: an instant with a zone is needed, such as 2026-11-22T09:00:00.000Z; to: is missing: an instant with a zone is needed, such as 2026-11-22T09:00:00.000Z')
    expect(await detail('contacts?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&outcome=lost')).toBe('outcome: must be one of pending, answered, abandoned, callback, flowed-out, system, refused')
    expect(await detail('figures?from=x')).toBe('query: "from" not known here; accepted: queue, window')
    expect((await put('{}')).body.faults).toMatchObject([{ path: 'name', detail: 'is missing' }, { path: 'timeZone', detail: 'is missing' }])
  })

  it('one byte over the limit is 413', async () => {
    expect(await put(JSON.stringify({ name: 'a'.repeat(262_144), timeZone: 'UTC' }))).toMatchObject({ status: 413, body: { detail: 'the body is larger than 262144 bytes, the most that this route accepts' } })
  })
})

describe('queries', () => {
  it.each(['limit=-1', 'limit=1e9', 'limit=0', 'limit=1001', 'limit=1&limit=2', 'limit[]=1', 'cursor=../', 'cursor=AAAA', 'unknown=1', '__proto__=1'])('?%s is 400', async (query) => {
    expect((await server.admin('GET', `/api/v1/sites?${query}`)).status).toBe(400)
  })
})

describe('headers', () => {
  it.each(['/', '/healthz', '/api/v1/sites', '/api/nothing', '/assets/x', '/%00'])('of %s guard the browser and tell nothing', async (path) => {
    const { headers } = await server.ask('GET', path)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self';/)
    expect(headers.get('content-security-policy')).toMatch("frame-ancestors 'none'")
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy'), headers.get('cross-origin-opener-policy'), headers.get('cross-origin-resource-policy'), headers.get('x-powered-by'), headers.get('server'), headers.get('access-control-allow-origin')]).toEqual(['nosniff', 'no-referrer', 'same-origin', 'same-origin', null, null, null])
  })
  it('data is never stored', async () => {
    expect((await server.admin('GET', '/api/v1/sites')).headers.get('cache-control')).toBe('no-store')
  })
})

describe('health and metrics', () => {
  it('readiness tells strangers yes or no, and details to who has a token', async () => {
    const [stranger, admin] = [await server.ask('GET', '/readyz'), await server.admin('GET', '/readyz')]
    expect([stranger.status, stranger.body.checks.redis]).toEqual([200, { ok: true }])
    expect(admin.body.checks.redis.detail).toBe('a write was answered')
  })
  it('metrics need a token and have one prefix and base units', async () => {
    expect((await server.ask('GET', '/metrics')).status).toBe(401)
    const source = await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'source' })
    expect((await server.ask('GET', '/metrics', { token: source.body.token })).status).toBe(403)
    const { status, text } = await server.admin('GET', '/metrics')
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '')
    expect(status).toBe(200)
    expect(names.filter((name) => !name.startsWith('floorwatch_') || /_(ms|milliseconds|percent)\b/.test(name))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['floorwatch_http_request_duration_seconds', 'floorwatch_events_accepted_total', 'floorwatch_fold_lag_seconds', 'floorwatch_sockets']))
    expect(text).toContain('route="/sites"')
    expect(text).not.toContain('acme/')
  })
})

describe('slow callers', () => {
  it('headers that never end are cut after about ten seconds', async () => {
    const began = Date.now()
    const answer = await raw('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ', { half: true })
    expect([statusOf(answer), Date.now() - began < 40_000]).toEqual([408, true])
  })
  it('a body that never ends is cut after fifteen seconds', async () => {
    const began = Date.now()
    const answer = await raw(`POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`, { half: true })
    expect([statusOf(answer), Date.now() - began < 40_000]).toEqual([408, true])
  })
})
