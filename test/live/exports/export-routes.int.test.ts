import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { definitions } from '../../../server/domain/kpi/definitions.ts'
import { runServer, type RunningServer } from '../../support/running-server.ts'
import { unzipped } from '../../support/unzipped.ts'

const at = Date.now() - 600_000
const iso = (ms: number) => new Date(at + ms).toISOString()
const range = `from=${iso(-3_600_000)}&to=${iso(3_600_000)}`

let server: RunningServer
const keys: Record<string, string> = {}

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
  const call = (n: number, queueId: string) => [
    { id: `q${n}`, type: 'contact.queued', occurredAt: iso(n * 1_000), contactId: `c${n}`, queueId, channel: 'voice' },
    { id: `a${n}`, type: 'contact.answered', occurredAt: iso(n * 1_000 + 4_000), contactId: `c${n}`, queueId, agentId: 'ann', waitMs: 4_000 },
    { id: `e${n}`, type: 'contact.ended', occurredAt: iso(n * 1_000 + 60_000), contactId: `c${n}`, queueId, agentId: 'ann', talkMs: 56_000 },
  ]
  await server.admin('POST', '/api/v1/sites/acme/events', [...call(1, 'support'), ...call(2, 'support'), ...call(3, '=HYPERLINK("x")'), { id: 's', type: 'agent.state', occurredAt: iso(70_000), agentId: 'ann', agentName: 'Ann Lee', state: 'available', queues: ['support'] }])
  for (const title of ['=cmd|calc', 'a "quoted", title\nof two lines']) await server.admin('POST', '/api/v1/sites/acme/incidents', { type: 'incident', title, nature: '@SUM(A1)', channel: 'voice', location: 'Leeds', service: 'Voice', reporter: 'Jo', callerId: '+44 7700 900123', callerSafe: true, category: 'technology', impact: 2, urgency: 2 })
  for (const role of ['display', 'supervisor', 'stakeholder', 'source', 'duty-manager']) keys[role] = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role })).body.token
})
afterAll(() => server.close())

const rowsOf = (text: string) => parse(text, { columns: true, comment: '#', comment_no_infix: true }) as Record<string, string>[]

