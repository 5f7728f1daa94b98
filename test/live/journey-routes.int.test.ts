import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { journeyAnswer, lostCallersAnswer } from '../../server/contract/report-schemas.ts'
import { dayStartFarFrom } from '../support/day-start.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

const at = Date.now() - 3_000_000
const iso = (ms: number) => new Date(at + ms).toISOString()
const range = `from=${iso(-60_000)}&to=${iso(600_000)}`
const phone = '+44 7700 900123'
let server: RunningServer

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
  await server.admin('PUT', '/api/v1/sites/acme/settings', { defaults: dayStartFarFrom(at) })
  const queued = (id: string, ms: number, queueId = 'support', customer?: object) => ({ id: `${id}-q-${queueId}`, type: 'contact.queued', occurredAt: iso(ms), contactId: id, queueId, channel: 'voice', ...(customer === undefined ? {} : { customer }) })
  const lost = (id: string, ms: number) => ({ id: `${id}-l`, type: 'contact.abandoned', occurredAt: iso(ms), contactId: id, queueId: 'support', waitMs: 60_000 })
  const answered = (id: string, ms: number, queueId = 'support') => ({ id: `${id}-a-${queueId}`, type: 'contact.answered', occurredAt: iso(ms), contactId: id, queueId, agentId: 'ann', waitMs: 5_000 })
  const events = [
    queued('first', 0, 'support', { phone }), lost('first', 60_000),
    queued('second', 120_000, 'support', { phone: '+447700900123' }), answered('second', 125_000),
    { id: 'second-t', type: 'contact.transferred', occurredAt: iso(185_000), contactId: 'second', queueId: 'support', agentId: 'ann', kind: 'blind', toQueueId: 'billing', talkMs: 60_000 },
    queued('second', 186_000, 'billing'), answered('second', 190_000, 'billing'),
    { id: 'second-e', type: 'contact.ended', occurredAt: iso(250_000), contactId: 'second', queueId: 'billing', agentId: 'ann', talkMs: 60_000 },
    { id: 'second-s', type: 'survey.received', occurredAt: iso(300_000), contactId: 'second', queueId: 'billing', score: 2, scaleMin: 1, scaleMax: 5 },
    queued('stranger', 30_000), lost('stranger', 90_000),
    queued('other', 200_000, 'support', { phone: '+44 7700 900999' }), lost('other', 260_000), queued('other2', 300_000, 'support', { phone: '+44 7700 900999' }), lost('other2', 360_000),
  ]
  const answer = await server.admin('POST', '/api/v1/sites/acme/events', events)
  if (answer.body.accepted !== events.length) throw new Error(answer.text)
  for (const [title, callerId] of [['No heating', '07700 900123'], ['Lift stuck', '+447700900123'], ['Noise', 'withheld']]) await server.admin('POST', '/api/v1/sites/acme/incidents', { type: 'incident', title, nature: 'x', channel: 'voice', location: 'Leeds', service: 'Heat', reporter: 'Jo', callerId, callerSafe: true, category: 'operational', impact: 3, urgency: 3 })
})
afterAll(() => server.close())

it("a customer's contacts, transfers, survey and incidents stand on one line, and no token of his leaves the server", async () => {
  const { body, text } = await server.admin('GET', '/api/v1/sites/acme/contacts/first/journey')
  expect(journeyAnswer.safeParse(body).error?.issues ?? []).toEqual([])
  expect(body.identified).toBe(true)
  expect(body.steps.map((step: Record<string, unknown>) => [step['kind'], step['contactId'] ?? step['title'], step['outcome'] ?? step['toQueue'] ?? step['score'] ?? step['state']])).toEqual([
    ['contact', 'first', 'abandoned'],
    ['contact', 'second', 'answered'],
    ['transfer', 'second', 'billing'],
    ['contact', 'second', 'answered'],
    ['survey', 'second', 2],
    ['incident', 'Lift stuck', 'open'],
  ])
  expect(text).not.toContain('subject')
})

it('of an unknown customer only the contact itself is known; one that does not exist is 404', async () => {
  const { body } = await server.admin('GET', '/api/v1/sites/acme/contacts/stranger/journey')
  expect([body.identified, body.steps.map(({ contactId }: { contactId: string }) => contactId)]).toEqual([false, ['stranger']])
  expect((await server.admin('GET', '/api/v1/sites/acme/contacts/nobody/journey')).status).toBe(404)
})

it('who gave up and came through since is lost no more; of several attempts the newest is shown', async () => {
  const { body } = await server.admin('GET', `/api/v1/sites/acme/reports/lost-callers?${range}`)
  expect(lostCallersAnswer.safeParse(body).error?.issues ?? []).toEqual([])
  expect(body.rows.map(({ contactId, attempts, identified }: Record<string, unknown>) => [contactId, attempts, identified])).toEqual([
    ['other2', 2, true],
    ['stranger', 1, false],
  ])
})

it('ids of queues, agents and contacts may hold what platforms put into them, colons too, wherever they are asked for', async () => {
  const [queueId, agentId, contactId] = ['sales:emea {1}', 'Local/101@agents:1;2', '1669.12:3*/x y']
  const of = { contactId, queueId, channel: 'voice' }
  const answer = await server.admin('POST', '/api/v1/sites/acme/events', [
    { ...of, id: 'o1', type: 'contact.queued', occurredAt: iso(1_000_000), customer: { phone: '+44 7700 900555' } },
    { ...of, id: 'o2', type: 'contact.answered', occurredAt: iso(1_004_000), agentId, waitMs: 4_000 },
    { ...of, id: 'o3', type: 'contact.ended', occurredAt: iso(1_064_000), agentId, talkMs: 60_000 },
    { ...of, id: 'o4', type: 'contact.wrapped', occurredAt: iso(1_070_000), agentId, acwMs: 6_000 },
    { id: 'o5', type: 'agent.state', occurredAt: iso(1_080_000), agentId, state: 'available', queues: [queueId] },
  ])
  expect(answer.body).toMatchObject({ accepted: 5, rejected: [] })
  const [queue, agent, contact] = [queueId, agentId, contactId].map(encodeURIComponent)
  const wide = `from=${iso(0)}&to=${iso(1_200_000)}`
  const get = async (path: string) => (await server.admin('GET', `/api/v1/sites/acme${path}`)).body
  expect((await get('/floor')).agents.find((row: { agent: string }) => row.agent === agentId)).toMatchObject({ queues: [queueId] })
  expect((await get(`/explain?metric=answered&queue=${queue}&window=today`)).numeratorContacts).toMatchObject([{ contactId, queue: queueId, agent: agentId }])
  expect((await get(`/explain?metric=handled&agent=${agent}`)).numeratorContacts).toMatchObject([{ contactId }])
  expect((await get(`/intervals?${wide}&queue=${queue}`)).rows.some((row: { offered: number; queue: string }) => row.queue === queueId && row.offered === 1)).toBe(true)
  expect((await get(`/contacts?${wide}&agent=${agent}`)).items).toMatchObject([{ contactId }])
  expect((await get(`/export/contacts.json?${wide}&queue=${queue}`)).rows).toMatchObject([{ contactId, agent: agentId, queue: queueId }])
  expect((await get(`/contacts/${contact}/journey`)).steps).toMatchObject([{ kind: 'contact', contactId }])
})
