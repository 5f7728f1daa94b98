import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { agentReportAnswer, teamsAnswer } from '../../server/contract/agent-report.ts'
import { adherenceAnswer, breaksAnswer, planAnswer, rollCallAnswer, staffingAnswer } from '../../server/contract/plan-schemas.ts'
import { callbacksAnswer, expectedWaitAnswer, fcrAnswer, firstResponseAnswer, owedAnswer, surveysAnswer } from '../../server/contract/service-schemas.ts'
import { reconciliationAnswer } from '../../server/contract/corrections.ts'
import { recomputeRow } from '../../server/contract/recompute.ts'
import { mobilisationAnswer } from '../../server/contract/deployments.ts'
import { customerLevelAnswer, figuresAnswer, heatMapAnswer, lostReasonsAnswer, onTargetAnswer, stuckAnswer, transfersAnswer, trendsAnswer } from '../../server/contract/report-schemas.ts'
import { explanationRow } from '../../server/contract/row-schemas.ts'
import type { ExplanationRow } from '../../server/contract/rows.ts'
import { instantOf } from '../../server/domain/time.ts'
import { connect } from '../../server/redis/connect.ts'
import { openIncidentAudit } from '../../server/redis/incident-audit.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openLateAnswers } from '../../server/redis/late-answers.ts'
import { dayStartFarFrom } from '../support/day-start.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

const at = Date.now() - 1_800_000
const iso = (ms: number) => new Date(at + ms).toISOString()
const range = `from=${iso(-3_600_000)}&to=${iso(3_600_000)}`
let server: RunningServer

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
  await server.admin('PUT', '/api/v1/sites/acme/settings', { defaults: dayStartFarFrom(at), queues: { chat: { channel: 'chat', target: { percent: 0.8, withinMs: 45_000, variant: 'V3' } } } })
  const call = (n: number, queueId: string, waitMs: number) => [
    { id: `q${n}`, type: 'contact.queued', occurredAt: iso(n * 1_000), contactId: `c${n}`, queueId, channel: 'voice' },
    { id: `a${n}`, type: 'contact.answered', occurredAt: iso(n * 1_000 + waitMs), contactId: `c${n}`, queueId, agentId: 'ann', waitMs },
    { id: `e${n}`, type: 'contact.ended', occurredAt: iso(n * 1_000 + 90_000), contactId: `c${n}`, queueId, agentId: 'ann', talkMs: 30_000 },
    { id: `w${n}`, type: 'contact.wrapped', occurredAt: iso(n * 1_000 + 95_000), contactId: `c${n}`, queueId, agentId: 'ann', acwMs: 5_000 },
  ]
  const lost = [
    { id: 'l1', type: 'contact.queued', occurredAt: iso(5_000), contactId: 'l', queueId: 'support', channel: 'voice' },
    { id: 'l2', type: 'contact.abandoned', occurredAt: iso(95_000), contactId: 'l', queueId: 'support', waitMs: 90_000 },
  ]
  await server.admin('POST', '/api/v1/sites/acme/events', [...call(1, 'support', 4_000), ...call(2, 'support', 60_000), ...lost])
})
afterAll(() => server.close())

it.each<readonly [string, z.ZodType]>([
  ['heat-map', heatMapAnswer],
  ['trends', trendsAnswer],
  ['on-target', onTargetAnswer],
  ['lost-reasons', lostReasonsAnswer],
  ['transfers', transfersAnswer],
  ['customer-level', customerLevelAnswer],
])('%s answers as its schema says, in JSON and CSV', async (report, schema) => {
  const { body } = await server.admin('GET', `/api/v1/sites/acme/reports/${report}?${range}`)
  const parsed = schema.safeParse(body)
  expect(parsed.success ? [] : parsed.error.issues).toEqual([])
  expect(body.rows.length).toBeGreaterThan(0)
  const csv = parse((await server.admin('GET', `/api/v1/sites/acme/reports/${report}?${range}&format=csv`)).text, { columns: true })
  expect(csv).toHaveLength(body.rows.length)
})