describe('an export', () => {
  it('of intervals has the rows of the screen and what each column means', async () => {
    const screen = (await server.admin('GET', `/api/v1/sites/acme/intervals?${range}&step=1h`)).body.rows
    const file = await server.admin('GET', `/api/v1/sites/acme/export/intervals.json?${range}&step=1h`)
    expect(screen.length).toBeGreaterThan(0)
    expect(file.body.rows.map((row: object) => row)).toEqual(screen)
    expect([...file.body.columns].sort()).toEqual(Object.keys(screen[0]).sort())
    expect(Object.keys(file.body.definitions)).toEqual(file.body.columns)
    expect(file.body.definitions.serviceLevel).toEqual(definitions['serviceLevel'])

    const csv = await server.admin('GET', `/api/v1/sites/acme/export/intervals.csv?${range}&step=1h`)
    expect([csv.headers.get('content-type'), csv.headers.get('content-disposition')]).toEqual(['text/csv; charset=utf-8', 'attachment; filename="acme-intervals.csv"'])
    expect(rowsOf(csv.text).map(({ offered, from, serviceLevel }) => [offered, from, serviceLevel])).toEqual(screen.map(({ offered, from, serviceLevel }: Record<string, unknown>) => [String(offered), from, serviceLevel === null ? '' : String(serviceLevel)]))
    expect(csv.text).toContain(`# abandonRate: ${definitions['abandonRate']?.text}; ratio; outcome basis,`)
    expect((await server.admin('GET', `/api/v1/sites/acme/export/intervals.csv?${range}&definitions=false&bom=true`)).text).not.toContain('#')
    // Records are whole for a reader that knows no comments too.
    expect(() => parse(csv.text)).not.toThrow()
  })

  it('holds no formula, whatever a queue or an incident is called (B57)', async () => {
    const contacts = await server.admin('GET', `/api/v1/sites/acme/export/contacts.csv?${range}`)
    expect(rowsOf(contacts.text).map(({ queue }) => queue)).toEqual(['support', 'support', `'=HYPERLINK("x")`])
    const incidents = rowsOf((await server.admin('GET', '/api/v1/sites/acme/export/incidents.csv')).text)
    expect(incidents.map(({ title, nature, callerId }) => [title, nature, callerId])).toEqual([
      ['a "quoted", title\nof two lines', "'@SUM(A1)", '•••123'],
      ["'=cmd|calc", "'@SUM(A1)", '•••123'],
    ])
    const sheet = unzipped(Buffer.from(await (await fetch(`${server.url}/api/v1/sites/acme/export/incidents.xlsx`, { headers: { authorization: `Bearer ${keys['supervisor']}` } })).arrayBuffer()))
    const xml = [...sheet].filter(([name]) => name.endsWith('.xml')).map(([, text]) => text).join('')
    expect([/<f>|<f /.test(xml), xml.includes('&apos;=cmd|calc') || xml.includes("'=cmd|calc"), xml.includes('Definitions'), xml.includes('900123')]).toEqual([false, true, true, false])
  })

  it('of the audit chain tells who did what, link by link', async () => {
    const { rows } = (await server.ask('GET', '/api/v1/sites/acme/export/audit.json', { token: keys['duty-manager'] ?? '' })).body
    expect(rows.map(({ seq, type, actorName }: Record<string, unknown>) => [seq, type, actorName])).toEqual(expect.arrayContaining([[1, 'opened', 'Administrator']]))
    expect(rows.every(({ link }: { link: string }) => /^[0-9a-f]{40}$/.test(link))).toBe(true)
  })

  it.each([
    ['display', 'intervals', 403],
    ['display', 'contacts', 403],
    ['display', 'incidents', 403],
    ['supervisor', 'contacts', 200],
    ['supervisor', 'audit', 403],
    ['duty-manager', 'audit', 200],
    ['stakeholder', 'intervals', 403],
    ['source', 'intervals', 403],
  ])('for the role %s of %s is %d', async (role, kind, status) => {
    const query = kind === 'intervals' || kind === 'contacts' ? `?${range}` : ''
    expect((await server.ask('GET', `/api/v1/sites/acme/export/${kind}.csv${query}`, { token: keys[role] ?? '' })).status).toBe(status)
  })

  it('of incidents has the clocks of audiences and of the law', async () => {
    await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
    await server.admin('PUT', '/api/v1/sites/north/settings', { people: { eve: { name: 'Eve' } }, stakeholders: { executives: { people: ['eve'] } } })
    await server.admin('POST', '/api/v1/sites/north/incidents', { type: 'incident', title: 'Records in the wrong post', nature: 'Letters of one customer went to another', channel: 'voice', location: 'Leeds', service: 'Post', reporter: 'Jo', callerId: 'withheld', callerSafe: true, category: 'data-protection', impact: 1, urgency: 1 })
    const [row] = rowsOf((await server.admin('GET', '/api/v1/sites/north/export/incidents.csv')).text)
    expect([row?.['audienceClocks'], row?.['regulatoryClocks']]).toEqual([expect.stringMatching(/^executives running 20.*Z$/), expect.stringMatching(/^\S.* running 20.*Z$/)])
  })

  it('of a kind or format that does not exist is 404, of a bad range 422', async () => {
    const statuses = await Promise.all(['intervals.pdf', 'nothing.csv', 'intervals.csv?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'intervals.csv'].map(async (path) => (await server.admin('GET', `/api/v1/sites/acme/export/${path}${path === 'intervals.pdf' ? `?${range}` : ''}`)).status))
    expect(statuses).toEqual([404, 404, 422, 400])
  })
})
