import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { z } from 'zod'
import { floorAnswer, incidentRow, intervalRow, keyRow, pageOf, problemDocument, sessionAnswer, settingsSaved, siteRow, statusAnswer, timelineRow, userRow } from '../../server/contract/row-schemas.ts'
import { settingsSchema } from '../../server/contract/settings.ts'
import { operations } from '../../server/http/api-operations.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let ref: string
const at = new Date(Date.now() - 60_000)
const later = (ms: number) => new Date(at.getTime() + ms).toISOString()

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
  await server.admin('POST', '/api/v1/sites/acme/events', [
    { id: 'e1', type: 'contact.queued', occurredAt: later(0), contactId: 'c1', queueId: 'support', channel: 'voice' },
    { id: 'e2', type: 'contact.answered', occurredAt: later(5_000), contactId: 'c1', queueId: 'support', agentId: 'a1', waitMs: 5_000 },
    { id: 'e3', type: 'contact.ended', occurredAt: later(20_000), contactId: 'c1', queueId: 'support', agentId: 'a1', talkMs: 15_000 },
    { id: 'e4', type: 'agent.state', occurredAt: later(21_000), agentId: 'a1', agentName: 'Ada', state: 'available', queues: ['support'] },
  ])
  const report = { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'monitoring', location: 'Leeds', service: 'Voice', reporter: 'NOC', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 1, urgency: 1 }
  const made = await server.admin('POST', '/api/v1/sites/acme/incidents', report)
  if (made.status !== 201) throw new Error(made.text)
  ref = made.body.ref
})
afterAll(() => server.close())

const conforms = (schema: z.ZodType, body: unknown): void => {
  const parsed = schema.safeParse(body)
  expect(parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([])
}

describe('openapi.json', () => {
  it('describes every route that there is, and no other', async () => {
    const { status, body } = await server.ask('GET', '/api/v1/openapi.json')
    const declared = server.routes.map(({ method, path }) => `${method} ${path.replace(/:([A-Za-z]+)/g, '{$1}')}`).sort()
    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)).sort()
    expect(status).toBe(200)
    expect(described).toEqual(declared)
  })

  it('is a whole OpenAPI 3.1 document: every reference leads somewhere, every parameter of a path is declared', async () => {
    const { text, body } = await server.ask('GET', '/api/v1/openapi.json')
    expect([body.openapi, body.info.version]).toEqual(['3.1.0', '1'])
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? '')
    const dangling = references.filter((to) => to.split('/').slice(1).reduce<unknown>((place, step) => (typeof place === 'object' && place !== null ? Reflect.get(place, step) : undefined), body) === undefined)
    expect([references.length > 50, dangling]).toEqual([true, []])
    for (const [path, methods] of Object.entries<Record<string, { parameters: { name: string; in: string }[]; operationId: string }>>(body.paths)) {
      for (const { parameters } of Object.values(methods)) expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`)).toEqual(path.match(/\{[a-z]+\}/gi) ?? [])
    }
    const ids = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('knows each operation once', () => {
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(operations.length)
  })
})

describe('asyncapi.json', () => {
  it('names every message of both sides', async () => {
    const { body } = await server.ask('GET', '/api/v1/asyncapi.json')
    expect(body.asyncapi).toBe('3.0.0')
    expect(Object.keys(body.channels.floor.messages)).toEqual(['watch', 'unwatch', 'at', 'command', 'changes', 'escalation-audit', 'notice', 'reload', 'settings-changed', 'signed-out'])
    const listed = [...body.operations.say.messages, ...body.operations.hear.messages].map(({ $ref }: { $ref: string }) => $ref.split('/').at(-1))
    expect(listed.sort()).toEqual(Object.keys(body.channels.floor.messages).sort())
  })
})

describe('live answers are as the documents say', () => {
  const range = () => `from=${encodeURIComponent(later(-3_600_000))}&to=${encodeURIComponent(later(3_600_000))}`
  it.each<readonly [string, z.ZodType, () => string]>([
    ['the floor', floorAnswer, () => '/sites/acme/floor'],
    ['incidents', pageOf(incidentRow), () => '/sites/acme/incidents'],
    ['an incident', incidentRow, () => `/sites/acme/incidents/${ref}`],
    ['a timeline', pageOf(timelineRow), () => `/sites/acme/incidents/${ref}/timeline`],
    ['sites', pageOf(siteRow), () => '/sites'],
    ['settings', settingsSchema, () => '/sites/acme/settings'],
    ['the session', sessionAnswer, () => '/session'],
    ['keys', pageOf(keyRow), () => '/keys'],
    ['accounts', pageOf(userRow), () => '/users'],
    ['the status', statusAnswer, () => '/sites/acme/status'],
  ])('%s', async (_what, schema, path) => {
    const answer = await server.admin('GET', `/api/v1${path()}`)
    expect(answer.status).toBe(200)
    conforms(schema, answer.body)
  })
  it('intervals', async () => {
    const { body } = await server.admin('GET', `/api/v1/sites/acme/intervals?${range()}`)
    expect(body.rows.length).toBeGreaterThan(0)
    for (const row of body.rows) conforms(intervalRow, row)
  })
  it('a refusal and a saved document', async () => {
    conforms(problemDocument, (await server.admin('PUT', '/api/v1/sites/acme/settings', { bogus: 1 })).body)
    conforms(settingsSaved, (await server.admin('PUT', '/api/v1/sites/acme/settings', {})).body)
  })
})

describe('the stakeholders’ status', () => {
  it('needs the right until the site publishes it, and never holds personal data', async () => {
    expect((await server.ask('GET', '/api/v1/sites/acme/status')).status).toBe(401)
    expect((await server.ask('GET', '/api/v1/sites/absent/status')).status).toBe(401)
    const key = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'stakeholder' })).body.token
    expect((await server.ask('GET', '/api/v1/sites/acme/status', { token: key })).body).toMatchObject({ name: 'Acme', state: 'major-incident', incidents: [{ ref, title: 'Lines are down', state: 'open' }] })
    await server.admin('PUT', '/api/v1/sites/acme/settings', { status: { publish: true } })
    const open = await server.ask('GET', '/api/v1/sites/acme/status')
    expect([open.status, open.text.includes('withheld') || open.text.includes('NOC') || open.text.includes('Leeds')]).toEqual([200, false])
  })
})