it('figures are those of the interval table', async () => {
  const { rows } = (await server.admin('GET', `/api/v1/sites/acme/reports/heat-map?${range}&queue=support`)).body
  expect(rows.reduce((sum: readonly number[], { value, n }: { value: number | null; n: number }) => [Number(sum[0]) + (value ?? 0) * n, Number(sum[1]) + n], [0, 0])).toEqual([1, 3])
  const [support] = (await server.admin('GET', `/api/v1/sites/acme/reports/on-target?${range}&queue=support&step=1h`)).body.rows
  expect(support).toMatchObject({ queue: 'support', serviceLevel: { value: 1 / 3, n: 3 } })
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/lost-reasons?${range}`)).body.rows).toEqual([{ queue: 'support', outcome: 'abandoned', reason: 'long-wait', contacts: 1, share: 1 / 3, waitMsMean: 90_000 }])
})

it('any window has all figures, beside last week and what is usual; what it holds is explained for the whole site too', async () => {
  for (const window of ['R15', 'R60', 'today', iso(-60_000)]) {
    const { body } = await server.admin('GET', `/api/v1/sites/acme/figures?queue=support&window=${window}`)
    const parsed = figuresAnswer.safeParse(body)
    expect(parsed.success ? [] : parsed.error.issues).toEqual([])
    if (window !== 'R15') expect(body).toMatchObject({ figures: { answered: 2, abandoned: 1, serviceLevel: 1 / 3, nps: null, csat: null }, compared: { metrics: { serviceLevel: { value: 1 / 3, n: 3, lastWeek: { value: null, n: 0 }, normal: null } } } })
  }
  // Queues of different targets have no level together, and none that could be cleared.
  expect((await server.admin('GET', '/api/v1/sites/acme/explain?queue=*&metric=serviceLevel&window=today')).body).toMatchObject({ queue: null, value: null, limit: null, since: null, clears: null })
  const { body } = await server.admin('GET', `/api/v1/sites/acme/explain?queue=support&metric=serviceLevel&window=${iso(-60_000)}`)
  expect(body).toMatchObject({ queue: 'support', window: 'since', value: 1 / 3, limit: { side: 'below', value: 0.8 }, clears: { by: 'answers-in-time', count: 7 }, since: expect.any(String), range: null })
  expect((await server.admin('GET', '/api/v1/sites/acme/explain?agent=ann&metric=handled')).body).toMatchObject({ queue: null, window: 'today', denominator: null, formula: 'agent legs whose handling ended' })
  expect([(await server.admin('GET', '/api/v1/sites/acme/explain?agent=who&metric=handled')).status, (await server.admin('GET', '/api/v1/sites/acme/explain?metric=handled')).status]).toEqual([404, 400])
  expect((await server.admin('GET', '/api/v1/sites/acme/figures?window=R45')).body).toMatchObject({ status: 422, code: 'window_unknown' })
})

it('closed days are measured again by order alone: with a reason, for those who may write settings, once nothing late can come', async () => {
  const day = new Date(at - 5 * 86_400_000).toISOString().slice(0, 10)
  const order = { from: `${day}T00:00:00.000Z`, to: `${day}T23:00:00.000Z`, reason: 'the contract says 10 s', settings: { queues: { support: { target: { withinMs: 10_000 } } } } }
  const path = '/api/v1/sites/acme/recompute'
  expect((await server.admin('POST', path, { ...order, to: iso(0) })).body).toMatchObject({ status: 422, code: 'range_open' })
  expect((await server.admin('POST', path, { ...order, reason: '' })).body).toMatchObject({ status: 422, code: 'fields_invalid' })
  expect((await server.ask('POST', path)).status).toBe(401)
  const { status, body } = await server.admin('POST', path, order)
  expect([status, recomputeRow.safeParse(body).error?.issues ?? []]).toEqual([202, []])
  expect(body).toMatchObject({ reason: 'the contract says 10 s', state: 'queued', progress: 0, by: 'administrator' })
  expect((await server.admin('GET', path)).body).toEqual({ items: [body], next: null })
  // An order is a link of the audit chain like any act on an incident.
  const [link] = (await server.admin('GET', '/api/v1/sites/acme/export/audit.json')).body.rows
  expect(link).toMatchObject({ seq: 1, ref: `recompute:${body.id}`, version: 1, type: 'recompute-ordered', at: body.createdAt, actor: 'administrator', actorRole: 'admin', text: 'the contract says 10 s', data: { fromAt: body.from, toAt: body.to } })
  const redis = await connect({ url: server.config.redisUrl ?? '', name: 'test', log: server.log })
  expect(await openIncidentAudit({ redis, keys: keysUnder(server.prefix) }).verify('acme')).toMatchObject({ ok: true, links: 1 })
  redis.destroy()
  const one = (await server.admin('GET', `${path}/${body.id}`)).body
  expect(one.settings.queues.support.target).toEqual({ percent: 0.8, withinMs: 10_000, variant: 'V3' })
  expect(one.settings.queues.chat.target.withinMs).toBe(45_000)
  expect((await server.admin('GET', `/api/v1/sites/acme/intervals?${range}&queue=support&series=recomputed`)).body).toMatchObject({ series: 'recomputed', recomputes: [], rows: expect.any(Array) })
})

it('a figure of a range is explained as the reports show it: both sides, and the contacts behind them', async () => {
  const explained = async (query: string) => (await server.admin('GET', `/api/v1/sites/acme/explain?${query}`)).body as ExplanationRow & { readonly code?: string }
  const ids = ({ numeratorContacts, denominatorContacts }: ExplanationRow) => [numeratorContacts, denominatorContacts].map((side) => side.map(({ contactId }) => contactId))
  const level = await explained(`metric=serviceLevel&queue=support&${range}`)
  const { rows } = (await server.admin('GET', `/api/v1/sites/acme/reports/on-target?${range}&queue=support&step=1h`)).body
  expect(level).toMatchObject({ queue: 'support', window: 'range', variant: 'V3', threshold: 20_000, numerator: 1, denominator: 3, value: rows[0].serviceLevel.value, limit: null, since: null, clears: null })
  expect(explanationRow.safeParse(level).error?.issues ?? []).toEqual([])
  expect(ids(level)).toEqual([['c1'], ['c1', 'c2', 'l']])
  expect(ids(await explained(`metric=abandonRate&queue=*&${range}`))).toEqual([['l'], ['c1', 'c2', 'l']])
  expect(await explained(`metric=asaMs&queue=support&${range}`)).toMatchObject({ basis: 'outcome', numerator: 64_000, denominator: 2, value: 32_000 })
  // Of both calls with their wrap-up; before the first there is no figure.
  expect([(await explained(`metric=ahtMs&queue=*&${range}`)).value, (await explained(`metric=serviceLevel&queue=support&from=${iso(-7_200_000)}&to=${iso(-3_600_000)}`)).value]).toEqual([35_000, null])
  expect([(await explained(`metric=waiting&queue=*&${range}`)).code, (await explained(`metric=serviceLevel&queue=none&${range}`)).code, (await explained(`metric=serviceLevel&queue=*&from=${iso(0)}`)).code, (await explained(`metric=serviceLevel&queue=*&from=${iso(1)}&to=${iso(0)}`)).code]).toEqual(['not_explained', 'not_found', 'query_invalid', 'range_invalid'])
})

it('corrections and reconciliation are told, and stand beside what is explained', async () => {
  expect((await server.admin('GET', `/api/v1/sites/acme/corrections?${range}`)).body).toEqual({ rows: [] })
  const { body } = await server.admin('GET', `/api/v1/sites/acme/reports/reconciliation?${range}&queue=support`)
  expect([reconciliationAnswer.safeParse(body).error?.issues ?? [], body.rows]).toEqual([[], []])
  expect((await server.admin('GET', `/api/v1/sites/acme/explain?queue=support&metric=answered&${range}`)).body.corrections).toEqual([])
})

it('levels of different targets are not added, a queue that does not exist is 404', async () => {
  await server.admin('POST', '/api/v1/sites/acme/events', [{ id: 'x1', type: 'contact.queued', occurredAt: iso(0), contactId: 'x', queueId: 'chat', channel: 'chat' }, { id: 'x2', type: 'contact.answered', occurredAt: iso(1_000), contactId: 'x', queueId: 'chat', agentId: 'ann', waitMs: 1_000 }])
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/heat-map?${range}`)).body).toMatchObject({ status: 422, code: 'targets_differ' })
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/heat-map?${range}&metric=offered`)).status).toBe(200)
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/heat-map?${range}&queue=none`)).status).toBe(404)
})

