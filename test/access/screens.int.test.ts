import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { io } from 'socket.io-client'
import { floorwatchCommand } from '../support/floorwatch-command.ts'
import { report } from '../support/incident-house.ts'
import { runServer, type Answer, type RunningServer } from '../support/running-server.ts'

const DAY = 24 * 3_600_000
let server: RunningServer
let skew = 0

beforeAll(async () => {
  server = await runServer({ now: () => Date.now() + skew })
  for (const site of ['north', 'south']) await server.admin('PUT', `/api/v1/sites/${site}`, { name: site, timeZone: 'UTC' })
  await server.admin('POST', '/api/v1/sites/north/incidents', report)
})
afterAll(() => server.close())

const cookieIn = ({ headers }: Answer): string => headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '').find((line) => line.includes('floorwatch-screen=')) ?? ''
const begin = async () => (await server.ask('POST', '/api/v1/screens/pairings')).body as { readonly code: string; readonly device: string }
const collect = (device: string) => server.ask('POST', '/api/v1/screens/pairings/token', { body: { device } })
const paired = async (): Promise<{ readonly id: string; readonly cookie: string }> => {
  const { code, device } = await begin()
  const { id } = (await server.admin('POST', '/api/v1/screens', { code, site: 'north', board: 'room', name: 'East wall' })).body
  return { id, cookie: cookieIn(await collect(device)) }
}
const ask = (cookie: string, path: string) => server.ask('GET', `/api/v1${path}`, { headers: { cookie } })
const socket = async (cookie: string, view: string) => {
  const client = io(server.url, { transports: ['websocket'], extraHeaders: { cookie, origin: server.url }, reconnection: false, forceNew: true })
  const ended = new Promise<string>((resolve) => client.on('signed-out', ({ reason }: { reason: string }) => resolve(reason)))
  const reloaded = new Promise<void>((resolve) => client.on('reload', () => resolve()))
  const answer: { readonly ok: boolean } = await client.timeout(5_000).emitWithAck('watch', { site: 'north', view })
  return { answer, ended, reloaded, close: () => client.disconnect() }
}

describe('pairing a wall', () => {
  it('a code of eight letters becomes a wall of one board when an administrator names it, once', async () => {
    const { code, device } = await begin()
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect((await collect(device)).status).toBe(202)
    const supervisor = (await server.admin('POST', '/api/v1/keys', { site: 'north', role: 'supervisor' })).body.token
    expect((await server.ask('POST', '/api/v1/screens', { token: supervisor, body: { code, site: 'north' } })).status).toBe(403)
    const floorwatch = floorwatchCommand({ PATH: process.env.PATH ?? '', PORT: new URL(server.url).port, DATA_DIR: server.config.dataDir, DEMO: 'off' })
    const { code: exit, out } = await floorwatch('wall', 'pair', code.toLowerCase(), '--site', 'north', '--layout', 'room', '--name', 'East wall')
    expect([exit, out]).toEqual([0, expect.stringMatching(/^East wall is a wall of north now \([0-9a-f]{18}\)\.\n$/)])
    expect((await server.admin('POST', '/api/v1/screens', { code, site: 'north' })).body.code).toBe('code_unknown')
    const got = await collect(device)
    expect([got.status, got.body]).toEqual([201, { state: 'paired', screen: { name: 'East wall', site: 'north', board: 'room' } }])
    expect(got.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Strict/)
    expect((await collect(device)).status).toBe(410)
    expect((await ask(cookieIn(got), '/session')).body).toMatchObject({ kind: 'screen', role: 'display', person: null, board: 'room', sites: [{ id: 'north' }] })
  })

  it('nobody else’s code, and none that is ten minutes old, is known', async () => {
    expect((await server.admin('POST', '/api/v1/screens', { code: 'BBBB-BBBB', site: 'north' })).body.code).toBe('code_unknown')
    expect((await collect('A'.repeat(43))).status).toBe(410)
  })
})

