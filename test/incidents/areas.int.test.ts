import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credential } from '../../server/contract/roles.ts'
import { parseReport } from '../../server/contract/incidents.ts'
import { createApp } from '../../server/http/app.ts'
import { idOfKey } from '../../server/incidents/notification-rows.ts'
import { notificationRoutes } from '../../server/incidents/notification-routes.ts'
import { openNotifications } from '../../server/incidents/notifications.ts'
import { openPlanner } from '../../server/incidents/planner.ts'
import { plannerRoutes } from '../../server/incidents/planner-routes.ts'
import { incidentRoutes } from '../../server/incidents/routes.ts'
import { socketCommand } from '../../server/incidents/socket-command.ts'
import { exportRoutes, type ExportRoutesDeps } from '../../server/live/export-routes.ts'
import type { HistoryReads } from '../../server/live/history-reads.ts'
import { rowTable } from '../../server/live/row-table.ts'
import { scopeOf } from '../../server/live/scope.ts'
import { deltaOf, planOf, snapshotOf, tablesText } from '../../server/live/to-views.ts'
import { openPeopleNames } from '../../server/redis/incident-people.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { instantOf } from '../../server/domain/time.ts'
import { ladder, report, sam } from '../support/incident-house.ts'
import { openPageHouse, plan, type PageHouse } from '../support/page-house.ts'
import { until } from '../support/until.ts'

/** One who is limited to an area knows nothing of incidents of other queues, over HTTP as over sockets, in the words of what does not exist. */
const credential = (id: string, area: Credential['area'], role: Credential['role'] = 'duty-manager'): Credential => ({ kind: 'key', id, person: { id, name: `Person ${id}` }, role, sites: null, ...(area === undefined ? {} : { area }) })
const callers = new Map([
  ['all', credential('all', undefined)],
  ['agent-1', credential('agent-1', undefined, 'agent')],
  ['agent-2', credential('agent-2', undefined, 'agent')],
  ['support', credential('support', { id: 'support', queues: ['support'], teams: null })],
])

let house: PageHouse
let http: Server
let url: string
const refs: Record<string, string> = {}

