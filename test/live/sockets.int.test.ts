import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { connect as connectTcp } from 'node:net'
import type { Socket } from 'socket.io-client'
import { handReplica, queueFigures, type HandReplica } from '../support/hand-replica.ts'
import { closing, credentialOf, nextFrame, openLiveServer, opening, socketTo, watchOn, type LiveServer, type SocketOptions } from '../support/live-server.ts'

/** Waits are for conditions; this bounds them on a busy machine. */
jest.setTimeout(30_000)

let server: LiveServer
let replica: HandReplica
const open: Socket[] = []

const socket = (options?: SocketOptions): Socket => {
  const made = socketTo(server.url, options)
  open.push(made)
  return made
}
const connected = async (token = 'staff'): Promise<Socket> => {
  const made = socket({ token })
  expect(await opening(made)).toBe('connected')
  return made
}
const change = (waiting: number): void => {
  replica.queues.set('support', queueFigures('support', waiting))
  replica.entry({ queues: ['support'] })
}

beforeAll(async () => {
  replica = handReplica('north')
  replica.queues.set('support', queueFigures('support'))
  server = await openLiveServer(new Map([['north', replica], ['south', handReplica('south')]]))
})
afterEach(() => {
  for (const made of open.splice(0)) made.disconnect()
})
afterAll(() => server.close())

describe('the origin of a connection (B40, M12)', () => {
  it.each([
    ['its own address', () => server.url, true],
    ['localhost of the same port', () => `http://localhost:${server.port}`, true],
    ['PUBLIC_URL', () => 'https://floor.example.org', true],
    ['"null"', () => 'null', false],
    ['a foreign page', () => 'https://evil.example', false],
    ['a look-alike', () => 'https://floor.example.org.evil.tld', false],
    ['a look-alike of the own address', () => `http://127.0.0.1.evil.tld:${server.port}`, false],
    ['another port', () => `http://127.0.0.1:${server.port + 1}`, false],
    ['https instead of http', () => `https://127.0.0.1:${server.port}`, false],
    ['http instead of https', () => 'http://floor.example.org', false],
  ])('%s', async (_name, origin, welcome) => {
    const result = await opening(socket({ token: 'staff', headers: { origin: origin() } }))
    expect(result === 'connected').toBe(welcome)
  })

  it('may be missing with a token, but not with a cookie alone', async () => {
    expect(await opening(socket({ token: 'staff' }))).toBe('connected')
    expect(await opening(socket({ headers: { cookie: 'session=staff' } }))).toBe('unauthorized')
    expect(await opening(socket({ headers: { cookie: 'session=staff', origin: server.url } }))).toBe('connected')
  })

  it('is refused together with a foreign Host', async () => {
    expect(await opening(socket({ token: 'staff', headers: { host: 'evil.example' } }))).not.toBe('connected')
  })
})

