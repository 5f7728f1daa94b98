import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { connect } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
const path = '/api/v1/sites/acme/settings'
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLgSw'
const webhooks = (noc: object) => ({ channels: { webhooks: { noc: { url: 'https://203.0.113.7/hook', ...noc } } } })

beforeAll(async () => {
  server = await runServer({ env: { OUTBOUND_ALLOW: '203.0.113.0/24', SOURCE_DIRS: '/var/log/asterisk' } })
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
})
afterAll(() => server.close())

describe('the settings of a site', () => {
  it('begin with the defaults, and change whole', async () => {
    const before = await server.admin('GET', path)
    expect([before.status, before.headers.get('etag'), before.body.routes]).toEqual([200, '"v0"', [{ when: {}, policy: 'default' }]])
    const put = await server.admin('PUT', path, { queues: { support: { target: { withinMs: 30_000 } } } })
    expect([put.status, put.body.version, put.headers.get('etag')]).toEqual([200, 1, '"v1"'])
    expect((await server.admin('GET', path)).body.queues).toEqual({ support: { target: { withinMs: 30_000 } } })
    await server.admin('PUT', path, {})
    expect((await server.admin('GET', path)).body).toEqual(before.body)
  })

  it('are read and written as YAML too', async () => {
    const yaml = await server.admin('GET', path, undefined, { accept: 'application/yaml' })
    expect(yaml.headers.get('content-type')).toMatch('application/yaml')
    expect(parse(yaml.text)).toEqual((await server.admin('GET', path)).body)
    expect((await server.admin('PUT', path, 'sla: { P1: { responseMs: 60000 } }', { 'content-type': 'application/yaml' })).status).toBe(200)
    expect((await server.admin('GET', path)).body.sla.P1.responseMs).toBe(60_000)
  })

  it('warn of a file that no folder of SOURCE_DIRS holds, and name the place and the folders', async () => {
    const follow = (file: string) => server.admin('PUT', path + '?dryRun=true', { sources: { log: { platform: 'asterisk-queue-log', file } } })
    expect((await follow('/var/log/asterisk/queue_log')).body.warnings).toEqual([{ path: 'policies.default.ownership', code: 'no_human', detail: expect.anything() }])
    const { status, body } = await follow('/srv/pbx/queue_log')
    expect([status, body.warnings.at(-1)]).toEqual([200, { path: 'sources.log.file', code: 'outside_source_dirs', detail: expect.stringMatching(/^\/srv\/pbx\/queue_log .*\/var\/log\/asterisk.*SOURCE_DIRS=\/srv\/pbx$/) }])
  })

  it('grafana/oncall#2568: levels that many reorder at once stay a gapless order, each edit made on the one before it', async () => {
    const levels = [1, 2, 3, 4, 5].map((minute) => ({ targets: [{ role: 'supervisor' }], waitMs: minute * 60_000 }))
    await server.admin('PUT', path, { policies: { default: { ownership: { levels } } } })
    /** Moves one level, again and again until nobody was quicker. */
    const move = async (from: number, to: number): Promise<void> => {
      for (;;) {
        const { body, headers } = await server.admin('GET', path)
        const order = [...body.policies.default.ownership.levels]
        order.splice(to, 0, ...order.splice(from, 1))
        const { status } = await server.admin('PUT', path, { ...body, policies: { default: { ownership: { levels: order } } } }, { 'if-match': headers.get('etag') ?? '' })
        if (status === 200) return
        expect(status).toBe(412)
      }
    }
    const before = (await server.admin('PUT', path + '?dryRun=true', {})).body.version
    await Promise.all([move(0, 4), move(3, 1), move(2, 0), move(4, 2), move(1, 3), move(0, 2)])
    const { body, headers } = await server.admin('GET', path)
    const waits = body.policies.default.ownership.levels.map(({ waitMs }: { waitMs: number }) => waitMs / 60_000)
    expect([...waits].sort()).toEqual([1, 2, 3, 4, 5])
    expect(Number(headers.get('etag')?.slice(2, -1)) - before).toBe(6)
    await server.admin('PUT', path, {})
  })

  it('change only from the version that was read, where one is named', async () => {
    const { headers } = await server.admin('GET', path)
    const etag = headers.get('etag') ?? ''
    expect((await server.admin('PUT', path, {}, { 'if-match': etag })).status).toBe(200)
    const late = await server.admin('PUT', path, {}, { 'if-match': etag })
    expect([late.status, late.body.code]).toEqual([412, 'settings_changed'])
    expect((await server.admin('PUT', path, {}, { 'if-match': '"other"' })).status).toBe(412)
    expect((await server.admin('PUT', path, {}, { 'if-match': '*' })).status).toBe(200)
    expect((await server.admin('GET', path, undefined, { 'if-none-match': (await server.admin('GET', path)).headers.get('etag') ?? '' })).status).toBe(304)
  })

  it('stay as they are when checked only, or faulty', async () => {
    const before = await server.admin('GET', path)
    expect((await server.admin('PUT', `${path}?dryRun=true`, { routes: [] })).body).toMatchObject({ dryRun: true })
    const faulty = await server.admin('PUT', path, { routes: [{ when: {}, policy: 'night' }], queues: { a: { target: { percent: 80 } } } })
    expect([faulty.status, faulty.body.faults.length]).toEqual([422, 1])
    const after = await server.admin('GET', path)
    expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')])
    expect((await server.admin('PUT', path, '{"queues":', { 'content-type': 'application/json' })).status).toBe(400)
    expect((await server.admin('PUT', `${path}?dryRun=maybe`, {})).status).toBe(400)
  })

  it('never show a secret again, keep it when asked, and drop it with its owner', async () => {
    expect((await server.admin('PUT', path, webhooks({ secret: { set: true } }))).body.faults).toEqual([{ path: 'channels.webhooks.noc.secret', code: 'secret_missing', detail: 'there is no old value to keep: give the value itself' }])
    expect((await server.admin('PUT', path, { ...webhooks({ secret }), people: { sam: { name: 'Sam', email: 'sam@example.org' } } })).status).toBe(200)
    const shown = await server.admin('GET', path)
    expect([shown.body.channels.webhooks.noc.secret, shown.body.people.sam]).toEqual([{ set: true }, { name: 'Sam', email: { set: true } }])
    expect((await server.admin('PUT', path, shown.body)).status).toBe(200)
    expect((await server.admin('GET', path)).body).toEqual(shown.body)

    const redis = await connect({ url: process.env.TEST_REDIS_URL ?? '', name: 'look', log: server.log })
    const keys = keysUnder(server.prefix).site('acme')
    const stored = JSON.stringify([await redis.hGetAll(keys.settings), await redis.hGetAll(keys.settingsSecrets), await redis.xRange(keys.log, '-', '+')])
    expect(stored).not.toMatch(/whsec_|sam@example/)
    expect(await redis.hKeys(keys.settingsSecrets)).toHaveLength(2)
    await server.admin('PUT', path, {})
    expect(await redis.hKeys(keys.settingsSecrets)).toEqual([])
    redis.destroy()
  })

  it('reach the floor at once', async () => {
    await server.admin('PUT', path, { queues: { support: { name: 'Support', target: { withinMs: 42_000 } } } })
    const key = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'source' })).body.token
    await server.ask('POST', '/api/v1/sites/acme/events', { token: key, body: { id: 'q-1', type: 'contact.queued', occurredAt: new Date().toISOString(), contactId: 'c1', queueId: 'support', channel: 'voice' } })
    const floor = await server.admin('GET', '/api/v1/sites/acme/floor')
    expect(floor.body.queues).toEqual([expect.objectContaining({ queue: 'support', name: 'Support', waiting: 1, target: { percent: 0.8, withinMs: 42_000, variant: 'V3' } })])
  })

  it('warn of a ladder that reaches nobody', async () => {
    const warned = await server.admin('PUT', path, { ...webhooks({ secret }), policies: { default: { ownership: { levels: [{ targets: [{ webhook: 'noc' }], waitMs: 60_000 }] } } } })
    expect(warned.body.warnings).toEqual([{ path: 'policies.default.ownership', code: 'no_human', detail: expect.stringContaining('reaches no human') }])
  })

  it('written by many at once are all whole versions', async () => {
    const versions = await Promise.all(Array.from({ length: 5 }, (_, n) => server.admin('PUT', path, { queues: { [`q${n}`]: {} } })))
    expect(versions.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(new Set(versions.map(({ body }) => body.version)).size).toBe(5)
  })
})

