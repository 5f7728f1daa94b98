import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { journeyAnswer, lostCallersAnswer } from '../../server/contract/report-schemas.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

const at = Date.now() - 3_000_000
const iso = (ms: number) => new Date(at + ms).toISOString()
const range = `from=${iso(-60_000)}&to=${iso(600_000)}`
const phone = '+44 7700 900123'
let server: RunningServer

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
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
