import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await runServer({ env: { DEMO: 'on' } })
  for (const site of ['demo', 'real']) await server.admin('PUT', `/api/v1/sites/${site}`, { name: site, timeZone: 'UTC' })
})
afterAll(() => server.close())

const look = (path: string, headers: Record<string, string> = {}) => server.ask('GET', `/api/v1${path}`, { headers })

describe('the demo floor on this machine', () => {
  it('opens without sign-in, in a role of the visitor’s choice', async () => {
    expect((await look('/session')).body).toMatchObject({ kind: 'demo', role: 'supervisor', sites: [{ id: 'demo', demo: true }], setupNeeded: true })
    expect((await look('/session', { 'x-demo-role': 'duty-manager' })).body.role).toBe('duty-manager')
    expect((await look('/session', { cookie: 'floorwatch-demo-role=stakeholder' })).body.role).toBe('stakeholder')
    expect((await look('/session', { 'x-demo-role': 'admin' })).body.role).toBe('supervisor')
    expect((await look('/sites')).body.items.map(({ id }: { id: string }) => id)).toEqual(['demo'])
  })
  it('is nobody anywhere else', async () => {
    expect([(await look('/sites/real/floor')).status, (await look('/sites/absent/floor')).status, (await look('/keys')).status, (await look('/sites/demo/settings')).status]).toEqual([401, 401, 401, 403])
    expect((await server.ask('PUT', '/api/v1/sites/mine', { body: { name: 'x', timeZone: 'UTC' } })).status).toBe(401)
  })
  it('stays shut for a wrong token, a proxy and a foreign page', async () => {
    expect((await server.ask('GET', '/api/v1/session', { token: 'wrong' })).status).toBe(401)
    expect((await look('/session', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(401)
    expect((await look('/session', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const write = (headers: Record<string, string>) => server.ask('POST', '/api/v1/session/activity', { headers })
    const { csrfToken } = (await look('/session')).body
    const cookie = 'floorwatch-demo-role=supervisor'
    expect([(await write({ cookie })).body.code, (await write({ cookie, origin: server.url })).body.code, (await write({ origin: server.url, 'x-csrf-token': csrfToken })).status]).toEqual(['origin_missing', 'csrf_token_wrong', 204])
  })
  it('asks who brings nothing of a guest for a credential, on every route that changes something', async () => {
    const guarded = server.routes.filter(({ method, right }) => method !== 'get' && right !== 'open')
    expect(guarded.length).toBeGreaterThan(30)
    for (const { method, path } of guarded) {
      const answer = await server.ask(method.toUpperCase(), `/api/v1${path.replace(':site', 'demo').replace(/:\w+/g, 'x')}`)
      expect([method, path, answer.status]).toEqual([method, path, 401])
    }
  })
  it('plays what the document asks for, with a key of the demo site', async () => {
    const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'demo', role: 'supervisor', name: 'scenarios' })).body
    expect((await server.ask('POST', '/api/v1/sites/demo/demo/power-cut', { token })).body).toEqual({ scenario: 'power-cut' })
  })
  it('does not exist when it is switched off', async () => {
    const off = await runServer({ env: { DEMO: 'off' }, prefix: server.prefix })
    expect((await off.ask('GET', '/api/v1/session')).status).toBe(401)
    expect([(await off.admin('GET', '/api/v1/sites/demo/floor')).status, (await off.admin('GET', '/api/v1/sites')).body.items.length]).toEqual([404, 1])
    await off.stop()
  })
})
