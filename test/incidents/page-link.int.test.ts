import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { instantOf } from '../../server/domain/time.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openPageLinks, PAGE_LINK_MS } from '../../server/redis/page-links.ts'
import { report } from '../support/incident-house.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let redis: Redis
let skew = 0
const now = () => Date.now() + skew

beforeAll(async () => {
  server = await runServer({ now })
  redis = await connect({ url: process.env.TEST_REDIS_URL ?? '', name: 'links', log: server.log })
  await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
  await server.admin('PUT', '/api/v1/sites/north/settings', { people: { ada: { name: 'Ada Lindqvist', role: 'duty-manager' }, sam: { name: 'Sam Okafor', role: 'supervisor' } } })
})
afterAll(async () => {
  redis.destroy()
  await server.close()
})

const logged = async (): Promise<string> => (await server.admin('POST', '/api/v1/sites/north/incidents', report)).body.ref
const links = () => openPageLinks({ redis, keys: keysUnder(server.prefix), sessionSecret: server.config.sessionSecret })
const linkFor = (ref: string, { person = 'ada', life = 0, site = 'north' } = {}) => `/n/${links().tokenOf({ site, ref, person, life }, instantOf(now()))}`
const open = (path: string) => server.ask('GET', path)
const press = (path: string, action: string) => server.ask('POST', path, { body: `action=${action}`, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url } })
const state = async (ref: string) => (await server.admin('GET', `/api/v1/sites/north/incidents/${ref}`)).body
const command = (ref: string, body: object) => server.admin('POST', `/api/v1/sites/north/incidents/${ref}/commands`, body)