describe('a paired wall', () => {
  it('reads its board and nothing else, and nothing of a person', async () => {
    const { cookie } = await paired()
    const seen = await ask(cookie, '/sites/north/views/wall%3Aroom')
    expect([seen.status, seen.body.snapshot.incidents.length]).toEqual([200, 1])
    for (const personal of [report.callerId, report.reporter, report.nature, report.location]) expect(seen.text).not.toContain(personal)
    for (const { method, path } of server.routes) {
      const asked = path.replace(':site', 'north').replace('/views/:view', '/views/wall%3Anear').replaceAll(/:[A-Za-z]+/g, 'x')
      if (['/session', '/sites', '/screens/pairings', '/screens/pairings/token'].includes(asked)) continue
      expect([method, path, (await server.ask(method.toUpperCase(), `/api/v1${asked}`, { headers: { cookie, origin: server.url } })).status]).toEqual([method, path, 403])
    }
    const [board, floor, agents] = await Promise.all(['wall:room', 'floor', 'agents'].map((view) => socket(cookie, view)))
    expect([board?.answer.ok, floor?.answer.ok, agents?.answer.ok]).toEqual([true, false, false])
    for (const open of [board, floor, agents]) open?.close()
  })

  it('is renamed and given another board from afar, and called to load itself anew; one that is over is not', async () => {
    const { id, cookie } = await paired()
    const open = await socket(cookie, 'wall:room')
    const change = (body: object) => server.admin('PUT', `/api/v1/screens/${id}`, body)
    expect((await change({ name: 'West wall' })).body).toMatchObject({ name: 'West wall', board: 'room' })
    expect((await change({ board: 'hall' })).body).toMatchObject({ name: 'West wall', board: 'hall' })
    await open.reloaded
    expect((await ask(cookie, '/session')).body).toMatchObject({ board: 'hall' })
    const again = await socket(cookie, 'wall:hall')
    expect((await server.admin('POST', `/api/v1/screens/${id}/reload`)).status).toBe(204)
    await again.reloaded
    expect((await change({ board: 'ceiling' })).status).toBe(422)
    expect((await server.ask('POST', `/api/v1/screens/${id}/reload`, { headers: { cookie, origin: server.url } })).status).toBe(403)
    await server.admin('DELETE', `/api/v1/screens/${id}`)
    expect([(await change({ name: 'x' })).body.code, (await server.admin('POST', `/api/v1/screens/${id}/reload`)).body.code]).toEqual(['screen_ended', 'screen_ended'])
  })

  it('gets a new token every day; the old one, used after it, ends the screen', async () => {
    const { id, cookie } = await paired()
    expect(cookieIn(await ask(cookie, '/session'))).toBe('')
    skew += DAY
    const lost = cookieIn(await ask(cookie, '/session'))
    expect(lost).not.toBe('')
    // The answer was lost on its way: the token before is still good, and gets another.
    const next = cookieIn(await ask(cookie, '/session'))
    expect([next === '', next === lost]).toEqual([false, false])
    const open = await socket(next, 'wall:room')
    // Two requests of one page load may overlap.
    expect((await ask(cookie, '/session')).status).toBe(200)
    skew += 120_000
    expect((await ask(next, '/session')).status).toBe(200)
    expect((await ask(cookie, '/session')).status).toBe(401)
    expect(await open.ended).toBe('screen-revoked')
    expect((await ask(next, '/session')).status).toBe(401)
    expect((await server.admin('GET', '/api/v1/screens')).body.items.find((screen: { id: string }) => screen.id === id)).toMatchObject({ name: 'East wall', board: 'room', ended: 'stolen', lastSeenAt: expect.any(String) })
    open.close()
  })

  it('is revoked at once, its socket too', async () => {
    const { id, cookie } = await paired()
    const open = await socket(cookie, 'wall:room')
    const southern = (await server.admin('POST', '/api/v1/keys', { site: 'south', role: 'admin' })).body.token
    expect((await server.ask('DELETE', `/api/v1/screens/${id}`, { token: southern })).status).toBe(404)
    expect((await server.admin('DELETE', `/api/v1/screens/${id}`)).status).toBe(204)
    expect(await open.ended).toBe('screen-revoked')
    expect((await ask(cookie, '/session')).status).toBe(401)
    open.close()
  })
})
