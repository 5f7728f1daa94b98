import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { roles, rightsOf, type Right, type Role } from '../../server/contract/roles.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
const tokens = new Map<Role, string>()

beforeAll(async () => {
  server = await runServer()
  for (const site of ['mine', 'other']) await server.admin('PUT', `/api/v1/sites/${site}`, { name: site, timeZone: 'UTC' })
  for (const role of roles) tokens.set(role, (await server.admin('POST', '/api/v1/keys', { site: 'mine', role })).body.token)
})
afterAll(() => server.close())

const ask = (role: Role, method: string, path: string) => server.ask(method, `/api/v1${path}`, { token: tokens.get(role) ?? '', headers: { 'content-type': 'application/json' } })
const concrete = (path: string, site: string) => path.replace(':site', site).replaceAll(/:[A-Za-z]+/g, 'x')

describe('every route', () => {
  it('says what right it asks for, or that it is open', () => {
    expect(server.routes.length).toBeGreaterThan(20)
    expect(server.routes.filter(({ right }) => right === null)).toEqual([])
    expect(server.routes.flatMap(({ method, path, right }) => (right === 'open' ? [`${method} ${path}`] : [])).sort()).toEqual(['get /asyncapi.json', 'get /openapi.json', 'get /session', 'get /sites/:site/status', 'post /screens/pairings', 'post /screens/pairings/token', 'post /session', 'post /setup'])
  })

  it('answers strangers 401', async () => {
    for (const { method, path, right } of server.routes) {
      if (right === 'open') continue
      const answer = await server.ask(method.toUpperCase(), `/api/v1${concrete(path, 'mine')}`)
      expect([method, path, answer.status, answer.headers.get('www-authenticate')]).toEqual([method, path, 401, 'Bearer'])
      expect((await server.ask(method.toUpperCase(), `/api/v1${concrete(path, 'mine')}`, { token: 'fwk_000000000000000000_0000000000000000000000000000000000000000000' })).status).toBe(401)
    }
  })

  it.each(roles)('answers the role %s 403 exactly where it lacks the right', async (role) => {
    for (const { method, path, right } of server.routes) {
      if (right === 'open' || right === 'signed-in') continue
      const { status } = await ask(role, method.toUpperCase(), concrete(path, 'mine'))
      const has = rightsOf[role].includes(right as Right)
      // What a route answers to an empty request is its own matter; that it was let in is not.
      expect([method, path, role, status === 403]).toEqual([method, path, role, !has])
      expect(status).not.toBe(401)
      expect(status).toBeLessThan(500)
    }
  })

  it.each(roles)('tells the role %s of a foreign site what it tells of one that does not exist', async (role) => {
    for (const { method, path, right } of server.routes) {
      if (!path.includes(':site') || right === 'open' || !rightsOf[role].includes(right as Right)) continue
      const [foreign, absent] = [await ask(role, method.toUpperCase(), concrete(path, 'other')), await ask(role, method.toUpperCase(), concrete(path, 'absent'))]
      expect([method, path, foreign.status]).toEqual([method, path, 404])
      expect(foreign.text.replaceAll('other', 'absent')).toBe(absent.text)
    }
  })
})

describe('keys', () => {
  it('are told once, revoked at once, and never listed with their token', async () => {
    const made = await server.admin('POST', '/api/v1/keys', { site: 'mine', role: 'supervisor', name: 'Wall of the night team' })
    expect(made.body).toEqual({ id: expect.any(String), token: expect.stringMatching(/^fwk_[0-9a-f]{18}_[A-Za-z0-9_-]{43}$/) })
    expect((await server.ask('GET', '/api/v1/session', { token: made.body.token })).body).toMatchObject({ kind: 'key', role: 'supervisor', person: { name: 'Wall of the night team' }, sites: [{ id: 'mine' }] })
    const listed = await server.admin('GET', '/api/v1/keys')
    expect(listed.text).not.toContain(made.body.token.slice(-43))
    expect(listed.body.items.find(({ id }: { id: string }) => id === made.body.id).lastUsedAt).toEqual(expect.any(String))
    expect((await server.admin('DELETE', `/api/v1/keys/${made.body.id}`)).status).toBe(204)
    expect((await server.ask('GET', '/api/v1/session', { token: made.body.token })).status).toBe(401)
  })

  it('of an administrator of one site reach that site only', async () => {
    const token = (await server.admin('POST', '/api/v1/keys', { site: 'mine', role: 'admin' })).body.token
    const as = (method: string, path: string, body?: unknown) => server.ask(method, `/api/v1${path}`, { token, body })
    expect((await as('GET', '/sites')).body.items.map(({ id }: { id: string }) => id)).toEqual(['mine'])
    expect((await as('PUT', '/sites/new', { name: 'New', timeZone: 'UTC' })).status).toBe(404)
    expect((await as('POST', '/keys', { site: 'other', role: 'admin' })).status).toBe(404)
    expect((await as('POST', '/keys', { site: '*', role: 'admin' })).status).toBe(403)
    expect((await as('POST', '/users', { username: 'x', role: 'admin' })).status).toBe(403)
    expect((await as('POST', '/keys', { site: 'mine', role: 'source' })).status).toBe(201)
  })
})

describe('the administrator token', () => {
  it('acts as a person on every site', async () => {
    expect((await server.admin('GET', '/api/v1/session')).body).toMatchObject({ kind: 'admin-token', role: 'admin', person: { name: 'Administrator' }, everySite: true })
  })
})