it('stuck states are told with names, to those who may see people', async () => {
  await server.admin('POST', '/api/v1/sites/acme/events', [{ id: 'st1', type: 'agent.state', occurredAt: iso(0), agentId: 'bob', agentName: 'Bob Ray', state: 'ringing', queues: ['support'] }])
  const { body } = await server.admin('GET', '/api/v1/sites/acme/reports/stuck')
  expect(stuckAnswer.safeParse(body).error?.issues ?? []).toEqual([])
  expect(body.rows).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'ringing-nobody', agent: 'bob', agentName: 'Bob Ray', queue: 'support' })]))
  const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'display' })).body
  expect((await server.ask('GET', '/api/v1/sites/acme/reports/stuck', { token })).status).toBe(403)
})

const csv = { 'content-type': 'text/csv' }
const fits = (schema: z.ZodType, body: unknown): void => {
  const parsed = schema.safeParse(body)
  expect(parsed.success ? [] : parsed.error.issues).toEqual([])
}

it('a plan is read from a table, line by line, and says how many people are missing', async () => {
  const quarter = new Date(Math.floor(Date.now() / 900_000) * 900_000).toISOString()
  const table = `queue,from,forecast,aht,required,scheduled\nsupport,${quarter},30,4:00,5.4,4\nsupport,noon,1,1,1,1\nchat,${quarter},,,,\n`
  expect((await server.admin('PUT', '/api/v1/sites/acme/plan?dryRun=true', table, csv)).body).toMatchObject({ accepted: 0, read: 1, rejectedCount: 2 })
  const { body } = await server.admin('PUT', '/api/v1/sites/acme/plan', table, csv)
  expect(body).toMatchObject({ accepted: 1, rejected: [{ line: 3, detail: expect.stringContaining('"noon" is no time') }, { line: 4 }] })
  const staffing = (await server.admin('GET', '/api/v1/sites/acme/reports/staffing?queue=support')).body
  fits(staffingAnswer, staffing)
  expect(staffing).toMatchObject({ total: { required: 6 }, rows: [{ queue: 'support', basis: 'plan', forecast: 30, ahtMs: 240_000, required: 5.4, requiredBy: 'plan', scheduled: 4, gap: 5.4 - staffing.rows[0].staffed }] })
  const plan = (await server.admin('GET', `/api/v1/sites/acme/plan?${range}&queue=support`)).body
  fits(planAnswer, plan)
  expect(plan.rows.find(({ from }: { from: string }) => from === quarter)).toMatchObject({ basis: 'plan', forecast: 30 })
  // Without a plan and without earlier weeks nothing is known: not zero.
  expect(plan.rows[0]).toMatchObject({ basis: null, forecast: null, required: null, gap: null })
  expect((await server.admin('PUT', '/api/v1/sites/acme/plan', 'queue,when\n', csv)).body).toMatchObject({ status: 422, code: 'column_missing' })
})