describe('signing in on the socket', () => {
  it('refuses no token, a wrong one, one that is no text, and one in the query (B41)', async () => {
    expect(await opening(socket())).toBe('unauthorized')
    expect(await opening(socket({ token: 'nobody', headers: { cookie: 'session=staff', origin: server.url } }))).toBe('unauthorized')
    const odd = socketTo(`${server.url}?token=staff`, { headers: { origin: server.url } })
    open.push(odd)
    expect(await opening(odd)).toBe('unauthorized')
  })

  it('speaks websocket only: long polling and old or missing protocol versions are refused and the process lives (B42, B43)', async () => {
    for (const query of ['EIO=4&transport=polling', 'EIO=3&transport=polling', 'transport=websocket', 'EIO=3&transport=websocket', 'EIO=4&transport=websocket&sid=__proto__', 'EIO=4&transport=webtransport']) {
      expect((await fetch(`${server.url}/socket.io/?${query}`)).status).toBe(400)
      const answered = await new Promise<string>((resolve) => {
        const raw = connectTcp(server.port, '127.0.0.1', () => raw.write(`GET /socket.io/?${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`))
        raw.once('data', (data) => (resolve(data.toString().split('\r\n', 1)[0] ?? ''), raw.destroy()))
        raw.once('close', () => resolve('closed'))
        raw.once('error', () => resolve('closed'))
      })
      expect(answered).not.toContain('101')
    }
    expect(await opening(socket({ token: 'staff' }))).toBe('connected')
  })

  it('an opened socket hears signed-out and closes when its credential is revoked', async () => {
    server.credentials.set('leaver', credentialOf('supervisor', { id: 'key-leaver' }))
    const leaver = await connected('leaver')
    const stays = await connected()
    await watchOn(leaver, 'north', 'floor')
    const told = new Promise((resolve) => leaver.once('signed-out', resolve))
    const closed = closing(leaver)
    server.credentials.delete('leaver')
    server.revoke(({ id }) => id === 'key-leaver', 'signed out elsewhere')
    expect(await told).toEqual({ reason: 'signed out elsewhere' })
    expect(await closed).toBe('io server disconnect')
    expect(stays.connected).toBe(true)
    expect(await opening(socket({ token: 'leaver' }))).toBe('unauthorized')
  })

  it('within 5 s ends a hundred streaming sockets of one person and no other (G12, S4)', async () => {
    server.credentials.set('crowd', credentialOf('supervisor', { id: 'key-crowd' }))
    const crowd = await Promise.all(Array.from({ length: 100 }, () => connected('crowd')))
    await Promise.all(crowd.map((one) => watchOn(one, 'north', 'floor')))
    const keeps = await connected()
    await watchOn(keeps, 'north', 'floor')
    const streaming = setInterval(() => change(Math.floor(Math.random() * 1_000)), 5)
    const revokedAt = performance.now()
    let lastByteAt = revokedAt
    for (const one of crowd) one.on('changes', () => (lastByteAt = performance.now()))
    server.revoke(({ id }) => id === 'key-crowd', 'disabled')
    await Promise.all(crowd.map((one) => (one.disconnected ? null : closing(one))))
    const more = await nextFrame(keeps)
    clearInterval(streaming)
    expect(more.site).toBe('north')
    expect(lastByteAt - revokedAt).toBeLessThan(5_000)
  })
})