describe('calendars above the sites', () => {
  const above = '/api/v1/organisation/calendars'
  const short = { service: { week: { 'mon-fri': ['10:00-12:00'] } } }
  const openP3 = async () => {
    const { body } = await server.admin('POST', '/api/v1/sites/acme/incidents', { type: 'incident', title: 'Slow', nature: 'Slow', channel: 'voice', location: 'Here', service: 'Web', reporter: 'Jo', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 3, urgency: 3 })
    return String(body.ref)
  }
  const responseOf = async (ref: string) => (await server.admin('GET', `/api/v1/sites/acme/incidents/${ref}`)).body.clocks.find(({ kind }: { readonly kind: string }) => kind === 'response')
  const hoursOfP3 = async () => (await responseOf(await openP3())).hours
  const fromOf = async (name: string) => (await server.admin('GET', '/api/v1/sites/acme/calendars')).body.items.find((row: { readonly name: string }) => row.name === name)

  it('are those of a site that has not its own, with their versions, and it is said whose each is', async () => {
    await server.admin('PUT', path, {})
    expect(await hoursOfP3()).toEqual({ calendar: 'service', from: 'built-in' })
    const before = (await server.admin('GET', path)).headers.get('etag')
    const put = await server.admin('PUT', above, { calendars: { ...short, shop: { week: { sat: ['09:00-17:00'] } } } })
    expect([put.status, put.body.version, put.headers.get('etag')]).toEqual([200, 1, '"v1"'])
    expect((await server.admin('GET', path)).headers.get('etag')).not.toBe(before)
    expect(Object.keys((await server.admin('GET', path)).body.calendars)).toEqual(['always', 'service'])
    expect(await fromOf('service')).toMatchObject({ from: 'organisation', version: 1, calendar: short.service })
    expect(await hoursOfP3()).toEqual({ calendar: 'service', from: 'organisation' })
    expect((await server.admin('PUT', path, { calendars: { service: { week: { 'mon-sun': ['08:00-20:00'] } } }, services: { Web: { calendar: 'shop' } } })).status).toBe(200)
    expect(await fromOf('service')).toMatchObject({ from: 'site', calendar: { week: { 'mon-sun': ['08:00-20:00'] } } })
    expect(await hoursOfP3()).toEqual({ calendar: 'shop', from: 'service' })
  })

  it('are not taken from a site that names them, and keep their earlier versions', async () => {
    const taken = await server.admin('PUT', above, { calendars: short })
    expect([taken.status, taken.body.faults]).toEqual([422, [expect.objectContaining({ path: 'calendars', code: 'unknown_calendar', detail: expect.stringContaining('site "acme" names it at services.Web.calendar') })]])
    await server.admin('PUT', path, {})
    expect((await server.admin('PUT', above, { calendars: short }, { 'if-match': '"v0"' })).status).toBe(412)
    expect((await server.admin('PUT', above, { calendars: short }, { 'if-match': '"v1"' })).body.version).toBe(2)
    expect(Object.keys((await server.admin('GET', `${above}?version=1`)).body.calendars)).toEqual(['service', 'shop'])
    expect((await server.admin('GET', `${above}?version=9`)).status).toBe(404)
    const faulty = await server.admin('PUT', above, { calendars: { always: { alwaysOpen: true }, never: { week: {} } } })
    expect(faulty.body.faults.map(({ path: at, code }: { readonly path: string; readonly code: string }) => `${at} ${code}`)).toEqual(['calendars.never never_open', 'calendars.always built_in'])
    const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'admin', name: 'Acme alone' })).body
    expect([(await server.ask('GET', above, { token })).status, (await server.ask('PUT', above, { token, body: { calendars: {} } })).status]).toEqual([200, 403])
    await server.admin('PUT', above, { calendars: {} })
    expect(await fromOf('service')).toMatchObject({ from: 'built-in', version: null })
  })

  it('go on counting for an incident that was opened by them when no site names them any more', async () => {
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
    const fair = { week: {}, openings: [{ date: day, from: '09:00', to: '21:00' }] }
    expect((await server.admin('PUT', above, { calendars: { fair } })).status).toBe(200)
    expect((await server.admin('PUT', path, { services: { Web: { calendar: 'fair' } } })).status).toBe(200)
    const ref = await openP3()
    const before = await responseOf(ref)
    expect(before).toMatchObject({ hours: { calendar: 'fair' }, dueAt: expect.stringContaining(day) })
    await server.admin('PUT', path, {})
    expect((await server.admin('PUT', above, { calendars: {} })).status).toBe(200)
    expect(await responseOf(ref)).toMatchObject({ targetDueAt: before.targetDueAt, elapsedMs: 0 })
  })
})