it('a schedule comes as a table or a calendar; roll-call, breaks and adherence are read from it', async () => {
  const stamp = (ms: number) => `${new Date(Date.now() + ms).toISOString().slice(0, 16)}:00Z`
  const ical = (ms: number) => stamp(ms).replaceAll(/[-:]/g, '')
  const shift = `agent,from,to,activity\nearly-desk,${stamp(-900_000)},${stamp(600_000)},work\nnobody-yet,${stamp(-2_400_000)},${stamp(600_000)},\n`
  expect((await server.admin('PUT', '/api/v1/sites/acme/schedule', shift, csv)).body).toMatchObject({ accepted: 2, rejectedCount: 0 })
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:1', `DTSTAMP:${ical(0)}`, `DTSTART:${ical(-1_200_000)}`, `DTEND:${ical(-60_000)}`, 'SUMMARY:Break', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
  expect((await server.admin('PUT', '/api/v1/sites/acme/schedule?agent=bob', calendar, { 'content-type': 'text/calendar' })).body).toMatchObject({ accepted: 1 })
  await server.admin('POST', '/api/v1/sites/acme/events', [{ id: 'ro1', type: 'agent.state', occurredAt: new Date(Date.now() - 840_000).toISOString(), agentId: 'early-desk', state: 'available', queues: ['support'] }, { id: 'ro2', type: 'agent.state', occurredAt: new Date(Date.now() - 1_000_000).toISOString(), agentId: 'bob', state: 'paused', reason: 'Break' }])
  const roll = (await server.admin('GET', '/api/v1/sites/acme/reports/roll-call')).body
  fits(rollCallAnswer, roll)
  const of = (agent: string) => roll.rows.find((row: { agent: string }) => row.agent === agent)
  expect([of('early-desk'), of('nobody-yet')]).toMatchObject([{ state: 'in' }, { state: 'absent', inAt: null }])
  expect((await server.admin('PUT', '/api/v1/sites/acme/roll-call/nobody-yet', { excuse: 'sick' })).status).toBe(200)
  expect((await server.admin('GET', '/api/v1/sites/acme/reports/roll-call')).body.rows.find((row: { agent: string }) => row.agent === 'nobody-yet')).toMatchObject({ state: 'excused', excuse: 'sick' })
  expect((await server.admin('PUT', '/api/v1/sites/acme/roll-call/who', { excuse: null })).status).toBe(404)
  const breaks = (await server.admin('GET', '/api/v1/sites/acme/reports/breaks')).body
  fits(breaksAnswer, breaks)
  expect(breaks.rows.find((row: { agent: string }) => row.agent === 'bob')).toMatchObject({ kind: 'on', reason: 'Break', backAt: stamp(-60_000).replace('Z', '.000Z') })
  const adherence = (await server.admin('GET', `/api/v1/sites/acme/reports/adherence?from=${new Date(Date.now() - 7_200_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`)).body
  fits(adherenceAnswer, adherence)
  expect(adherence.rows.find((row: { agent: string }) => row.agent === 'early-desk').adherence).toBeGreaterThan(0.85)
  expect(adherence.rows.find((row: { agent: string }) => row.agent === 'nobody-yet')?.adherence ?? null).toBeNull()
  const asked = `from=${new Date(Date.now() - 7_200_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`
  const agents = (await server.admin('GET', `/api/v1/sites/acme/reports/agents?${asked}`)).body
  fits(agentReportAnswer, agents)
  const early = agents.rows.find((row: { agent: string }) => row.agent === 'early-desk')
  expect(early).toMatchObject({ team: null, handled: 0, csat: null, scheduledMs: expect.any(Number), aux: [] })
  expect(early.adherence).toBeGreaterThan(0.85)
  expect(agents.rows.find((row: { agent: string }) => row.agent === 'bob').aux).toMatchObject([{ reason: 'Break', ms: expect.any(Number) }])
  expect(agents.total).toMatchObject({ agents: agents.rows.length, handled: 2, ahtMs: 35_000 })
  // What the people screen says of the same day.
  const people = (await server.admin('GET', '/api/v1/sites/acme/floor')).body.agents
  for (const row of agents.rows) expect([row.agent, row.handled, row.ahtMs, row.csat, row.surveys, row.ringNoAnswer]).toEqual([row.agent, ...['handled', 'ahtMs', 'csat', 'surveys', 'ringNoAnswer'].map((figure) => people.find(({ agent }: { agent: string }) => agent === row.agent)?.today[figure] ?? (figure === 'ahtMs' || figure === 'csat' ? null : 0))])
  const teams = (await server.admin('GET', `/api/v1/sites/acme/reports/agents?${asked}&by=team`)).body
  fits(agentReportAnswer, teams)
  expect(teams).toMatchObject({ rows: [{ team: null, agents: agents.rows.length, handled: 2 }], total: agents.total })
  const live = (await server.admin('GET', '/api/v1/sites/acme/reports/teams')).body
  fits(teamsAnswer, live)
  expect(live).toMatchObject({ window: 'R30', rows: [{ team: null, states: { aux: 1 }, longest: expect.arrayContaining([expect.objectContaining({ state: 'aux', agent: 'bob', since: expect.any(String) })]) }] })
  const days = (await server.admin('GET', `/api/v1/sites/acme/reports/agents?${asked}&by=day&queue=support&agent=ann`)).body
  fits(agentReportAnswer, days)
  expect(days.rows).toMatchObject([{ agent: 'ann', day: expect.any(String), handled: 2 }])
  const table = parse((await server.admin('GET', `/api/v1/sites/acme/reports/agents?${asked}&format=csv`)).text, { columns: true }) as readonly Record<string, string>[]
  expect(table.find(({ agent }) => agent === 'bob')).toMatchObject({ 'aux.Break': expect.stringMatching(/^\d+$/) })
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/agents?${asked}&by=queue`)).body).toMatchObject({ status: 400, detail: expect.stringContaining('agent, team, day') })
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/agents?${asked}&agent=who`)).status).toBe(404)
  const exported = (await server.admin('GET', '/api/v1/sites/acme/export/agents.json')).body
  expect(exported.rows.find((row: { agent: string }) => row.agent === 'early-desk')).toMatchObject({ adherence: expect.any(Number), conformance: expect.any(Number), slotLoad: null })
  expect(Object.keys(exported.rows[0]).filter((column) => !(column in exported.definitions))).toEqual([])
})

