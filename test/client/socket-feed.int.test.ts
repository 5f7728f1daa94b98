import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import type { Feed } from '../../client/live/feed.ts'
import { openFeed } from '../../client/live/socket-feed.ts'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

jest.setTimeout(30_000)

const site = 'north'
let server: RunningServer
const feeds: Feed[] = []
let serial = 0

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', `/api/v1/sites/${site}`, { name: 'North', timeZone: 'Europe/London' })
  await queued()
})
afterEach(() => {
  for (const feed of feeds.splice(0)) feed.close()
})
afterAll(() => server.close())

const feedTo = (origin: string, more: object = {}): Feed => {
  const feed = openFeed({ origin, token: adminToken, ...more })
  feeds.push(feed)
  return feed
}
const queued = async (): Promise<void> => {
  const event = { id: `e${(serial += 1)}`, type: 'contact.queued', occurredAt: new Date().toISOString(), contactId: `c${serial}`, queueId: 'support', channel: 'voice' }
  expect((await server.admin('POST', `/api/v1/sites/${site}/events`, event)).body).toMatchObject({ accepted: 1 })
}

/** A proxy that lets HTTP through and breaks every websocket: what some offices have. */
const proxyWithoutWebsockets = async (): Promise<{ readonly url: string; allow: (websockets: boolean) => void; readonly close: () => Promise<void> }> => {
  let allowed = false
  const target = new URL(server.url)
  const proxy: Server = createServer((request, response) => {
    void fetch(`${server.url}${request.url}`, { method: request.method ?? 'GET', headers: { authorization: String(request.headers.authorization), ...(request.headers['if-none-match'] ? { 'if-none-match': request.headers['if-none-match'] } : {}) } }).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json', etag: answer.headers.get('etag') ?? '' })
      response.end(Buffer.from(await answer.arrayBuffer()))
    })
  })
  proxy.on('upgrade', (request, socket, head) => {
    if (!allowed) return void socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
    const onward = connect(Number(target.port), target.hostname, () => {
      onward.write(`GET ${request.url} HTTP/1.1\r\nHost: ${target.host}\r\n${Object.entries(request.headers).filter(([name]) => name !== 'host').map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n`)
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    for (const end of [socket, onward]) end.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    allow: (websockets) => (allowed = websockets),
    close: async () => {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

describe('a feed', () => {
  it('follows a view, keeps rows that did not change, and measures the clock of the server', async () => {
    const feed = feedTo(server.url, { now: () => Date.now() - 86_400_000 })
    const floor = feed.watch(site, 'floor')
    expect([...floor.tables.value.queues]).toEqual([])
    await until('the view is ready', () => floor.state.value === 'ready')
    expect(feed.link.value).toEqual({ kind: 'open' })
    const before = floor.tables.value
    const waiting = before.queues.get('support')?.waiting ?? 0
    await queued()
    await until('one more waits', () => floor.tables.value.queues.get('support')?.waiting === waiting + 1)
    expect(floor.tables.value.queues).not.toBe(before.queues)
    await until('a day of difference is found', () => Math.abs(feed.offsetMs.value - 86_400_000) < 1_000)
  })

  it('shares one view among its watchers and lets it go with the last', async () => {
    const feed = feedTo(server.url)
    const [one, two] = [feed.watch(site, 'agents'), feed.watch(site, 'agents')]
    await until('ready', () => two.state.value === 'ready')
    expect(one.tables).toBe(two.tables)
    one.close()
    one.close()
    await queued()
    const third = feed.watch(site, 'agents')
    expect(third.tables).toBe(two.tables)
    expect(third.state.value).toBe('ready')
  })

  it('tells a refusal of a view in words', async () => {
    const feed = feedTo(server.url)
    const view = feed.watch('nowhere', 'floor')
    await until('refused', () => view.state.value === 'refused')
    expect(view.refusal.value?.detail).toBe('site "nowhere" does not exist')
  })

  it('says that it is signed out when the token is not known', async () => {
    const feed = openFeed({ origin: server.url, token: 'wrong' })
    feeds.push(feed)
    await until('signed out', () => feed.link.value.kind === 'signed-out')
  })

  it('carries a command and its refusal', async () => {
    const created = await server.admin('POST', `/api/v1/sites/${site}/incidents`, {
      type: 'incident', title: 'Heating off', nature: 'Floor 2 is cold', channel: 'voice', location: 'Leeds', service: 'Facilities', reporter: 'R', callerId: 'withheld', callerSafe: true, category: 'operational', impact: 2, urgency: 2,
    })
    expect([created.status, created.text]).toEqual([201, expect.any(String)])
    expect([created.status, created.text]).toEqual([201, expect.any(String)])
    const { ref } = created.body
    const feed = feedTo(server.url)
    const incidents = feed.watch(site, 'incidents')
    await until('the incident is there', () => incidents.tables.value.incidents.has(ref))
    const detail = feed.watch(site, `incident:${ref}`)
    await until('its log is there', () => detail.tables.value.timeline.size > 0)
    expect(await feed.command(site, ref, { type: 'acknowledge' }, 'key-1')).toMatchObject({ ok: true, incident: { ref, state: 'acknowledged' } })
    await until('the view shows it', () => incidents.tables.value.incidents.get(ref)?.state === 'acknowledged')
    await until('so does its log', () => [...detail.tables.value.timeline.values()].some(({ type }) => type === 'acknowledged'))
    expect(await feed.command(site, ref, { type: 'reopen', reason: 'x' }, 'key-2')).toMatchObject({ ok: false, refusal: { code: expect.any(String) } })
    expect(await feed.command(site, 'INC-2026-999999', { type: 'acknowledge' }, 'key-3')).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
  })
})

describe('where websockets are blocked', () => {
  it('asks by HTTP, says so, follows changes, and goes back to the socket when it opens', async () => {
    const proxy = await proxyWithoutWebsockets()
    try {
      const feed = feedTo(proxy.url)
      const floor = feed.watch(site, 'floor')
      const wall = feed.watch(site, 'wall:main')
      await until('polling', () => feed.link.value.kind === 'polling')
      await until('views are ready', () => floor.state.value === 'ready' && wall.state.value === 'ready')
      const waiting = floor.tables.value.queues.get('support')?.waiting ?? 0
      await queued()
      await until('the change is seen at the next poll', () => floor.tables.value.queues.get('support')?.waiting === waiting + 1)
      proxy.allow(true)
      await until('the socket is open', () => feed.link.value.kind === 'open')
      await queued()
      await until('frames arrive', () => wall.tables.value.queues.get('support')?.waiting === waiting + 2)
    } finally {
      for (const feed of feeds.splice(0)) feed.close()
      await proxy.close()
    }
  })

  it('is lost, and says since when, while nothing answers at all', async () => {
    const proxy = await proxyWithoutWebsockets()
    const feed = feedTo(proxy.url)
    feed.watch(site, 'floor')
    await proxy.close()
    await until('lost', () => feed.link.value.kind === 'lost')
    expect(feed.link.value).toMatchObject({ since: expect.any(Number) })
  })
})