beforeAll(async () => {
  house = await openPageHouse({ policy: ladder([{ targets: [{ role: 'duty-manager' }], waitMs: 0 }]), contacts: { ada: plan([]) } })
  for (const queue of ['support', 'billing', null]) {
    const parsed = parseReport({ ...report, title: `of ${queue ?? 'no queue'}`, queue })
    const made = parsed.ok ? await house.incidents.create(house.site, parsed.input, sam) : null
    if (made?.kind !== 'done') throw new Error('not logged')
    refs[queue ?? 'none'] = made.record.ref
  }
  await house.work()
  const { redis, keys, settings, directory, sealed, log, outbox, notificationLog, incidentLog } = house
  const people = { directory, names: async () => new Map<string, string>(), keyOf: async () => null }
  const names = openPeopleNames({ redis, keys, texts: sealed.texts, people })
  const rules = openIncidentRules(settings)
  const { incidents } = house
  const planner = openPlanner({ log: incidentLog, rules, settings: { ...settings, get: async () => { throw new Error('not asked') } }, people, names, pace: async () => ({ lastTold: new Map(), waiting: [] }), site: () => null, outboundAllow: [] })
  const app = createApp({
    log, clientDir: '/nowhere', publicUrl: 'http://localhost', secure: false, rootRouters: [], siteExists: () => true, acknowledgedSeen: async () => undefined, limit: () => undefined, acted: () => undefined, csrfRight: () => true, addressOf: () => '127.0.0.1',
    authenticate: async (headers) => callers.get(String(headers.authorization).replace('Bearer ', '')) ?? null,
    routers: [incidentRoutes({ incidents, acknowledged: () => undefined }), notificationRoutes({ notifications: openNotifications({ log: incidentLog, rules, outbox, notificationLog, people, names, now: () => instantOf(Date.now()) }), log }), plannerRoutes({ planner }), exportRoutes({ reads: {} as HistoryReads, incidents, audit: incidents.audit, agents: {} as ExportRoutesDeps['agents'] })],
  })
  http = createServer(app)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1/sites/${house.site}`
})
afterAll(async () => {
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
  await house.close()
})

const ask = async (who: string, method: string, path: string, body?: object) => {
  const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await response.text()
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null }
}
const places = (ref: string): readonly (readonly [method: string, path: string, body?: object])[] => [
  ['GET', `/incidents/${ref}`],
  ['GET', `/incidents/${ref}/timeline`],
  ['GET', `/incidents/${ref}/forecast`],
  ['POST', `/incidents/${ref}/commands`, { type: 'note', text: 'seen' }],
  ['POST', `/incidents/${ref}/reveal`, { reason: 'to call back' }],
]

describe('an area', () => {
  it('hides single incidents in the words of one that does not exist, on every route', async () => {
    for (const [method, path, body] of places(refs['billing'] ?? '')) {
      const absent = await ask('support', method, path.replace(/INC-\d{4}-\d+/, 'INC-2026-999999'), body)
      const hidden = await ask('support', method, path, body)
      expect([path, hidden.status, hidden.text.replaceAll(refs['billing'] ?? '', 'INC-2026-999999')]).toEqual([path, 404, absent.text])
    }
    for (const own of ['support', 'none']) for (const [method, path, body] of places(refs[own] ?? '')) expect([path, (await ask('support', method, path, body)).status]).toEqual([path, 200])
    const entitled = callers.get('support')
    if (entitled === undefined) throw new Error('nobody')
    expect(await socketCommand({ incidents: house.incidents, acknowledged: () => undefined })(house.site, refs['billing'] ?? '', { type: 'note', text: 'seen' }, entitled, null)).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
  })

  it('leaves the others out of lists and files, and lets nothing be logged or merged beyond it', async () => {
    const listed = (await ask('support', 'GET', '/incidents')).body.items.map(({ ref }: { ref: string }) => ref)
    expect(listed).toEqual([refs['none'], refs['support']])
    for (const file of ['incidents', 'audit']) {
      const { text } = await ask('support', 'GET', `/export/${file}.csv`)
      expect([file, text.includes(refs['billing'] ?? ''), text.includes(refs['support'] ?? '')]).toEqual([file, false, true])
      expect((await ask('all', 'GET', `/export/${file}.csv`)).text).toContain(refs['billing'])
    }
    expect(await ask('support', 'POST', '/incidents', { ...report, queue: 'billing' })).toMatchObject({ status: 422, body: { faults: [{ path: 'queue' }] } })
    expect(await ask('support', 'POST', `/incidents/${refs['support']}/commands`, { type: 'merge', into: refs['billing'] })).toMatchObject({ status: 409, body: { code: 'target_not_active' } })
  })

  it('leaves their messages and dead letters out', async () => {
    await until('three dead letters', async () => (await house.outbox.deadCount(house.site)) === 3)
    const [letters, all] = [await ask('support', 'GET', '/notifications/dead-letters'), await ask('all', 'GET', '/notifications/dead-letters')]
    const refsOf = (items: readonly { readonly ref: string }[]) => [...new Set(items.map(({ ref }) => ref))].sort()
    expect([refsOf(letters.body.items), refsOf(all.body.items)]).toEqual([[refs['support'], refs['none']].sort(), Object.values(refs).sort()])
    const foreign = all.body.items.find(({ ref }: { ref: string }) => ref === refs['billing'])
    expect((await ask('support', 'GET', `/notifications/${foreign.id}`)).status).toBe(404)
    expect((await ask('support', 'DELETE', `/notifications/dead-letters/${foreign.id}`)).text).toBe((await ask('support', 'DELETE', `/notifications/dead-letters/${idOfKey('none')}`)).text.replace(idOfKey('none'), foreign.id))
    expect(refsOf((await ask('support', 'GET', '/notifications')).body.items)).toEqual([refs['support'], refs['none']].sort())
    const purged = await Promise.all([1, 2, 3].map(() => ask('all', 'DELETE', `/notifications/dead-letters/${foreign.id}`)))
    expect(purged.map(({ status }) => status).sort()).toEqual([204, 404, 404])
    // Only what was done stands in the log.
    const { items } = (await ask('all', 'GET', `/incidents/${refs['billing']}/timeline`)).body
    expect(items.filter(({ type }: { type: string }) => type === 'delivery-purged')).toHaveLength(1)
  })
})

describe('the number of a caller', () => {
  it('is masked wherever an incident is told', async () => {
    const ref = refs['support'] ?? ''
    for (const [method, path, body] of [['GET', '/incidents'], ['GET', `/incidents/${ref}`], ['POST', `/incidents/${ref}/commands`, { type: 'note', text: 'x' }], ['POST', '/incidents', report], ['GET', '/export/incidents.json']] as const) {
      const { text } = await ask('all', method, path, body)
      expect([path, text.includes('•••000')]).toEqual([path, true])
      expect(text).not.toContain(report.callerId)
    }
  })

  it('is told whole to whoever gives a reason: who and why stand in the log, no command is refused for it, and 30 an hour are enough', async () => {
    const ref = refs['support'] ?? ''
    const before = (await ask('all', 'GET', `/incidents/${ref}`)).body.revision
    expect(await ask('all', 'POST', `/incidents/${ref}/reveal`, {})).toMatchObject({ status: 422 })
    expect(await ask('all', 'POST', `/incidents/${ref}/reveal`, { reason: 'the line broke' })).toMatchObject({ status: 200, body: { ref, callerId: report.callerId } })
    const { items } = (await ask('all', 'GET', `/incidents/${ref}/timeline`)).body
    expect(items.at(-1)).toMatchObject({ type: 'caller-revealed', text: 'the line broke', actor: { id: 'all', role: 'duty-manager' } })
    expect((await ask('all', 'GET', `/incidents/${ref}`)).body.revision).toBe(before)
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask('all', 'POST', `/incidents/${ref}/reveal`, { reason: 'again' })))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
  })
})

describe('a draft', () => {
  it('is opened by whoever logged it, with what it lacks; to another agent it is not there', async () => {
    const { nature, location, callerId, ...rest } = report
    const draft = (await ask('agent-1', 'POST', '/incidents', { nature, draft: true })).body
    expect([draft.state, draft.priority]).toEqual(['draft', null])
    const { type: recordType, ...more } = rest
    expect((await ask('agent-2', 'POST', `/incidents/${draft.ref}/open`, more)).status).toBe(404)
    expect(await ask('agent-1', 'POST', `/incidents/${draft.ref}/open`, more)).toMatchObject({ status: 409, body: { refusal: { code: 'not_complete', detail: expect.stringContaining('missing: location, callerId'), allowed: expect.arrayContaining(['open']) } } })
    const opened = await ask('agent-1', 'POST', `/incidents/${draft.ref}/open`, { ...more, recordType, location, callerId })
    expect(opened).toMatchObject({ status: 200, body: { state: 'open', priority: 'P1', title: report.title, nature, callerId: '•••000', completeness: 1 } })
    await until('its first level has fired', async () => (await ask('all', 'GET', `/incidents/${draft.ref}`)).body.level === 1)
  })
})

describe('a record that names others (law 6)', () => {
  it('names those of the area alone, and says how many there are elsewhere: on every page, in files, and in live views', async () => {
    const made = async (body: object) => {
      const { status, body: row } = await ask('all', 'POST', '/incidents', { ...report, ...body })
      expect(status).toBe(201)
      return String(row.ref)
    }
    const [inside, outside, shut, problem, theirs] = [await made({ queue: 'support' }), await made({ queue: 'billing' }), await made({ queue: 'billing' }), await made({ type: 'problem', queue: null }), await made({ type: 'problem', queue: 'billing' })]
    const order = async (ref: string, command: object) => expect((await ask('all', 'POST', `/incidents/${ref}/commands`, command)).status).toBe(200)
    for (const ref of [inside, outside]) await order(ref, { type: 'link-problem', problem })
    await order(refs['support'] ?? '', { type: 'link-problem', problem: theirs })
    await order(shut, { type: 'merge', into: inside })
    const row = (await ask('support', 'GET', `/incidents/${problem}`)).body
    expect([row.problem.incidents, row.problem.elsewhere, row.problem.linked]).toEqual([[inside], 1, 2])
    expect((await ask('all', 'GET', `/incidents/${problem}`)).body.problem).toMatchObject({ incidents: [inside, outside], linked: 2 })
    expect((await ask('support', 'GET', `/incidents/${refs['support']}`)).body).toMatchObject({ problemRef: null, elsewhere: 1 })
    const absorbed = (await ask('support', 'GET', `/incidents/${inside}/timeline`)).body.items.find(({ type }: { type: string }) => type === 'absorbed')
    expect(absorbed.data).toMatchObject({ from: null })
    const pages = [`/incidents/${problem}`, `/incidents/${problem}/timeline`, `/incidents/${inside}`, `/incidents/${inside}/timeline`, `/incidents/${refs['support']}`, `/incidents/${refs['support']}/timeline`, '/incidents?type=problem', '/incidents', `/incidents?q=${shut}`, '/export/incidents.csv', '/export/audit.csv', '/export/audit.json']
    for (const page of pages) {
      const { status, text } = await ask('support', 'GET', page)
      expect([page, status, [outside, shut, theirs].filter((ref) => text.includes(ref))]).toEqual([page, 200, []])
    }
    expect((await ask('support', 'POST', `/incidents/${problem}/commands`, { type: 'note', text: 'seen' })).text).not.toContain(outside)
    const entitled = callers.get('support')
    if (entitled === undefined) throw new Error('nobody')
    expect(JSON.stringify(await socketCommand({ incidents: house.incidents, acknowledged: () => undefined })(house.site, problem, { type: 'note', text: 'again' }, entitled, null))).not.toContain(outside)

    const tables = new Map([['incidents', rowTable()], [`timeline/${problem}`, rowTable()], [`forecast/${problem}`, rowTable()]])
    const record = await house.incidents.record(house.site, problem)
    if (record === null) throw new Error('no record')
    for (const [ref, shown] of await house.incidents.live.rows(house.site, [record])) tables.get('incidents')?.put(ref, shown)
    for (const line of await house.incidents.live.timeline(house.site, problem)) tables.get(`timeline/${problem}`)?.put(String(line.seq), line)
    const read = (name: string) => tables.get(name) ?? rowTable()
    const view = (area: Credential['area']) => {
      const plan = planOf(`incident:${problem}`, { ...scopeOf(entitled), area: area ?? null })
      const changes = new Map([['incidents', new Set([problem])]])
      return [JSON.stringify(snapshotOf(plan, read)), tablesText(deltaOf(plan, read, changes)?.put ?? {})]
    }
    expect(view(undefined).map((text) => text.includes(outside))).toEqual([true, true])
    expect(view(entitled.area).map((text) => [text.includes(outside), text.includes(inside), text.includes('"elsewhere":1')])).toEqual([[false, true, true], [false, true, true]])
  })

  it('is refused in words that name none of another area', async () => {
    const [theirs, ours] = [(await ask('all', 'POST', '/incidents', { ...report, queue: 'billing' })).body.ref, (await ask('all', 'POST', '/incidents', { ...report, queue: 'support' })).body.ref]
    const sent = (await ask('all', 'POST', `/incidents/${theirs}/commands`, { type: 'deploy', person: 'sam' })).body
    const coming = { type: 'confirm-deployment', deployment: sent.deployments?.[0]?.id, answer: 'accepted', eta: new Date(Date.now() + 600_000).toISOString() }
    expect((await ask('all', 'POST', `/incidents/${theirs}/commands`, coming)).status).toBe(200)
    const asked = { type: 'deploy', person: 'sam' }
    const [whole, limited] = [await ask('all', 'POST', `/incidents/${ours}/commands`, asked), await ask('support', 'POST', `/incidents/${ours}/commands`, asked)]
    expect([whole.status, whole.text.includes(theirs)]).toEqual([409, true])
    expect([limited.status, limited.text.includes(theirs), limited.text.includes('a record of another area')]).toEqual([409, false, true])
  })
})