it('waits, callbacks, first responses, cohorts and answers are told as their schemas say; a bad answer opens a follow-up', async () => {
  const of = { contactId: 'svc', queueId: 'support', channel: 'voice', customer: { ref: 'customer-1' } }
  await server.admin('POST', '/api/v1/sites/acme/events', [
    { ...of, id: 'sv1', type: 'contact.queued', occurredAt: iso(600_000) },
    { ...of, id: 'sv2', type: 'contact.answered', occurredAt: iso(610_000), agentId: 'ann' },
    { ...of, id: 'sv3', type: 'contact.ended', occurredAt: iso(700_000), agentId: 'ann', talkMs: 90_000 },
    { ...of, id: 'sv4', type: 'survey.received', occurredAt: iso(710_000), score: 1, scaleMin: 1, scaleMax: 5, comment: 'Nobody knew anything.' },
    { ...of, contactId: 'cb', id: 'sv5', type: 'contact.queued', occurredAt: iso(600_000) },
    { ...of, contactId: 'cb', id: 'sv6', type: 'contact.callback_requested', occurredAt: iso(620_000), dueAt: iso(700_000), promisedUntil: iso(900_000) },
  ])
  for (const [report, schema] of [['expected-wait', expectedWaitAnswer], ['callbacks', callbacksAnswer], ['first-response', firstResponseAnswer], ['fcr', fcrAnswer], ['surveys', surveysAnswer]] as const) {
    const { body } = await server.admin('GET', `/api/v1/sites/acme/reports/${report}?${range}`)
    fits(schema, body)
    expect([report, body.rows.length > 0]).toEqual([report, true])
    expect(parse((await server.admin('GET', `/api/v1/sites/acme/reports/${report}?${range}&format=csv`)).text, { columns: true })).toHaveLength(body.rows.length)
  }
  expect((await server.admin('GET', `/api/v1/sites/acme/reports/callbacks?${range}`)).body).toMatchObject({ figures: { dueNow: 1, kept: 0, keptN: 1 }, rows: [{ contactId: 'cb', state: 'due', kept: false }] })
  const answers = async () => (await server.admin('GET', `/api/v1/sites/acme/reports/surveys?${range}`)).body
  const owed = async (query = '') => (await server.admin('GET', `/api/v1/sites/acme/reports/owed${query}`)).body
  const before = await owed()
  fits(owedAnswer, before)
  expect([before.callbacks, before.followUps]).toMatchObject([{ dueNow: 1, oldestDueAt: iso(700_000), scheduled: 0 }, { open: 1, late: 0 }])
  expect(await answers()).toMatchObject({ followUps: { open: 1, done: 0 }, rows: [{ contactId: 'svc', score: 1, comment: 'Nobody knew anything.', agent: 'ann', followUp: { state: 'open' } }] })
  expect((await server.admin('PUT', '/api/v1/sites/acme/follow-ups/svc', { done: true })).status).toBe(200)
  expect(await answers()).toMatchObject({ followUps: { open: 0, done: 1 }, rows: [{ followUp: { state: 'done', doneAt: expect.any(String) } }] })
  // What was counted within the last seconds is kept; who was called is asked each time.
  expect((await owed()).followUps).toEqual({ open: 0, late: 0 })
  // One whose contact is history, as the keeper writes it down.
  const redis = await connect({ url: server.config.redisUrl ?? '', name: 'test', log: server.log })
  await openLateAnswers({ redis, keys: keysUnder(server.prefix) }).record('acme', [{ contactId: 'long-ago', queue: 'support', at: instantOf(at + 800_000), score: 1.5, comment: null }])
  redis.destroy()
  expect(await answers()).toMatchObject({ followUps: { open: 1, done: 1 }, rows: [{ contactId: 'long-ago', queue: 'support', agent: null, followUp: { state: 'open' } }, { contactId: 'svc' }] })
  expect((await server.admin('PUT', '/api/v1/sites/acme/follow-ups/long-ago', { done: true })).status).toBe(200)
  expect(await answers()).toMatchObject({ followUps: { open: 0, done: 2 } })
  expect((await server.admin('PUT', '/api/v1/sites/acme/follow-ups/nothing', { done: true })).status).toBe(404)
  expect((await server.admin('PUT', '/api/v1/sites/acme/settings?dryRun=true', { queues: { chat: { channel: 'chat', hours: 'nights' } } })).body).toMatchObject({ status: 422, faults: [{ path: 'queues.chat.hours', code: 'unknown_calendar' }] })
})

