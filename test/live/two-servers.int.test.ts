import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Socket } from 'socket.io-client'
import { randomBytes } from 'node:crypto'
import { get as httpGet } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { tableStateOf } from '../../server/contract/changes.ts'
import type { ChangesFrame, WatchAnswer } from '../../server/contract/messages.ts'
import { opening, socketTo, watchInto, watchOn } from '../support/live-server.ts'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'
import { freshSeed, seeded, type Random } from '../support/seeded.ts'
import { until } from '../support/until.ts'
import { follower, type Follower } from '../support/viewers.ts'

/** Waits are for conditions; this bounds them on a busy machine. */
jest.setTimeout(30_000)

const site = 'north'
let a: RunningServer
let b: RunningServer
const sockets: Socket[] = []
let serial = 0

const prefix = `t-${Math.random().toString(36).slice(2)}`
/** One installation: its servers seal with one key. */
const env = { DATA_KEY: randomBytes(32).toString('base64') }
beforeAll(async () => {
  a = await runServer({ prefix, env })
  b = await runServer({ prefix, env })
  expect((await a.admin('PUT', `/api/v1/sites/${site}`, { name: 'North', timeZone: 'Europe/London' })).status).toBe(201)
  await until('the other server knows the site', async () => (await b.admin('GET', `/api/v1/sites/${site}/floor`)).status === 200)
})
afterAll(async () => {
  for (const socket of sockets) socket.disconnect()
  await a.close()
  await b.close()
})

const post = async (events: readonly object[]): Promise<string> => {
  const answer = await a.admin('POST', `/api/v1/sites/${site}/events`, events)
  expect(answer.body).toMatchObject({ rejected: [] })
  return answer.body.revision
}
const event = (type: string, more: object = {}): object => ({ id: `e${(serial += 1)}`, type, occurredAt: new Date().toISOString(), ...more })
const contact = (contactId: string, queueId = 'support') => ({ contactId, queueId, channel: 'voice' })

const connected = async (server: RunningServer, token = adminToken): Promise<Socket> => {
  const socket = socketTo(server.url, { token })
  sockets.push(socket)
  expect(await opening(socket)).toBe('connected')
  return socket
}

interface Watching {
  readonly socket: Socket
  readonly held: Follower
}
/** Follows views over the wire, watching again when a frame does not fit. */
const following = async (server: RunningServer, views: readonly string[], token = adminToken): Promise<Watching> => {
  const socket = await connected(server, token)
  const held = follower()
  socket.on('changes', (frame: ChangesFrame) => held.take(frame))
  for (const view of views) await watchInto(socket, held, site, view)
  return { socket, held }
}
/** Views that stand at the log's newest revision. */
const settled = async ({ socket, held }: Watching, server: RunningServer): Promise<void> => {
  await until('the viewer stands where the server stands', async () => {
    for (const view of held.lost()) await watchInto(socket, held, site, view, held.revision(view) ?? undefined)
    const { body } = await server.admin('GET', `/api/v1/sites/${site}/floor`)
    return [...held.states.keys()].every((view) => held.revision(view) === body.revision) || null
  }, 15_000)
}
/**
 * What the log decides. Signs of life of sources are each server's own observation; "handle time so far" and "longest wait today"
 * count on with the clock and stand in a row as of its last change (decision 0602).
 */
const steady = (row: object): object => {
  const now: unknown = Reflect.get(row, 'now')
  const today: unknown = Reflect.get(row, 'today')
  return typeof now === 'object' && typeof today === 'object' ? { ...row, now: { ...now, ahtSoFarMs: null }, today: { ...today, maxWaitMs: null } } : row
}
const ofTheLog = (state: ReturnType<typeof tableStateOf>): unknown => {
  const { sources: _sources, ...rest } = state
  return Object.fromEntries(Object.entries(rest).map(([table, rows]) => [table, [...rows].map(([id, row]) => [id, steady(row)] as const).sort(([x], [y]) => (x < y ? -1 : 1))]))
}