describe('the link in a page', () => {
  it('opened a hundred times by scanners and previews takes nothing', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    for (let times = 0; times < 100; times += 1) expect((await server.ask(times % 2 === 0 ? 'GET' : 'HEAD', path)).status).toBe(200)
    expect(await state(ref)).toMatchObject({ state: 'open', owner: null })
  })

  it('shows the incident without scripts, without personal fields, and never to a cache', async () => {
    const ref = await logged()
    const page = await open(linkFor(ref))
    expect(page.text).toContain('Being told now: the supervisor.')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).toContain(ref)
    expect(page.text).toContain(report.title)
    expect(page.text).toContain('Acknowledge</button>')
    expect(page.text).toMatch(/A response is due by \d\d:\d\d, in \d min/)
    for (const personal of [report.callerId, report.reporter, report.nature, report.location, '<script']) expect(page.text).not.toContain(personal)
  })

  it('acknowledges with one press, in the name of whoever it was sent to', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    const pressed = await press(path, 'acknowledge')
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, path])
    expect(await state(ref)).toMatchObject({ state: 'acknowledged', owner: { id: 'ada', name: 'Ada Lindqvist' }, next: null })
    expect((await open(path)).text).toContain('You have it')
  })

  it('pressed several times at once shows the acknowledged incident to each of them', async () => {
    const [ref, second] = [await logged(), await logged()]
    const pressed = await Promise.all([linkFor(ref), linkFor(ref)].flatMap((path) => [path, path, path]).map((path) => press(path, 'acknowledge')))
    expect(pressed.map(({ status }) => status)).toEqual(pressed.map(() => 303))
    const { items } = (await server.admin('GET', `/api/v1/sites/north/incidents/${ref}/timeline`)).body
    expect(items.filter(({ type }: { type: string }) => type === 'acknowledged')).toHaveLength(1)
    // Whoever joins is shown it as well.
    await press(linkFor(second, { person: 'sam' }), 'acknowledge')
    const joining = linkFor(second)
    expect((await Promise.all([press(joining, 'acknowledge'), press(joining, 'acknowledge')])).map(({ status }) => status)).toEqual([303, 303])
  })

  it('takes it back within ten seconds, and then acknowledges no more', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    await press(path, 'acknowledge')
    expect((await open(path)).text).toContain('Take it back')
    expect((await press(path, 'unacknowledge')).status).toBe(303)
    expect(await state(ref)).toMatchObject({ state: 'open', owner: null })
    expect((await press(path, 'acknowledge')).status).toBe(409)
    expect((await open(path)).text).toContain('This link has been used')
    expect(await state(ref)).toMatchObject({ state: 'open', owner: null })
  })

  it('is the same link however the spare bits of its signature are spelled', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    await press(path, 'acknowledge')
    await press(path, 'unacknowledge')
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = letters.indexOf(path.at(-1) ?? '')
    for (let bits = 1; bits < 16; bits += 1) expect((await press(`${path.slice(0, -1)}${letters[(last & 48) | ((last + bits) & 15)]}`, 'acknowledge')).status).toBe(409)
    expect(await state(ref)).toMatchObject({ state: 'open', owner: null })
  })

  it('of a second person says who was first, and lets them join', async () => {
    const ref = await logged()
    await press(linkFor(ref, { person: 'sam' }), 'acknowledge')
    const late = linkFor(ref)
    expect((await open(late)).text).toContain('Sam Okafor has it.')
    expect((await press(late, 'acknowledge')).status).toBe(303)
    expect(await state(ref)).toMatchObject({ owner: { id: 'sam' } })
  })

  it('from before a reopening takes nothing', async () => {
    const ref = await logged()
    const old = linkFor(ref)
    await command(ref, { type: 'resolve', code: 'fixed', text: 'Restarted', serviceRestored: true })
    expect((await command(ref, { type: 'reopen', reason: 'again', take: false })).status).toBe(200)
    expect((await press(old, 'acknowledge')).status).toBe(409)
    expect(await state(ref)).toMatchObject({ state: 'open', owner: null })
    expect((await press(linkFor(ref, { life: 1 }), 'acknowledge')).status).toBe(303)
  })

  it('lets whoever is sent for come by a time, arrive and leave, with a press each', async () => {
    const ref = await logged()
    expect((await command(ref, { type: 'deploy', person: 'sam', text: 'Restart the gateway', reason: 'in the room' })).status).toBe(200)
    const path = linkFor(ref, { person: 'sam' })
    const page = (await open(path)).text
    for (const words of ['You are asked to come.', 'Restart the gateway', 'I come: there in 10 min', 'I cannot come']) expect(page).toContain(words)
    expect((await press(path, 'leave')).status).toBe(303)
    expect((await state(ref)).deployments).toMatchObject([{ state: 'stood-down' }])
    expect((await press(path, 'come-10')).status).toBe(409)
    await command(ref, { type: 'deploy', person: 'sam', reason: 'in the room' })
    for (const action of ['come-10', 'on-the-way', 'there', 'leave']) expect([action, (await press(path, action)).status]).toEqual([action, 303])
    const [, row] = (await state(ref)).deployments
    expect(row).toMatchObject({ state: 'released', person: { id: 'sam', name: 'Sam Okafor' } })
    expect([row.acceptedAt, row.enRouteAt, row.onTaskAt, row.endedAt]).not.toContain(null)
    expect((await open(path)).text).toContain('You are released: thank you.')
    expect((await press(linkFor(ref), 'there')).status).toBe(409)
  })

  it('that somebody changed or made up opens nothing', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    const [, , token = ''] = path.split('/')
    const [text = '', mac = ''] = token.split('.')
    const forged = Buffer.from(Buffer.from(text, 'base64url').toString().replace('ada', 'sam')).toString('base64url')
    for (const made of [`${forged}.${mac}`, `${text}.${'A'.repeat(22)}`, text, 'x', `${text}.${mac}x`]) {
      expect((await open(`/n/${made}`)).status).toBe(404)
      expect((await press(`/n/${made}`, 'acknowledge')).status).toBe(404)
    }
    expect((await open(linkFor(ref, { person: 'nobody' }))).status).toBe(404)
    expect((await open(linkFor(ref, { site: 'south' }))).status).toBe(404)
    expect(await state(ref)).toMatchObject({ state: 'open' })
  })

  it('is not pressed by another page, nor asked for anything else', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    const foreign = await server.ask('POST', path, { body: 'action=acknowledge', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
    expect((await press(path, 'resolve')).status).toBe(409)
    expect((await server.ask('POST', path, { body: '{"action":"acknowledge"}', headers: { 'content-type': 'application/json', origin: server.url } })).status).toBe(415)
    expect(await state(ref)).toMatchObject({ state: 'open' })
  })

  // The clock does not go back: this one is the last.
  it('is good for thirty minutes', async () => {
    const ref = await logged()
    const path = linkFor(ref)
    skew += PAGE_LINK_MS - 5_000
    expect((await open(path)).status).toBe(200)
    skew += 10_000
    expect([(await open(path)).status, (await press(path, 'acknowledge')).status]).toEqual([410, 410])
    expect(await state(ref)).toMatchObject({ state: 'open' })
  })
})