it('what is due, late or absent is so by the clock, on a floor that hears nothing more as on one that never heard anything', async () => {
  await server.admin('PUT', '/api/v1/sites/idle', { name: 'Idle', timeZone: 'UTC' })
  const stamp = (ms: number) => new Date(Math.floor(Date.now() / 1_000) * 1_000 + ms).toISOString()
  const ical = (ms: number) => `${stamp(ms).slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:1', `DTSTAMP:${ical(0)}`, `DTSTART:${ical(-2_400_000)}`, `DTEND:${ical(60_000)}`, 'SUMMARY:Shift', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
  expect((await server.admin('PUT', '/api/v1/sites/idle/schedule?agent=bob', calendar, { 'content-type': 'text/calendar' })).body).toMatchObject({ accepted: 1 })
  expect((await server.admin('GET', '/api/v1/sites/idle/reports/roll-call')).body.rows).toMatchObject([{ agent: 'bob', state: 'absent' }])
  const of = { contactId: 'cb', queueId: 'support', channel: 'voice' }
  await server.admin('POST', '/api/v1/sites/idle/events', [{ ...of, id: '1', type: 'contact.queued', occurredAt: stamp(-2_000) }, { ...of, id: '2', type: 'contact.callback_requested', occurredAt: stamp(-1_000), dueAt: new Date(Date.now() + 250).toISOString() }])
  await until('the callback is due', async () => ((await server.admin('GET', `/api/v1/sites/idle/reports/callbacks?from=${stamp(-60_000)}&to=${stamp(60_000)}`)).body.figures.dueNow as number) === 1)
})

it('a site of which nothing was ever heard is empty as of now, and its day is the one that runs', async () => {
  await server.admin('PUT', '/api/v1/sites/silent', { name: 'Silent', timeZone: 'UTC' })
  const { body } = await server.admin('GET', '/api/v1/sites/silent/floor')
  expect([Date.now() - Date.parse(body.asOf) < 60_000, body.totals.today.dayStartedAt, body.totals.waiting, body.totals.today.fcr]).toEqual([true, `${body.asOf.slice(0, 10)}T00:00:00.000Z`, 0, null])
  expect(Date.parse((await server.admin('GET', '/api/v1/sites/silent/status')).body.asOf)).toBeGreaterThanOrEqual(Date.parse(body.asOf))
})

it('mobilisation answers as its schema says, in JSON and CSV, with whoever was sent for', async () => {
  const site = '/api/v1/sites/acme'
  const { body: settings } = await server.admin('GET', `${site}/settings`)
  await server.admin('PUT', `${site}/settings`, { ...settings, resources: { carrier: { name: 'Carrier', type: 'supplier' } } })
  const report = { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'monitoring', location: 'Leeds', service: 'Voice', reporter: 'NOC', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 2, urgency: 2 }
  const { ref } = (await server.admin('POST', `${site}/incidents`, report)).body
  const { deployments } = (await server.admin('POST', `${site}/incidents/${ref}/commands`, { type: 'deploy', resource: 'carrier' })).body
  await server.admin('POST', `${site}/incidents/${ref}/commands`, { type: 'confirm-deployment', deployment: deployments[0].id, answer: 'on-task' })
  const today = `from=${iso(-86_400_000)}&to=${new Date(Date.now() + 60_000).toISOString()}`
  const { body } = await server.admin('GET', `${site}/reports/mobilisation?${today}`)
  const parsed = mobilisationAnswer.safeParse(body)
  expect(parsed.success ? [] : parsed.error.issues).toEqual([])
  expect(body.wholeFrom).toBeNull()
  expect(body.rows).toMatchObject([{ channel: 'none', priority: null, asked: 1, mobilised: 1, mobiliseMsP50: expect.any(Number) }, { channel: 'none', priority: 'P2' }])
  const csv = parse((await server.admin('GET', `${site}/reports/mobilisation?${today}&format=csv`)).text, { columns: true })
  expect(csv).toHaveLength(2)
  expect((await server.admin('GET', `${site}/reports/mobilisation?${today}&queue=support`)).body.rows).toEqual([])
})
