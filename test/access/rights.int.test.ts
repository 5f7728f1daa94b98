import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { roles, rightsOf, type Right, type Role } from '../../server/contract/roles.ts'
import { opening, socketTo, watchOn } from '../support/live-server.ts'
import { dayStartFarFrom } from '../support/day-start.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

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

/** What of a site a key or an account reaches that is limited to a group, over every door. */
describe('an area, which is a group of the settings,', () => {
  const acme = '/api/v1/sites/acme'
  const at = Date.now() - 600_000
  const iso = (ms: number) => new Date(at + ms).toISOString()
  const range = `from=${iso(-3_600_000)}&to=${iso(3_600_000)}`
  const groups = { money: { queues: ['billing'] }, help: { queues: ['support'] }, night: { queues: ['support'], teams: ['owls'] } }
  let token = ''
  const keyOf = async (body: object) => (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'supervisor', ...body })).body.token as string
  const get = (path: string, as = token) => server.ask('GET', `${acme}${path}`, { token: as })

  beforeAll(async () => {
    await server.admin('PUT', acme, { name: 'Acme', timeZone: 'Europe/London' })
    expect((await server.admin('PUT', `${acme}/settings`, { defaults: dayStartFarFrom(at), groups, teams: { owls: { name: 'Owls' } } })).status).toBe(200)
    const call = (queueId: string, agentId: string) => [
      { id: `${queueId}-q`, type: 'contact.queued', occurredAt: iso(0), contactId: `c-${queueId}`, queueId, channel: 'voice' },
      { id: `${queueId}-a`, type: 'contact.answered', occurredAt: iso(4_000), contactId: `c-${queueId}`, queueId, agentId, waitMs: 4_000 },
    ]
    const agent = (agentId: string, queues: readonly string[], team?: string) => ({ id: `${agentId}-s`, type: 'agent.state', occurredAt: iso(1_000), agentId, agentName: `Name of ${agentId}`, state: 'available', queues, ...(team === undefined ? {} : { team }) })
    const events = [agent('ann', ['support'], 'Owls'), agent('bob', ['billing']), agent('eve', ['support', 'billing']), ...call('support', 'ann'), ...call('billing', 'eve'), { id: 'w', type: 'contact.queued', occurredAt: iso(5_000), contactId: 'c-waits', queueId: 'billing', channel: 'voice' }]
    expect((await server.admin('POST', `${acme}/events`, events)).body).toMatchObject({ accepted: events.length })
    token = await keyOf({ area: 'help' })
  })

  it('is given to keys and accounts by name and shown with them; a name that is no group, and a role that has the whole site, are refused', async () => {
    const faulty = async (path: string, body: object) => (await server.admin('POST', `/api/v1${path}`, body)).body
    expect(await faulty('/keys', { site: 'acme', role: 'supervisor', areas: ['help', 'sales'] })).toMatchObject({ status: 422, faults: [{ path: 'areas.1', code: 'unknown_area', detail: expect.stringContaining('help, money, night') }] })
    expect(await faulty('/keys', { site: 'acme', role: 'supervisor', area: 'sales' })).toMatchObject({ status: 422, faults: [{ path: 'area' }] })
    expect(await faulty('/keys', { site: 'acme', role: 'supervisor', area: 'help', areas: ['help'] })).toMatchObject({ status: 422, faults: [{ path: 'areas' }] })
    for (const role of ['admin', 'source']) expect(await faulty('/keys', { site: 'acme', role, area: 'help' })).toMatchObject({ status: 422, faults: [{ path: 'area', code: 'contradiction' }] })
    expect((await server.admin('GET', '/api/v1/keys')).body.items.at(-1)).toMatchObject({ site: 'acme', areas: ['help'] })

    const made = await server.admin('POST', '/api/v1/users', { username: 'night', role: 'supervisor', sites: ['acme'], areas: ['help', 'money'], password: 'a long enough password 1' })
    expect([made.status, made.body.areas]).toEqual([201, ['help', 'money']])
    const cookie = (await server.ask('POST', '/api/v1/session', { body: { name: 'night', password: 'a long enough password 1' } })).headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
    const queues = async () => (await server.ask('GET', `${acme}/floor`, { headers: { cookie } })).body.queues.map(({ queue }: { queue: string }) => queue).sort()
    expect(await queues()).toEqual(['billing', 'support'])
    expect((await server.admin('PUT', `/api/v1/users/${made.body.id}`, { areas: ['money'] })).body.areas).toEqual(['money'])
    expect([await queues(), (await server.ask('GET', '/api/v1/session', { headers: { cookie } })).body.areas]).toEqual([['billing'], ['money']])
    expect((await server.admin('PUT', `/api/v1/users/${made.body.id}`, { role: 'admin' })).status).toBe(422)
    expect((await server.admin('PUT', `/api/v1/users/${made.body.id}`, { role: 'admin', areas: null })).body).toMatchObject({ role: 'admin', areas: null })
  })

  it('has its own floor: its queues, its agents without what lies beyond it, and totals of its own', async () => {
    const { body, text } = await get('/floor')
    expect([body.queues.map(({ queue }: { queue: string }) => queue), body.agents.map(({ agent, queues, contacts }: Record<string, unknown>) => [agent, queues, contacts]), body.totals.waiting, body.totals.inProgress, body.totals.signedIn]).toEqual([['support'], [['ann', ['support'], ['c-support']], ['eve', ['support'], []]], 0, 1, 2])
    for (const foreign of ['billing', 'bob']) expect(text).not.toContain(foreign)
    expect((await get('/floor', await keyOf({ areas: ['night'] }))).body.agents.map(({ agent }: { agent: string }) => agent)).toEqual(['ann'])
    expect((await get('/floor', await keyOf({ areas: ['help', 'money'] }))).body).toMatchObject({ totals: { waiting: 1, inProgress: 2, signedIn: 3 } })
    for (const path of ['/explain?metric=inProgress&queue=*', '/explain?metric=answered&queue=*&window=today']) expect((await get(path)).body.value).toBe(1)
    expect((await get('/figures?queue=*&window=today')).body.figures.offered).toBe(1)
  })

  it('answers for queues, agents and contacts beyond it as for those that do not exist, on every route that names one', async () => {
    const routes = ['/intervals?Q&R', '/contacts?Q&R', '/contacts?A&R', '/explain?metric=offered&Q', '/explain?metric=handled&A', '/figures?Q', '/export/intervals.csv?Q&R', '/export/contacts.csv?Q&R', '/export/contacts.csv?A&R', '/contacts/C/journey', '/corrections?Q&R', '/plan?Q&R', '/reports/staffing?Q', '/reports/heat-map?Q&R', '/reports/trends?Q&R', '/reports/on-target?Q&R', '/reports/lost-reasons?Q&R', '/reports/lost-callers?Q&R', '/reports/expected-wait?Q&R', '/reports/callbacks?Q&R', '/reports/owed?Q', '/reports/first-response?Q&R', '/reports/fcr?Q&R', '/reports/surveys?Q&R', '/reports/reconciliation?Q&R', '/reports/agents?Q&R', '/reports/agents?A&R']
    const filled = (route: string, queue: string, agent: string, contact: string) => route.replace('Q', `queue=${queue}`).replace(/A(?=&|$)/, `agent=${agent}`).replace('/C/', `/${contact}/`).replace('R', range)
    for (const route of routes) {
      const [own, beyond, absent] = await Promise.all([filled(route, 'support', 'ann', 'c-support'), filled(route, 'billing', 'bob', 'c-billing'), filled(route, 'nowhere', 'nobody', 'c-none')].map((path) => get(path)))
      expect([route, own?.status, beyond?.status]).toEqual([route, 200, 404])
      expect(beyond?.text.replaceAll('c-billing', 'c-none').replaceAll('billing', 'nowhere').replaceAll('bob', 'nobody')).toBe(absent?.text)
    }
  })

  it('keeps everything beyond it out of lists, files and reports', async () => {
    for (const path of [`/intervals?${range}`, `/contacts?${range}`, `/export/intervals.csv?${range}`, `/export/contacts.json?${range}`, '/export/agents.csv', `/schedule?${range}`, '/reports/roll-call', '/reports/breaks', '/reports/teams', '/reports/teams?format=csv', `/reports/adherence?${range}`, `/reports/agents?${range}`, `/reports/agents?${range}&by=team`, `/reports/agents?${range}&by=day&format=csv`, '/reports/stuck', `/reports/lost-reasons?${range}`, `/reports/expected-wait?${range}`, `/plan?${range}`, '/explain?metric=handled&agent=eve', `/corrections?${range}`]) {
      const { status, text } = await get(path)
      expect([path, status, ['billing', 'bob', 'c-waits'].filter((foreign) => text.includes(foreign))]).toEqual([path, 200, []])
    }
    expect((await get('/export/agents.csv?definitions=false')).text.split('\r\n').filter((line) => /ann|eve/.test(line))).toHaveLength(2)
  })

  it('holds on sockets, and is another one as soon as the settings say so', async () => {
    const own = await keyOf({ areas: ['help'] })
    const socket = socketTo(server.url, { token: own })
    expect(await opening(socket)).toBe('connected')
    const heard: string[] = []
    socket.io.engine.on('packet', (packet: { readonly data?: unknown }) => heard.push(String(packet.data)))
    const gone = new Promise((resolve) => socket.once('disconnect', resolve))
    const queuesOf = (answer: Awaited<ReturnType<typeof watchOn>>) => answer.ok && 'snapshot' in answer && answer.snapshot['queues']?.map((row) => Reflect.get(row, 'queue'))
    expect(queuesOf(await watchOn(socket, 'acme', 'floor'))).toEqual(['support'])
    await watchOn(socket, 'acme', 'agents')
    await server.admin('POST', `${acme}/events`, [{ id: 'b2', type: 'agent.state', occurredAt: iso(10_000), agentId: 'bob', state: 'paused', queues: ['billing'] }, { id: 'a2', type: 'agent.state', occurredAt: iso(11_000), agentId: 'ann', state: 'paused', queues: ['support'] }])
    await until('the change of the area was told', () => heard.some((text) => text.includes('"changes"') && text.includes('ann')))
    expect(['billing', 'bob', 'c-waits'].filter((foreign) => heard.join('\n').includes(foreign))).toEqual([])
    expect((await server.admin('PUT', `${acme}/settings`, { groups: { help: { queues: ['billing'] } } })).status).toBe(200)
    await gone
    const again = socketTo(server.url, { token: own })
    expect(await opening(again)).toBe('connected')
    expect(queuesOf(await watchOn(again, 'acme', 'floor'))).toEqual(['billing'])
    again.disconnect()
    await server.admin('PUT', `${acme}/settings`, {})
    // A group that is gone holds nothing.
    expect((await get('/floor', own)).body).toMatchObject({ queues: [], agents: [], totals: { waiting: 0, signedIn: 0 } })
  })
})

it('a wall reads the floor and boards of it, and no history, person, contact, file or order', () => {
  const read = server.routes.flatMap(({ method, path, right }) => (rightsOf.display.includes(right as Right) ? [`${method} ${path}`] : []))
  expect(read.filter((route) => !route.includes('/demo')).sort()).toEqual(['get /sites/:site/floor', 'get /sites/:site/notifications/summary', 'get /sites/:site/views/:view'])
})
