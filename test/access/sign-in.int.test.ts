import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runServer, type Answer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let time = Date.UTC(2026, 10, 22, 9)
const password = 'four unrelated words'

beforeAll(async () => {
  server = await runServer({ now: () => time })
})
afterAll(() => server.close())

const cookiesOf = (answer: Answer): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
const origin = () => ({ origin: server.url })
const signIn = (name: string, given: string, headers: Record<string, string> = {}) => server.ask('POST', '/api/v1/session', { body: { name, password: given }, headers })
const me = (cookie: string) => server.ask('GET', '/api/v1/session', { headers: { cookie } })

describe('the first administrator', () => {
  it('is asked for while nobody has an account', async () => {
    const answer = await server.ask('GET', '/api/v1/session')
    expect([answer.status, answer.body.code]).toEqual([401, 'setup_needed'])
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  })

  it('needs the right link and a password that is not tried first', async () => {
    const setup = (token: string, given: string) => server.ask('POST', '/api/v1/setup', { body: { token, username: 'root', password: given } })
    expect((await setup('x', password)).status).toBe(401)
    expect((await setup(server.setupToken ?? '', 'password123')).body.faults).toEqual([{ path: 'password', code: 'password_refused', detail: 'must have at least 12 characters' }])
    expect((await setup(server.setupToken ?? '', 'password2026!!')).status).toBe(422)
    // A web server that comes up again prints a link of its own; the one on the terminal stays good, until one of them was used.
    const again = await runServer({ now: () => time, prefix: server.prefix })
    await again.stop()
    expect(again.setupToken).not.toBe(server.setupToken)
    const done = await setup(server.setupToken ?? '', password)
    expect([done.status, done.body.role, done.body.everySite]).toEqual([201, 'admin', true])
    expect((await me(cookiesOf(done))).body.person.name).toBe('root')
    expect((await setup(again.setupToken ?? '', password)).body.code).toBe('setup_done')
  })
})

describe('signing in', () => {
  it('gives a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await signIn('ROOT', password)
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()[0]).toMatch(/^floorwatch=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
  })

  it('answers an unknown account as a wrong password', async () => {
    const [unknown, wrong] = [await signIn('nobody', password), await signIn('root', 'another four words')]
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text])
    expect(wrong.status).toBe(401)
  })

  it('begins a new session and ends the one the browser had', async () => {
    const first = cookiesOf(await signIn('root', password))
    const second = cookiesOf(await signIn('root', password, { cookie: first }))
    expect((await me(first)).status).toBe(401)
    expect((await me(second)).status).toBe(200)
  })

  it('takes changes only with our Origin and the token of the session', async () => {
    const answer = await signIn('root', password)
    const cookie = cookiesOf(answer)
    const put = (headers: Record<string, string>) => server.ask('PUT', '/api/v1/sites/csrf', { body: { name: 'C', timeZone: 'UTC' }, headers: { cookie, ...headers } })
    expect((await put({})).body.code).toBe('origin_missing')
    expect((await put(origin())).body.code).toBe('csrf_token_wrong')
    expect((await put({ origin: 'http://127.0.0.1.evil.example', 'x-csrf-token': answer.body.csrfToken })).body.code).toBe('origin_refused')
    expect((await put({ ...origin(), 'x-csrf-token': answer.body.csrfToken, 'sec-fetch-site': 'cross-site' })).body.code).toBe('cross_site')
    expect((await put({ ...origin(), 'x-csrf-token': answer.body.csrfToken })).status).toBe(201)
    expect((await server.ask('GET', '/api/v1/sites', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  })

  it('ends at sign-out', async () => {
    const answer = await signIn('root', password)
    const cookie = cookiesOf(answer)
    const out = await server.ask('DELETE', '/api/v1/session', { headers: { cookie, ...origin(), 'x-csrf-token': answer.body.csrfToken } })
    expect(out.status).toBe(204)
    expect((await me(cookie)).status).toBe(401)
  })

  it('ends after 30 minutes without a human act, and after 12 hours in any case', async () => {
    const answer = await signIn('root', password)
    const cookie = cookiesOf(answer)
    const acted = () => server.ask('POST', '/api/v1/session/activity', { headers: { cookie, ...origin(), 'x-csrf-token': answer.body.csrfToken } })
    const began = time
    for (let minutes = 20; minutes <= 60; minutes += 20) {
      time = began + minutes * 60_000
      expect((await acted()).status).toBe(204)
    }
    time = began + 89 * 60_000
    expect((await me(cookie)).status).toBe(200)
    time = began + 91 * 60_000
    expect((await me(cookie)).status).toBe(401)
    const again = await signIn('root', password)
    const start = time
    for (let minutes = 20; minutes < 720; minutes += 20) {
      time = start + minutes * 60_000
      expect((await server.ask('POST', '/api/v1/session/activity', { headers: { cookie: cookiesOf(again), ...origin(), 'x-csrf-token': again.body.csrfToken } })).status).toBe(204)
    }
    time = start + 720 * 60_000
    expect((await me(cookiesOf(again))).status).toBe(401)
  })
})

describe('guessing passwords', () => {
  it('is throttled, while the owner signs in from the browser used before', async () => {
    time += 3_600_000
    await server.admin('POST', '/api/v1/users', { username: 'sam', role: 'supervisor', password })
    const device = cookiesOf(await signIn('sam', password))
    const tries = await Promise.all(Array.from({ length: 12 }, () => signIn('sam', 'not the right one')))
    expect(tries.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    const stranger = await signIn('sam', password)
    expect([stranger.status, Number(stranger.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await signIn('sam', password, { cookie: device })).status).toBe(200)
    time += 16 * 60_000
    expect((await signIn('sam', password)).status).toBe(200)
  })
})

describe('accounts', () => {
  it('lose their sessions with a disabled account, a reset and a changed password', async () => {
    time += 3_600_000
    const made = await server.admin('POST', '/api/v1/users', { username: 'Ada', name: 'Ada L.', role: 'supervisor', sites: null })
    expect(made.status).toBe(201)
    const first = await signIn('ada', made.body.password)
    const other = cookiesOf(await signIn('ada', made.body.password))
    const headers = { cookie: cookiesOf(first), ...origin(), 'x-csrf-token': first.body.csrfToken }
    expect((await server.ask('POST', '/api/v1/session/password', { body: { old: 'wrong', new: 'some other four words' }, headers })).status).toBe(403)
    expect((await server.ask('POST', '/api/v1/session/password', { body: { old: made.body.password, new: 'some other four words' }, headers })).status).toBe(204)
    expect([(await me(headers.cookie)).status, (await me(other)).status]).toEqual([200, 401])
    const reset = await server.admin('POST', `/api/v1/users/${made.body.id}/reset`)
    expect((await me(headers.cookie)).status).toBe(401)
    const after = cookiesOf(await signIn('ada', reset.body.password))
    await server.admin('PUT', `/api/v1/users/${made.body.id}`, { disabled: true })
    expect([(await me(after)).status, (await signIn('ada', reset.body.password)).status]).toEqual([401, 401])
    expect((await server.admin('POST', '/api/v1/users', { username: 'ADA', role: 'agent' })).body.code).toBe('name_taken')
  })

  it('never show a password or its hash', async () => {
    expect((await server.admin('GET', '/api/v1/users')).text).not.toMatch(/scrypt|"password"/)
    expect(JSON.stringify(server.log)).not.toContain(password)
  })
})
