import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { agentReportAnswer } from '../../server/contract/agent-report.ts'
import { explanationRow } from '../../server/contract/row-schemas.ts'
import { connect } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openSealed } from '../../server/redis/sealed.ts'
import { dayStartFarFrom } from '../support/day-start.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

const at = Date.now() - 7_200_000
const iso = (minutes: number) => new Date(at + minutes * 60_000).toISOString()
/** All of it has had the 10 minutes of D. */
const range = `from=${iso(-60)}&to=${iso(90)}`
let server: RunningServer

interface Call {
  readonly agent?: string
  readonly queue?: string
  readonly channel?: 'voice' | 'chat'
  readonly customer?: { readonly phone?: string; readonly ref?: string }
  readonly contact?: string
}
let calls = 0
const call = (minute: number, { agent = 'ann', queue = 'support', channel = 'voice', customer, contact = `call-${++calls}` }: Call) => {
  const of = { contactId: contact, queueId: queue, channel }
  const id = `${contact}-${queue}`
  return [
    { ...of, id: `${id}-q`, type: 'contact.queued', occurredAt: iso(minute), ...(customer === undefined ? {} : { customer }) },
    { ...of, id: `${id}-a`, type: 'contact.answered', occurredAt: iso(minute + 1), agentId: agent },
    { ...of, id: `${id}-e`, type: 'contact.ended', occurredAt: iso(minute + 3), agentId: agent, talkMs: 120_000 },
    { ...of, id: `${id}-w`, type: 'contact.wrapped', occurredAt: iso(minute + 3), agentId: agent, acwMs: 0 },
  ]
}
const [carl, dora, emil, switchboard] = ['+442079460101', '+442079460102', '+442079460103', '+442079460000'].map((phone) => ({ phone }))
const get = async (path: string) => (await server.admin('GET', `/api/v1/sites/acme/${path}`)).body
const report = async (more = '') => {
  const body = await get(`reports/agents?${range}${more}`)
  expect(agentReportAnswer.safeParse(body).error?.issues ?? []).toEqual([])
  return body
}
const figuresOf = ({ rows }: { readonly rows: readonly Record<string, unknown>[] }) => Object.fromEntries(rows.map(({ agent, team, fcrCohort, fcrEligible, fcrResolvedAtFirst }) => [agent ?? team ?? '', [fcrCohort, fcrEligible, fcrResolvedAtFirst]]))

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
  const defaults = dayStartFarFrom(at)
  await server.admin('PUT', '/api/v1/sites/acme/settings', { defaults: { queue: { ...defaults.queue, repeatWithinMs: 600_000 } }, customers: { sharedNumbers: [switchboard?.phone] }, queues: { web: { channel: 'chat' } } })
  await server.admin('POST', '/api/v1/sites/acme/events', [
    ...['ann', 'ben'].map((agentId) => ({ id: `s-${agentId}`, type: 'agent.state', occurredAt: iso(-5), agentId, state: 'available', queues: ['support', 'web', 'billing'], team: 'blue' })),
    // Carl comes again in writing, and Ben solves it.
    ...call(0, { customer: carl, contact: 'carl-1' }), ...call(10, { agent: 'ben', queue: 'web', channel: 'chat', customer: carl, contact: 'carl-2' }),
    // Dora is passed on within one interaction; she calls again once her D is over.
    ...call(1, { customer: dora, contact: 'dora' }), ...call(5, { agent: 'ben', queue: 'billing', customer: dora, contact: 'dora' }), ...call(60, { customer: dora, contact: 'dora-later' }),
    // Nobody knows these: a withheld number, and two of one house.
    ...call(2, {}), ...call(3, { customer: switchboard }), ...call(6, { customer: switchboard }),
  ])
})
afterAll(() => server.close())

it('says of each agent whose customers did not come again, with n and the cohort it is of, and the same of the team', async () => {
  const body = await report()
  expect(body.cohort).toEqual({ method: 'repeat', windowDays: 600_000 / 86_400_000, from: expect.any(String), to: expect.any(String), maturesAt: expect.any(String) })
  // Ann: Carl came again, Dora's later call was not repeated, and Dora's interaction ended with Ben.
  expect(figuresOf(body)).toEqual({ ann: [1 / 2, 2, 1], ben: [1, 2, 2] })
  expect(body.rows.find(({ agent }: { agent: string }) => agent === 'ann')).toMatchObject({ handled: 6, fcrIdentifiedShare: 2 / 6, fcrCohortLow: expect.any(Number), fcrCohortHigh: expect.any(Number) })
  expect(body.total).toMatchObject({ fcrCohort: 3 / 4, fcrEligible: 4, fcrResolvedAtFirst: 3 })
  expect(figuresOf(await report('&by=team'))).toEqual({ blue: [3 / 4, 4, 3] })
  // The sum of agents is what the site's cohort says.
  const [site] = (await get(`reports/fcr?${range}&step=day`)).rows
  expect(site).toMatchObject({ eligible: 4, resolvedAtFirst: 3, fcr: 3 / 4 })
})