describe('one floor on two servers', () => {
  it('brings a fact accepted by one server to a viewer of the other', async () => {
    const viewer = await following(b, ['floor', 'agents'])
    await post([event('agent.state', { agentId: 'a7', agentName: 'Priya Nair', state: 'available', queues: ['support'] }), event('contact.queued', contact('c1'))])
    await until('the queue is there', () => Reflect.get(viewer.held.states.get('floor')?.queues?.get('support') ?? {}, 'waiting') === 1)
    await until('the agent has a name', () => Reflect.get(viewer.held.states.get('agents')?.agents?.get('a7') ?? {}, 'name') === 'Priya Nair')
  })

  it('lets a viewer who leaves one server resume on the other with what changed, and nothing else', async () => {
    const stays = await following(b, ['floor'])
    const leaves = await following(a, ['floor'])
    await settled(leaves, a)
    leaves.socket.disconnect()
    await post([event('contact.queued', contact('c2', 'billing'))])
    const back = await connected(b)
    back.on('changes', (frame: ChangesFrame) => leaves.held.take(frame))
    expect(await watchInto(back, leaves.held, site, 'floor', leaves.held.revision('floor') ?? '')).toHaveProperty('changes')
    await until('the new queue is there', () => Reflect.get(leaves.held.states.get('floor')?.queues?.get('billing') ?? {}, 'waiting') === 1)
    await settled({ socket: back, held: leaves.held }, b)
    await settled(stays, b)
    const fresh = await watchOn(await connected(b), site, 'floor')
    if (!fresh.ok || !('snapshot' in fresh)) throw new Error('no snapshot')
    expect(ofTheLog(leaves.held.states.get('floor') ?? {})).toEqual(ofTheLog(tableStateOf(fresh.snapshot)))
  })
})

/** A floor that does everything at once, from canonical events. */
const randomEvents = (random: Random, open: Map<string, string>): readonly object[] => {
  const agentId = `agent-${random.int(1, 9)}`
  const queueId = random.pick(['support', 'billing', 'moves'])
  const waiting = [...open].filter(([, state]) => state === 'queued').map(([id]) => id)
  const talking = [...open].filter(([, state]) => state === 'answered').map(([id]) => id)
  const inQueue = (id: string) => ({ ...contact(id, id.split('/')[1]) })
  switch (random.int(0, 5)) {
    case 0:
      return [event('agent.state', { agentId, agentName: `Name ${agentId}`, team: random.pick(['day', 'night']), state: random.pick(['available', 'paused', 'offline', 'wrapup']), queues: [queueId] })]
    case 1:
    case 2: {
      const id = `c${(serial += 1)}/${queueId}`
      open.set(id, 'queued')
      return [event('contact.queued', inQueue(id))]
    }
    case 3: {
      const [id] = random.shuffle(waiting)
      if (id === undefined) return []
      open.set(id, 'answered')
      return [event('contact.answered', { ...inQueue(id), agentId })]
    }
    case 4: {
      const [id] = random.shuffle(waiting)
      if (id === undefined) return []
      open.delete(id)
      return [event('contact.abandoned', inQueue(id))]
    }
    default: {
      const [id] = random.shuffle(talking)
      if (id === undefined) return []
      open.delete(id)
      return [event('contact.ended', { ...inQueue(id), agentId, resolved: random.chance(0.8) }), event('contact.wrapped', { ...inQueue(id), agentId, acwMs: random.int(0, 5_000) })]
    }
  }
}

it('law 1 on the real fold: viewers of both servers hold, after any changes, what a new viewer of a third gets', async () => {
  const seed = freshSeed()
  const random = seeded(seed)
  const key = async (role: string): Promise<string> => (await a.admin('POST', '/api/v1/keys', { site, role, name: role })).body.token
  const display = await key('display')
  await until('the other server knows the key', async () => (await b.ask('GET', `/api/v1/sites/${site}/floor`, { token: display })).status === 200)
  const viewers = [
    { server: a, token: adminToken, watching: await following(a, ['floor', 'agents', 'wall:main']) },
    { server: b, token: adminToken, watching: await following(b, ['agents', 'incidents']) },
    { server: b, token: display, watching: await following(b, ['wall:main'], display) },
  ]
  const open = new Map<string, string>()
  for (let i = 0; i < 120; i += 1) {
    const events = randomEvents(random, open)
    if (events.length > 0) await post(events)
  }
  await post(Array.from({ length: 9 }, (_, i) => event('agent.state', { agentId: `agent-${i + 1}`, agentName: `Name agent-${i + 1}`, state: 'available', queues: ['support'] })))
  const c = await runServer({ prefix, env })
  try {
    for (const { server, token, watching } of viewers) {
      await until('every agent has a name', async () => (await server.ask('GET', `/api/v1/sites/${site}/floor`, { token: adminToken })).body.agents.every((agent: { name: string | null }) => agent.name !== null))
    await settled(watching, server)
      const socket = await connected(c, token)
      for (const [view, state] of watching.held.states) {
        const answer: WatchAnswer = await watchOn(socket, site, view)
        if (!answer.ok || !('snapshot' in answer)) throw new Error(`no snapshot of ${view}: ${JSON.stringify(answer)}`)
        expect({ seed, view, state: ofTheLog(state) }).toEqual({ seed, view, state: ofTheLog(tableStateOf(answer.snapshot)) })
      }
    }
  } finally {
    await c.close()
  }
}, 60_000)

