import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { z } from 'zod'
import { forecastAnswer, rotaImport, rotaList, rotaShifts, simulationAnswer } from '../../server/contract/forecast.ts'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let ref = ''
const site = '/api/v1/sites/acme'
const conforms = (schema: z.ZodType, body: unknown): void => {
  const parsed = schema.safeParse(body)
  expect(parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([])
}

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', site, { name: 'Acme', timeZone: 'Europe/London' })
  const settings = {
    people: { ann: { name: 'Ann Ash', role: 'supervisor' }, bob: { name: 'Bob Bell', role: 'supervisor' } },
    rotas: { duty: { name: 'Duty', layers: [{ people: ['ann', 'bob'], startsOn: '2026-01-05', handoverAt: '09:00', everyDays: 7 }], overrides: [{ from: '2026-06-01T09:00:00Z', to: '2026-06-02T09:00:00Z', person: 'bob' }] } },
    policies: { default: { ownership: { levels: [{ targets: [{ rota: 'duty' }], waitMs: 0 }], repeat: 0 } } },
  }
  const saved = await server.admin('PUT', `${site}/settings`, settings)
  if (saved.status !== 200) throw new Error(saved.text)
  const report = { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'monitoring', location: 'Leeds', service: 'Voice', reporter: 'NOC', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 1, urgency: 1 }
  ref = (await server.admin('POST', `${site}/incidents`, report)).body.ref
})
afterAll(() => server.close())

describe('rotas over HTTP', () => {
  it('say who is on call at a moment, until when, and who follows', async () => {
    const { status, body } = await server.admin('GET', `${site}/rotas?at=2026-01-07T12:00:00.000Z`)
    expect(status).toBe(200)
    conforms(rotaList, body)
    expect(body.items[0]).toMatchObject({ rota: 'duty', onCall: { person: { id: 'ann', name: 'Ann Ash' }, by: 'layer' }, until: '2026-01-12T09:00:00.000Z', next: { person: { id: 'bob' } } })
    expect(body.items[0].gaps.every(({ why }: { why: string }) => why === 'unreachable')).toBe(true)
  })

  it('give shifts, a calendar file, and read one back for review', async () => {
    const range = 'from=2026-05-31T00:00:00.000Z&to=2026-06-03T00:00:00.000Z'
    const shifts = await server.admin('GET', `${site}/rotas/duty?${range}`)
    conforms(rotaShifts, shifts.body)
    expect(shifts.body.shifts.some(({ by }: { by: string }) => by === 'override')).toBe(true)
    const calendar = await server.admin('GET', `${site}/rotas/duty/calendar?${range}`)
    expect(calendar.text).toContain('SUMMARY:Duty: Bob Bell')
    const later = calendar.text.replaceAll('20260', '20270').replaceAll('SUMMARY:Duty: Ann Ash', 'SUMMARY:Nobody Known')
    const read = await fetch(`${server.url}${site}/rotas/duty/calendar`, { method: 'POST', headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'text/calendar' }, body: later })
    const answer: unknown = await read.json()
    conforms(rotaImport, answer)
    expect(answer).toMatchObject({ skipped: 0, unknown: expect.arrayContaining([expect.objectContaining({ summary: 'Nobody Known' })]), overrides: expect.arrayContaining([expect.objectContaining({ person: 'bob' })]) })
    expect((await server.admin('GET', `${site}/rotas/none`)).status).toBe(404)
    expect((await server.admin('GET', `${site}/rotas/duty?from=2026-06-03T00:00:00.000Z&to=2026-05-31T00:00:00.000Z`)).status).toBe(400)
  })
})

describe('forecast and simulation over HTTP', () => {
  it('say what happens next to an incident', async () => {
    const { body } = await server.admin('GET', `${site}/incidents/${ref}/forecast`)
    conforms(forecastAnswer, body)
    expect(body.steps.map(({ kind }: { kind: string }) => kind)).toEqual(expect.arrayContaining(['level', 'breach', 'unowned-reminder']))
    expect((await server.admin('GET', `${site}/incidents/INC-2026-999999/forecast`)).status).toBe(404)
    const view = await server.admin('GET', `${site}/views/incident:${ref}`)
    // Nothing fires in this test: what is overdue counts from the moment it is asked.
    const kinds = (steps: readonly { readonly kind: string; readonly people: unknown }[]) => steps.map(({ kind, people }) => [kind, people])
    expect(view.body.snapshot.forecast).toMatchObject([{ ref, complete: body.complete }])
    expect(kinds(view.body.snapshot.forecast[0].steps)).toEqual(kinds(body.steps))
  })

  it('try settings before they are saved, and refuse those that could not be', async () => {
    const trial = { wall: '2026-12-27T02:30', settings: { policies: { default: { ownership: { levels: [{ targets: [{ person: 'ann' }], waitMs: 60_000 }], repeat: 0 } } } } }
    const { status, body } = await server.admin('POST', `${site}/escalation-simulations`, trial)
    expect(status).toBe(200)
    conforms(simulationAnswer, body)
    expect(body.steps.find(({ kind }: { kind: string }) => kind === 'level')).toMatchObject({ at: '2026-12-27T02:31:00.000Z', people: [{ id: 'ann' }] })
    // A category that nobody has would be routed as none: the answer would be of another incident than was asked about.
    const unknown = await server.admin('POST', `${site}/escalation-simulations`, { category: 'tecnology' })
    expect([unknown.status, unknown.body.faults]).toEqual([422, [{ path: 'category', code: 'unknown_category', detail: '"tecnology" is not a category of this site: safety, security, operational, service-level, data-protection, technology' }]])
    expect((await server.admin('POST', `${site}/escalation-simulations`, { category: 'floods', settings: { categories: { floods: { name: 'Floods' } } } })).status).toBe(200)
    const refused = await server.admin('POST', `${site}/escalation-simulations`, { settings: { policies: { default: { ownership: { levels: [{ targets: [{ person: 'zoe' }] }] } } } } })
    expect([refused.status, refused.body.faults?.[0]?.code]).toEqual([422, 'unknown_person'])
    const after = await server.admin('GET', `${site}/settings`)
    expect(after.body.policies.default.ownership.levels).toEqual([{ targets: [{ rota: 'duty' }], waitMs: 0 }])
  })
})
