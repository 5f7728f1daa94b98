import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import type { Role } from '../../server/contract/roles.ts'
import { opening, socketTo } from '../support/live-server.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** Waits are for conditions; this bounds them on a busy machine. */
jest.setTimeout(30_000)

/** Law 6: no message to a role holds a field that the role may not see. One canary per field, looked for in every byte that leaves. */

const site = 'north'
let server: RunningServer
let ref = ''

const canaries = {
  agentName: 'Canaria Agentname',
  agentId: 'canary-agent-id',
  team: 'canary-team',
  phone: '+15550199canary',
  comment: 'canary-survey-comment',
  nature: 'canary-nature',
  location: 'canary-location',
  reporter: 'canary-reporter',
  callerId: '+15550198776',
  note: 'canary-note-text',
  sourceDetail: 'canary-source-detail',
} as const
type Canary = keyof typeof canaries

const personal: readonly Canary[] = ['agentName', 'agentId', 'team', 'nature', 'location', 'reporter', 'callerId', 'note']
/** What nobody is sent over sockets and views: it is kept sealed, or asked for by name. */
const nobody: readonly Canary[] = ['phone', 'comment', 'callerId']
const forbidden: Readonly<Record<Role, readonly Canary[]>> = {
  admin: nobody,
  'duty-manager': nobody,
  supervisor: nobody,
  agent: [...personal, ...nobody],
  stakeholder: [...personal, ...nobody],
  display: [...personal, ...nobody],
  source: [...personal, ...nobody],
}
const roles: readonly Role[] = ['admin', 'duty-manager', 'supervisor', 'agent', 'stakeholder', 'display', 'source']

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', `/api/v1/sites/${site}`, { name: 'North', timeZone: 'Europe/London' })
  const occurredAt = new Date().toISOString()
  const events = [
    { id: '1', type: 'agent.state', occurredAt, agentId: canaries.agentId, agentName: canaries.agentName, team: canaries.team, state: 'available', queues: ['support'] },
    { id: '2', type: 'contact.queued', occurredAt, contactId: 'c1', queueId: 'support', channel: 'voice', customer: { phone: canaries.phone } },
    { id: '3', type: 'contact.answered', occurredAt, contactId: 'c1', queueId: 'support', agentId: canaries.agentId, waitMs: 10 },
    { id: '4', type: 'survey.received', occurredAt, contactId: 'c1', queueId: 'support', score: 2, scaleMin: 1, scaleMax: 5, comment: canaries.comment },
  ]
  expect((await server.admin('POST', `/api/v1/sites/${site}/events`, events)).body).toMatchObject({ accepted: 4, rejected: [] })
  const created = await server.admin('POST', `/api/v1/sites/${site}/incidents`, {
    type: 'incident', title: 'Lift stuck', nature: canaries.nature, channel: 'voice', location: canaries.location, service: 'Facilities', reporter: canaries.reporter, callerId: canaries.callerId, callerSafe: true, category: 'operational', impact: 2, urgency: 2,
  })
  expect(created.status).toBe(201)
  ref = created.body.ref
  expect((await server.admin('POST', `/api/v1/sites/${site}/incidents/${ref}/commands`, { type: 'note', text: canaries.note })).status).toBe(200)
})
afterAll(() => server.close())

it.each(roles)('every byte that the role %s is sent on sockets and views is one it may see', async (role) => {
  const { token } = (await server.admin('POST', '/api/v1/keys', { site, role, name: role })).body
  const socket = socketTo(server.url, { token })
  expect(await opening(socket)).toBe('connected')
  const heard: string[] = []
  // The engine's raw packets: frames, acknowledgements and refusals alike.
  socket.io.engine.on('packet', (packet: { readonly data?: unknown }) => heard.push(String(packet.data)))
  const views = ['floor', 'agents', 'incidents', 'inbox', 'wall:main', 'status', `incident:${ref}`]
  const granted: string[] = []
  for (const view of views) {
    const answer = await socket.timeout(5_000).emitWithAck('watch', { site, view })
    if (answer.ok) granted.push(view)
    heard.push((await server.ask('GET', `/api/v1/sites/${site}/views/${encodeURIComponent(view)}`, { token })).text)
  }
  heard.push((await server.ask('GET', `/api/v1/sites/${site}/floor`, { token })).text)
  heard.push(JSON.stringify(await socket.timeout(5_000).emitWithAck('command', { site, ref, type: 'nonsense' })))
  const before = heard.length
  await server.admin('POST', `/api/v1/sites/${site}/events`, [{ id: `more-${role}`, type: 'agent.state', occurredAt: new Date().toISOString(), agentId: canaries.agentId, state: 'paused', queues: ['support'] }])
  await server.admin('POST', `/api/v1/sites/${site}/incidents/${ref}/commands`, { type: 'note', text: canaries.note })
  if (granted.length > 0) await until('the change was told', () => heard.length > before)
  socket.disconnect()
  const all = heard.join('\n')
  for (const name of forbidden[role]) expect([name, all.includes(canaries[name])]).toEqual([name, false])
  if (role === 'supervisor') for (const name of ['agentName', 'nature', 'note'] as const) expect([name, all.includes(canaries[name])]).toEqual([name, true])
  expect(granted).toEqual(role === 'display' ? ['floor', 'wall:main', 'status'] : ['agent', 'stakeholder'].includes(role) ? ['status'] : ['admin', 'duty-manager', 'supervisor'].includes(role) ? views : [])
})

it('whoever may report but not read is told which incident has the key of their report, and nothing that others said of it', async () => {
  const written = { type: 'incident', title: 'Lift stuck', nature: canaries.nature, channel: 'voice', location: canaries.location, service: 'Facilities', reporter: canaries.reporter, callerId: canaries.callerId, callerSafe: true, category: 'operational', impact: 2, urgency: 2, dedupKey: 'lift' }
  const report = { ...written, nature: 'It hangs', location: 'Hall', reporter: 'Me', callerId: 'withheld' }
  const path = `/api/v1/sites/${site}/incidents`
  const first = await server.admin('POST', path, written)
  const { token } = (await server.admin('POST', '/api/v1/keys', { site, role: 'agent', name: 'reporter' })).body
  const own = await server.ask('POST', path, { token, body: { ...report, dedupKey: 'my own' } })
  expect([own.status, own.body.nature, own.body.location]).toEqual([201, 'It hangs', 'Hall'])
  const second = await server.ask('POST', path, { token, body: report })
  expect([second.status, second.body.ref, second.body.title, second.body.reports]).toEqual([201, first.body.ref, 'Lift stuck', 1])
  for (const name of personal) expect([name, second.text.includes(canaries[name])]).toEqual([name, false])
  expect((await server.admin('POST', path, report)).body.nature).toBe(canaries.nature)
})

it('a report that is sent again under its Idempotency-Key is attached once', async () => {
  const report = { type: 'incident', title: 'Doors', nature: 'Open', channel: 'voice', location: 'Hall', service: 'Facilities', reporter: 'Me', callerId: 'withheld', callerSafe: true, category: 'operational', impact: 2, urgency: 2, dedupKey: 'doors' }
  const path = `/api/v1/sites/${site}/incidents`
  const { ref: opened } = (await server.admin('POST', path, report)).body
  for (let times = 0; times < 3; times += 1) expect((await server.admin('POST', path, report, { 'idempotency-key': 'once' })).body).toMatchObject({ ref: opened, reports: 1 })
  expect((await server.admin('GET', `${path}/${opened}`)).body.reports).toBe(1)
})