describe('what a socket may ask for', () => {
  it('answers sites out of reach in the words of sites that do not exist (S36)', async () => {
    const limited = await connected('north-only')
    const [foreign, missing] = [await watchOn(limited, 'south', 'floor'), await watchOn(limited, 'nowhere', 'floor')]
    expect(foreign).toMatchObject({ ok: false, refusal: { code: 'not_found', detail: 'site "south" does not exist' } })
    expect(missing).toMatchObject({ ok: false, refusal: { code: 'not_found', detail: 'site "nowhere" does not exist' } })
  })

  it.each([
    ['display', 'agents', 'forbidden'],
    ['display', 'incidents', 'forbidden'],
    ['display', 'inbox', 'forbidden'],
    ['source', 'floor', 'forbidden'],
    ['source', 'wall:main', 'forbidden'],
    ['staff', '*', 'not_found'],
    ['staff', 'room:abc', 'not_found'],
    ['staff', 'constructor', 'not_found'],
    ['staff', 'incident:INC-2026-000999', 'not_found'],
  ])('%s asking for %s gets %s (B49)', async (token, view, code) => {
    expect(await watchOn(await connected(token), 'north', view)).toMatchObject({ ok: false, refusal: { code } })
  })

  it('refuses the fifty-first view (B49)', async () => {
    const greedy = await connected()
    const answers = []
    for (let i = 0; i < 51; i += 1) answers.push(await watchOn(greedy, 'north', `wall:w${i}`))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(50)
    expect(answers.at(-1)).toMatchObject({ ok: false, refusal: { code: 'too_many_views' } })
  })

  it.each([
    ['nothing', []],
    ['null', [null]],
    ['a text', ['floor']],
    ['a number as site', [{ site: 7, view: 'floor' }]],
    ['an array as view', [{ site: 'north', view: ['floor'] }]],
    ['an unknown field', [{ site: 'north', view: 'floor', admin: true }]],
    ['__proto__', [JSON.parse('{"site":"north","view":"floor","__proto__":{"ok":1}}')]],
    ['a hundred arguments', Array.from({ length: 100 }, (_, i) => i)],
    ['a since that is an object', [{ site: 'north', view: 'floor', since: { $gt: '' } }]],
  ])('refuses a watch with %s and lives on (B48)', async (_name, args) => {
    const odd = await connected()
    expect(await odd.timeout(2_000).emitWithAck('watch', ...args)).toMatchObject({ ok: false, refusal: { code: 'message_invalid' } })
    expect(await watchOn(odd, 'north', 'floor')).toHaveProperty('ok', true)
  })

  it('does not mind a missing acknowledgement, nor one that is no function (B47)', async () => {
    const odd = await connected()
    odd.emit('watch', { site: 'north', view: 'floor' })
    odd.emit('watch', { site: 'north', view: 'floor' }, 'not a function')
    odd.emit('at', { site: 'north', revision: 'x' })
    expect(await watchOn(odd, 'north', 'floor')).toHaveProperty('ok', true)
  })

  it.each(['abc', '0-0', '1e30', 'e9.1-0', `e1f1.${10n ** 15n}-0`, 'x'.repeat(200)])('gives a snapshot for the resume offset %s (B50)', async (since) => {
    expect(await watchOn(await connected(), 'north', 'floor', since)).toHaveProperty('snapshot.queues')
  })

  it('counts events it does not know and closes at the tenth (B46)', async () => {
    const odd = await connected()
    const closed = closing(odd)
    for (let i = 0; i < 9; i += 1) odd.emit(`unknown-${i}`, {})
    expect(await watchOn(odd, 'north', 'floor')).toHaveProperty('ok', true)
    odd.emit('hasOwnProperty')
    expect(await closed).toBe('io server disconnect')
  })

  it('survives an event named "error" (B46)', async () => {
    const odd = await connected()
    odd.emit('error', new Error('mine'))
    expect(await watchOn(odd, 'north', 'floor')).toHaveProperty('ok', true)
  })

  it('closes a socket that says a thousand things in a second (B51)', async () => {
    const loud = await connected()
    const closed = closing(loud)
    for (let i = 0; i < 1_000; i += 1) loud.emit(i % 2 === 0 ? 'watch' : 'unwatch', { site: 'north', view: 'floor' }, () => undefined)
    expect(await closed).toMatch(/disconnect|close/)
  })

  it('closes on a message over 16 kB (B45)', async () => {
    const big = await connected()
    const closed = closing(big)
    big.emit('at', { site: 'north', revision: 'x'.repeat(20_000) })
    expect(await closed).toMatch(/close|error|disconnect/)
  })

  it('tells the time with each report', async () => {
    const before = Date.now()
    const { now } = await (await connected()).timeout(2_000).emitWithAck('at', { site: 'north', revision: 'e1f1.1-0' })
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before - 1)
  })

  it('tells settings changes of the sites that are watched', async () => {
    const one = await connected()
    await watchOn(one, 'north', 'floor')
    const told = new Promise((resolve) => one.once('settings-changed', resolve))
    replica.entry({ settings: true })
    expect(await told).toEqual({ site: 'north' })
  })
})

it('streams the same frames over the wire as the rooms made them', async () => {
  const [a, b] = [await connected(), await connected()]
  const answers = [await watchOn(a, 'north', 'floor'), await watchOn(b, 'north', 'floor')]
  const frames = [nextFrame(a), nextFrame(b)]
  change(777)
  const [ofA, ofB] = await Promise.all(frames)
  expect(ofA).toEqual(ofB)
  expect(ofA?.views[0]).toMatchObject({ view: 'floor', from: answers[0]?.ok && answers[0].revision, put: { queues: [{ queue: 'support', waiting: 777 }], totals: [{ queue: '*', waiting: 777 }] } })
})
