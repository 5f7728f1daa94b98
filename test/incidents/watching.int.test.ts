import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { drillDetail } from '../../server/contract/drills.ts'
import { drillScore } from '../../server/contract/forecast.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { opening, socketTo, watchOn } from '../support/live-server.ts'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

/** What watches, in the web server as it runs: nothing fires here, so what is lost stays lost. */
const site = 'north'
let server: RunningServer
let redis: Redis
let ref = ''
beforeAll(async () => {
  server = await runServer({ auditEveryMs: 100 })
  redis = await connect({ url: server.config.redisUrl ?? '', name: 'test', log: server.log })
  await server.admin('PUT', `/api/v1/sites/${site}`, { name: 'North', timeZone: 'Europe/London' })
  ref = (await server.admin('POST', `/api/v1/sites/${site}/incidents`, { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'voice', location: 'Leeds', service: 'Voice', reporter: 'Desk', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 3, urgency: 3 })).body.ref
})
afterAll(async () => {
  redis.destroy()
  await server.close()
})
const at = () => keysUnder(server.prefix).site(site)

it('a lost timer is told to open screens as `escalation-audit`, shown by the route and by readiness', async () => {
  const socket = socketTo(server.url, { token: adminToken })
  const heard: { readonly ok: boolean; readonly findings: readonly { readonly check: string; readonly about: string }[] }[] = []
  socket.on('escalation-audit', (fact) => heard.push(fact))
  expect(await opening(socket)).toBe('connected')
  await watchOn(socket, site, 'incidents')
  await redis.hDel(at().timers, `${ref}/clock/response`)
  const lost = `no-timer ${ref}/clock/response`
  await until('the screens are told', () => heard.some(({ findings }) => findings.some(({ check, about }) => `${check} ${about}` === lost)))
  const { body } = await server.admin('GET', `/api/v1/sites/${site}/escalation-audit`)
  expect([body.ok, body.findings.map(({ check, about }: Record<string, string>) => `${check} ${about}`)]).toEqual([false, expect.arrayContaining([lost])])
  expect((await server.ask('GET', '/readyz', { token: adminToken })).body.checks.auditor.detail).toContain(lost)
  socket.disconnect()
})

it('of incidents of other areas a screen and the route say how many are wrong, and not which; `ok` is of the whole site', async () => {
  const at0 = `/api/v1/sites/${site}`
  expect((await server.admin('PUT', `${at0}/settings`, { groups: { help: { queues: ['support'] } } })).status).toBe(200)
  const { token } = (await server.admin('POST', '/api/v1/keys', { site, role: 'supervisor', areas: ['help'] })).body
  const logged = async (queue: string) => String((await server.admin('POST', `${at0}/incidents`, { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'voice', location: 'Leeds', service: 'Voice', reporter: 'Desk', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 3, urgency: 3, queue })).body.ref)
  const [own, foreign] = [await logged('support'), await logged('billing')]
  const socket = socketTo(server.url, { token })
  const heard: { readonly ok: boolean; readonly elsewhere?: number; readonly findings: readonly { readonly about: string }[] }[] = []
  socket.on('escalation-audit', (fact) => heard.push(fact))
  expect(await opening(socket)).toBe('connected')
  await watchOn(socket, site, 'incidents')
  await redis.hDel(at().timers, `${foreign}/clock/response`)
  await until('the screen is told that something is wrong elsewhere', () => heard.some(({ elsewhere }) => (elsewhere ?? 0) > 0))
  await redis.hDel(at().timers, `${own}/clock/response`)
  await until('the screen is told of its own', () => heard.some(({ findings }) => findings.some(({ about }) => about === `${own}/clock/response`)))
  expect(heard.map(({ ok }) => ok)).not.toContain(true)
  const { body, text } = await server.ask('GET', `${at0}/escalation-audit`, { token })
  expect([body.ok, body.elsewhere, body.findings.map(({ about }: Record<string, string>) => about)]).toEqual([false, 1, expect.arrayContaining([`${own}/clock/response`])])
  for (const told of [text, JSON.stringify(heard)]) expect(told).not.toContain(foreign)
  const whole = await server.admin('GET', `${at0}/escalation-audit`)
  expect([whole.body.elsewhere, whole.text.includes(foreign)]).toEqual([undefined, true])
  expect(body.findings.length).toBe(whole.body.findings.length - 1)
  socket.disconnect()
})

it('walls are told how many messages reached nobody', async () => {
  const count = async () => (await server.admin('GET', `/api/v1/sites/${site}/views/wall:main`)).body.snapshot.messages
  expect(await count()).toEqual([{ id: '*', deadLetters: 0 }])
  await redis.hSet(at().deadLetters, 'one', '{}')
  await until('the wall says one', async () => (await count())[0].deadLetters === 1)
})

it('the settings say at any time what should be seen of them', async () => {
  const saved = await server.admin('PUT', `/api/v1/sites/${site}/settings`, { calendars: { office: { week: { mon: ['09:00-17:00'] }, holidays: ['2020-12-25', new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10)] }, long: { week: { mon: ['09:00-17:00'] }, holidays: [new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10)] } } })
  expect(saved.body.warnings.map(({ path, code }: Record<string, string>) => `${path} ${code}`)).toContain('calendars.office.holidays holidays_end')
  const now = await server.admin('GET', `/api/v1/sites/${site}/settings/warnings`)
  expect(now.body.items).toEqual(saved.body.warnings)
  expect(now.text).not.toContain('calendars.long')
})

