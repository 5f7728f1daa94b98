import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** Words for one group of the stakeholder register are read by those who are in it, and by nobody else (law 6). */
let server: RunningServer
const password = 'a long enough password 1'
const cookies = new Map<string, string>()

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
  for (const username of ['eve', 'pat']) {
    expect((await server.admin('POST', '/api/v1/users', { username, role: 'stakeholder', sites: ['north'], password })).status).toBe(201)
    const signedIn = await server.ask('POST', '/api/v1/session', { body: { name: username, password } })
    cookies.set(username, signedIn.headers.getSetCookie().map((one) => one.split(';')[0]).join('; '))
  }
  const saved = await server.admin('PUT', '/api/v1/sites/north/settings', { people: { eve: { name: 'Eve', user: 'eve' }, pat: { name: 'Pat', user: 'pat' } }, stakeholders: { executives: { name: 'The board', people: ['eve'] }, press: { people: ['pat'] } } })
  expect([saved.status, saved.body.faults ?? []]).toEqual([200, []])
})
afterAll(() => server.close())

it('executives have a clock of their own on a P1, see by when they hear more, and read what only they were told', async () => {
  const report = { type: 'incident', title: 'A main has burst', nature: 'Reported by the control room', channel: 'voice', location: 'Works', service: 'Water', reporter: 'Control room', callerId: 'withheld', callerSafe: true, category: 'operational', impact: 1, urgency: 1 }
  const { status, body: incident } = await server.admin('POST', '/api/v1/sites/north/incidents', report)
  const clock = incident.clocks.find(({ kind }: { kind: string }) => kind === 'audience')
  expect([status, clock]).toMatchObject([201, { name: 'executives', called: 'The board', state: 'running', dueAt: new Date(Date.parse(incident.reportedAt) + 1_800_000).toISOString() }])
  const path = `/api/v1/sites/north/incidents/${incident.ref}`
  const { body: forecast } = await server.admin('GET', `${path}/forecast?hours=1`)
  expect(forecast.steps.filter((step: { clock: string | null }) => step.clock === 'executives').slice(0, 3).map(({ kind, clockCalled }: { kind: string; clockCalled: string }) => [kind, clockCalled])).toEqual([['warning', 'The board'], ['breach', 'The board'], ['level', 'The board']])
  const { body: templates } = await server.admin('GET', `${path}/update-templates`)
  expect([templates.audiences, templates.called, templates.updateMs]).toEqual([['all', 'public', 'executives', 'press'], { executives: 'The board', press: 'press' }, { executives: 1_800_000 }])
  // A P1 hears every twenty minutes, executives every thirty; nothing is promised for longer than a day.
  expect([templates.latestMs.all, templates.latestMs.executives].map((ms: number) => Math.floor(ms / 600_000))).toEqual([144, 144])
  const tooLate = await server.admin('POST', `${path}/commands`, { type: 'update-stakeholders', text: 'Soon', state: 'identified', audience: 'all', nextUpdateAt: '2036-01-01T00:00:00Z' })
  expect([tooLate.status, tooLate.body.refusal.code]).toEqual([409, 'next_update_too_late'])
  const { body: simulated } = await server.admin('POST', '/api/v1/sites/north/escalation-simulations', { wall: '2026-12-27T02:30', impact: 1, urgency: 1, category: 'operational', service: 'Water', hours: 1 })
  expect(simulated.clocks.map(({ kind, name }: { kind: string; name: string | null }) => [kind, name])).toContainEqual(['audience', 'executives'])

  const seen = async (who: string) => (await server.ask('GET', '/api/v1/sites/north/status', { headers: { cookie: cookies.get(who) ?? '' } })).body.incidents?.find(({ ref }: { ref: string }) => ref === incident.ref)
  await until('the incident is shown', async () => (await seen('eve')) !== undefined)
  expect([(await seen('eve')).nextWordBy, (await seen('pat')).nextWordBy]).toEqual([clock.dueAt, null])
  const tell = async (text: string, audience: string) => expect((await server.admin('POST', `${path}/commands`, { type: 'update-stakeholders', text, state: 'identified', audience })).status).toBe(200)
  await tell('A crew is on its way.', 'all')
  await tell('It will cost us the quarter.', 'executives')
  await until('the words are shown', async () => (await seen('eve'))?.update?.text === 'It will cost us the quarter.')
  expect((await seen('pat')).update.text).toBe('A crew is on its way.')
  expect((await server.admin('GET', '/api/v1/sites/north/status')).text).not.toContain('quarter')
})