it('of a queue is of what each did there, of a channel of its contacts; a late fact corrects it', async () => {
  expect(figuresOf(await report('&queue=support'))).toEqual({ ann: [2 / 3, 3, 2] })
  expect(figuresOf(await report('&channel=chat'))).toEqual({ ben: [1, 1, 1] })
  await server.admin('POST', '/api/v1/sites/acme/events', call(30, { customer: emil, contact: 'emil' }))
  expect(figuresOf(await report())['ann']).toEqual([2 / 3, 3, 2])
  // Told an hour late: he was back after seven minutes, and gave up.
  await server.admin('POST', '/api/v1/sites/acme/events', [{ id: 'emil-b', type: 'contact.queued', occurredAt: iso(40), contactId: 'emil-b', queueId: 'billing', channel: 'voice', customer: emil }, { id: 'emil-c', type: 'contact.abandoned', occurredAt: iso(41), contactId: 'emil-b', queueId: 'billing', waitMs: 60_000 }])
  expect(figuresOf(await report())['ann']).toEqual([1 / 3, 3, 1])
})

it('is null and says until when while nothing of the range has matured', async () => {
  const body = await get(`reports/agents?from=${iso(-60)}&to=${iso(130)}`)
  expect(body.cohort).toMatchObject({ to: null, maturesAt: expect.any(String) })
  expect(figuresOf(body)['ann']).toEqual([null, 0, 0])
  expect(Date.parse(body.cohort.maturesAt)).toBeGreaterThan(Date.now())
})

it('shows the contacts behind it', async () => {
  const explained = await get(`explain?agent=ann&metric=fcrCohort&${range}`)
  expect(explanationRow.safeParse(explained).error?.issues ?? []).toEqual([])
  const ids = (side: readonly { readonly contactId: string }[]) => side.map(({ contactId }) => contactId).sort()
  expect(explained).toMatchObject({ numerator: 1, denominator: 3, value: 1 / 3, basis: 'arrival', window: 'range', range: { low: expect.any(Number) }, formula: expect.stringContaining('not repeated within D') })
  expect([ids(explained.numeratorContacts), ids(explained.denominatorContacts)]).toEqual([['dora-later'], ['carl-1', 'dora-later', 'emil']])
  expect(ids((await get(`explain?agent=ann&queue=support&metric=fcrCohort&${range}`)).numeratorContacts)).toEqual(['dora', 'dora-later'])
  expect([(await get(`explain?agent=who&metric=fcrCohort&${range}`)).status, (await get(`explain?agent=ann&metric=handled&${range}`)).code, (await get(`explain?agent=ann&queue=support&metric=csat`)).code]).toEqual([404, 'not_explained', 'query_invalid'])
})

it('goes into a table with the cohort, and with what its columns mean', async () => {
  const { text } = await server.admin('GET', `/api/v1/sites/acme/reports/agents?${range}&format=csv&definitions=true`)
  const records = parse(text, { columns: true }) as readonly Record<string, string>[]
  const [ann] = records.filter(({ agent }) => agent === 'ann')
  expect(ann).toMatchObject({ fcrEligible: '3', fcrResolvedAtFirst: '1', fcrCohortFrom: expect.stringContaining('T'), fcrCohortTo: expect.stringContaining('T') })
  expect(text).toMatch(/^# fcrCohort: first-contact resolution by repeats/m)
  const [head = ''] = text.split('\r\n')
  const defined = [...text.matchAll(/^# ([^:]+):/gm)].map(([, name]) => name)
  expect(head.split(',').filter((column) => !defined.includes(column) && !column.startsWith('aux.'))).toEqual([])
})

it('stays when a customer is erased: nobody knows any more who it was, and who calls again is somebody else', async () => {
  const before = figuresOf(await report())
  const redis = await connect({ url: server.config.redisUrl ?? '', name: 'test', log: server.log })
  const sealed = openSealed({ redis, keys: keysUnder(server.prefix), dataKey: server.config.dataKey })
  expect(await sealed.subjects.erase('acme', { phone: carl?.phone ?? '' })).toBe(true)
  redis.destroy()
  const gaveUp = (contactId: string, minute: number) => [{ id: `${contactId}-q`, type: 'contact.queued', occurredAt: iso(minute), contactId, queueId: 'support', channel: 'voice', customer: carl }, { id: `${contactId}-b`, type: 'contact.abandoned', occurredAt: iso(minute + 1), contactId, queueId: 'support', waitMs: 60_000 }]
  await server.admin('POST', '/api/v1/sites/acme/events', gaveUp('carl-3', 20))
  expect(figuresOf(await report())).toEqual(before)
  expect(await get(`explain?agent=ben&metric=fcrCohort&${range}`)).toMatchObject({ numerator: 2, denominator: 2 })
})