it('a drill has a score over HTTP; what is no drill has none', async () => {
  const drill = (await server.admin('POST', `/api/v1/sites/${site}/incidents`, { type: 'incident', title: 'Fire on the first floor', nature: 'Smoke', channel: 'voice', location: 'Leeds', service: 'Building', reporter: 'Desk', callerId: 'withheld', callerSafe: true, category: 'safety', impact: 1, urgency: 2, drill: true })).body.ref
  await server.admin('POST', `/api/v1/sites/${site}/incidents/${drill}/commands`, { type: 'acknowledge' })
  const { status, body } = await server.admin('GET', `/api/v1/sites/${site}/incidents/${drill}/drill-score?priority=P1&category=safety`)
  expect(drillScore.safeParse(body).error?.issues ?? []).toEqual([])
  expect([status, body.parts.logging.score, body.parts.prioritising.score, body.parts.escalating.score]).toEqual([200, 1, 1, 1])
  expect((await server.admin('GET', `/api/v1/sites/${site}/incidents/${ref}/drill-score`)).body.code).toBe('not_a_drill')
})

it('a scenario runs on the live policies, and what is logged in it is marked and judged', async () => {
  const at = `/api/v1/sites/${site}`
  const begun = await server.admin('POST', `${at}/drills`, { scenario: 'evacuation', speed: 10 })
  expect(drillDetail.safeParse(begun.body).error?.issues ?? []).toEqual([])
  const { id } = begun.body
  const logged = await server.admin('POST', `${at}/incidents`, { type: 'incident', title: 'Smoke in the stairwell', nature: 'Everybody goes out', channel: 'radio', location: 'Leeds', service: 'Building', reporter: 'Reception', callerId: 'withheld', callerSafe: true, category: 'safety', impact: 1, urgency: 1, drill: id })
  expect(logged.body).toMatchObject({ drill: true, exercise: { id, speed: 10 }, priority: 'P1' })
  const response = logged.body.clocks.find(({ kind }: Record<string, string>) => kind === 'response')
  expect(Date.parse(response.dueAt) - Date.parse(logged.body.reportedAt)).toBe(30_000)
  const { body } = await server.admin('GET', `${at}/drills/${id}`)
  expect(body).toMatchObject({ state: 'running', incidents: [logged.body.ref], injects: [{ from: 'Reception, by radio' }], score: { parts: { logging: { score: 1 }, prioritising: { score: 1 } } } })
  expect((await server.admin('POST', `${at}/drills/${id}/end`)).body.state).toBe('ended')
  // One that was over by itself long ago is not ended anew.
  const over = (await server.admin('POST', `${at}/drills`, { scenario: 'evacuation', speed: 60 })).body
  const row = JSON.parse(String(await redis.hGet(keysUnder(server.prefix).site(site).drills, over.id)))
  await redis.hSet(keysUnder(server.prefix).site(site).drills, over.id, JSON.stringify({ ...row, startedAt: row.startedAt - 86_400_000 }))
  const { endsAt } = (await server.admin('GET', `${at}/drills/${over.id}`)).body
  expect((await server.admin('POST', `${at}/drills/${over.id}/end`)).body).toMatchObject({ state: 'ended', endsAt })
  await redis.hDel(keysUnder(server.prefix).site(site).drills, over.id)
  expect((await server.admin('POST', `${at}/incidents`, { drill: id, draft: true })).body.faults).toMatchObject([{ path: 'drill' }])
  expect((await server.admin('GET', `${at}/drills`)).body.items.map((drill: Record<string, string>) => drill['id'])).toEqual([id])
  expect((await server.admin('POST', `${at}/drills`, { scenario: 'no-such' })).status).toBe(422)
})

/** Ten in every run; more with ACKS=200. Prints its figures. */
it('an acknowledgement is on a wall within a second', async () => {
  const many = Number(process.env['ACKS'] ?? 10)
  const socket = socketTo(server.url, { token: adminToken })
  const shown = new Map<string, number>()
  const wall = { view: 'wall:main', table: 'incidents' }
  socket.on('changes', ({ views }: { readonly views: readonly { readonly view: string; readonly put: Readonly<Record<string, readonly { readonly ref: string; readonly owner: object | null }[] | undefined>> }[] }) => {
    for (const { view, put } of views) if (view === wall.view) for (const row of put[wall.table] ?? []) if (row.owner !== null && !shown.has(row.ref)) shown.set(row.ref, performance.now())
  })
  expect(await opening(socket)).toBe('connected')
  await watchOn(socket, site, wall.view)
  const took: number[] = []
  for (let round = 0; round < many; round += 1) {
    const one = (await server.admin('POST', `/api/v1/sites/${site}/incidents`, { type: 'incident', title: `Line ${round} is down`, nature: 'No calls', channel: 'voice', location: 'Leeds', service: 'Voice', reporter: 'Desk', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 1, urgency: 1 })).body.ref
    const pressedAt = performance.now()
    await server.admin('POST', `/api/v1/sites/${site}/incidents/${one}/commands`, { type: 'acknowledge' })
    took.push((await until('the wall shows the owner', () => shown.get(one))) - pressedAt)
  }
  took.sort((a, b) => a - b)
  const of = (share: number) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN)
  process.stderr.write(`acknowledgement to wall, ms of ${many}: ${JSON.stringify({ p50: of(0.5), p95: of(0.95), max: of(1) })}\n`)
  expect(of(0.95)).toBeLessThan(1_000)
  socket.disconnect()
})