describe('GET floor', () => {
  it('has the shape of the contract, reads its own writes, and is not sent twice', async () => {
    const revision = await post([event('contact.queued', contact('c-own'))])
    const first = await a.admin('GET', `/api/v1/sites/${site}/floor`)
    expect(Object.keys(first.body)).toEqual(['site', 'revision', 'asOf', 'sources', 'queues', 'agents', 'totals'])
    expect(Number(first.body.revision.split('.')[1].split('-')[0])).toBeGreaterThanOrEqual(Number(revision.split('.')[1]?.split('-')[0]))
    expect(first.headers.get('etag')).toContain(first.body.revision)
    const tag = first.headers.get('etag') ?? ''
    const again = await until('a quiet moment', async () => {
      const answer = await a.admin('GET', `/api/v1/sites/${site}/floor`, undefined, { 'if-none-match': tag })
      return answer.status === 304 ? answer : null
    })
    expect(again.text).toBe('')
    expect((await a.admin('GET', `/api/v1/sites/${site}/floor`, undefined, { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('comes compressed for those who ask', async () => {
    const raw = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      httpGet(`${a.url}/api/v1/sites/${site}/floor`, { headers: { authorization: `Bearer ${adminToken}`, 'accept-encoding': 'gzip' } }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve({ encoding: answer.headers['content-encoding'], body: Buffer.concat(chunks) }))
      }).on('error', reject)
    })
    expect(raw.encoding).toBe('gzip')
    expect(JSON.parse(gunzipSync(raw.body).toString())).toHaveProperty('site', site)
  })

  it('tells sites out of reach nothing', async () => {
    expect((await a.admin('GET', '/api/v1/sites/nowhere/floor')).status).toBe(404)
    expect((await a.ask('GET', `/api/v1/sites/${site}/floor`)).status).toBe(401)
  })
})

describe('what lies behind the figures', () => {
  const now = () => Date.now()
  const range = () => `from=${new Date(now() - 3_600_000).toISOString()}&to=${new Date(now() + 3_600_000).toISOString()}`

  it('intervals: longer steps are the sums of the quarter hours, with ratios of the sums', async () => {
    const rowsOf = async (more: string) => (await a.admin('GET', `/api/v1/sites/${site}/intervals?${range()}&queue=support${more}`)).body.rows as readonly Record<string, number | string>[]
    const quarters = await rowsOf('')
    expect(quarters.length).toBeGreaterThan(0)
    for (const step of ['30m', '1h', '1d']) {
      const longer = await rowsOf(`&step=${step}`)
      for (const name of ['offered', 'answered', 'abandoned', 'handled', 'waitMsTotal']) expect(longer.reduce((sum, row) => sum + Number(row[name]), 0)).toBe(quarters.reduce((sum, row) => sum + Number(row[name]), 0))
    }
    expect(await rowsOf('&step=1d&tz=Asia/Kathmandu')).not.toHaveLength(0)
  })

  it('contacts: every one once, page by page', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await a.admin('GET', `/api/v1/sites/${site}/contacts?${range()}&limit=7${cursor}`)
      seen.push(...body.items.map((row: { contactId: string; legId: string }) => `${row.contactId} ${row.legId}`))
      cursor = body.next === null ? '' : `&cursor=${body.next}`
    } while (cursor !== '')
    const whole = (await a.admin('GET', `/api/v1/sites/${site}/contacts?${range()}&limit=1000`)).body.items
    expect(seen).toEqual(whole.map((row: { contactId: string; legId: string }) => `${row.contactId} ${row.legId}`))
    expect(new Set(seen).size).toBe(seen.length)
    const answered = (await a.admin('GET', `/api/v1/sites/${site}/contacts?${range()}&outcome=answered&limit=1000`)).body.items
    expect(answered.every((row: { outcome: string }) => row.outcome === 'answered')).toBe(true)
  })

  it.each([
    ['intervals?from=yesterday&to=2026-11-22T00:00:00Z', 400, 'query_invalid'],
    ['intervals?from=2026-11-22T00:00:00Z', 400, 'query_invalid'],
    ['intervals?from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z', 422, 'range_invalid'],
    ['intervals?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&step=7m', 400, 'query_invalid'],
    ['intervals?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&tz=Mars/Base', 400, 'query_invalid'],
    ['intervals?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&queue=none', 404, 'not_found'],
    ['intervals?from=2026-11-22T00:00:00Z&from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z', 400, 'query_invalid'],
    ['contacts?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&cursor=../', 400, 'query_invalid'],
    ['contacts?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&limit=-1', 400, 'query_invalid'],
    ['contacts?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&agent=nobody', 404, 'not_found'],
    ['explain?metric=serviceLevel&queue=none', 404, 'not_found'],
    ['views/nothing', 404, 'not_found'],
    ['views/incident:INC-2026-999999', 404, 'not_found'],
  ])('%s is %i %s', async (path, status, code) => {
    const answer = await a.admin('GET', `/api/v1/sites/${site}/${path}`)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })
})
