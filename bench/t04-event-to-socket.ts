import { Agent, createServer, request } from 'node:http'
import { Server } from 'socket.io'
import { io, type Socket } from 'socket.io-client'
import { createLog } from '../server/log.ts'
import { connect } from '../server/redis/connect.ts'
import { resultOf, type Bench } from './bench.ts'
import { adminToken, webServer } from './support/web.ts'

/** T4: one idle viewer. From the moment an event is posted until its frame is in the viewer's hands, against the echo of a bare Socket.IO server. */

const SAMPLES = 40
/** Longer than the beat, so that each event is the first after a quiet moment. */
const QUIET_MS = 260
const site = 'bench'

const percentile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS))

const sampled = async (once: () => Promise<void>): Promise<readonly number[]> => {
  const times: number[] = []
  for (let i = 0; i < SAMPLES; i += 1) {
    await quiet()
    const from = performance.now()
    await once()
    times.push(performance.now() - from)
  }
  return times.sort((a, b) => a - b)
}

const opened = (url: string, auth: object = {}): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = io(url, { transports: ['websocket'], auth, forceNew: true })
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', reject)
  })

const echoServer = async () => {
  const http = createServer()
  const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
  server.on('connection', (socket) => socket.on('echo', (text: string) => socket.emit('echo', text)))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const client = await opened(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`)
  return {
    once: () =>
      new Promise<void>((resolve) => {
        client.once('echo', () => resolve())
        client.emit('echo', 'x'.repeat(200))
      }),
    close: async () => {
      client.disconnect()
      await server.close()
    },
  }
}

const product = async (redisUrl: string, durability: 'disk' | 'second') => {
  const server = await webServer(redisUrl, durability)
  await fetch(`${server.url}/api/v1/sites/${site}`, { method: 'PUT', headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Bench', timeZone: 'UTC' }) })
  const client = await opened(server.url, { token: adminToken })
  await client.emitWithAck('watch', { site, view: 'floor' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1, timeout: 3_000 })
  let serial = 0
  // An agent comes and goes: nothing piles up on the floor, so no tick of its own falls among the samples.
  const state = () => (serial % 2 === 0 ? 'available' : 'paused')
  const post = () => {
    serial += 1
    const body = JSON.stringify({ id: `b${serial}`, type: 'agent.state', occurredAt: new Date().toISOString(), agentId: 'a1', state: state(), queues: ['support'] })
    request(`${server.url}/api/v1/sites/${site}/events`, { method: 'POST', agent, headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => answer.resume()).end(body)
  }
  return {
    once: () =>
      new Promise<void>((resolve) => {
        const available = serial % 2 === 0 ? 0 : 1
        // A frame of a tick that came in between is not this event's.
        const hear = (frame: { readonly views: readonly { readonly put: { readonly queues?: readonly { readonly available: number }[] } }[] }) => {
          if (!frame.views.some(({ put }) => put.queues?.some((row) => row.available === available))) return
          client.off('changes', hear)
          resolve()
        }
        client.on('changes', hear)
        post()
      }),
    close: async () => {
      // A frame is often there before the answer to its event: that one is let come in.
      await quiet()
      agent.destroy()
      client.disconnect()
      await server.close()
    },
  }
}

export const run: Bench = async ({ redisUrl, rounds }) => {
  const redis = await connect({ url: redisUrl, name: 'bench-t04', log: createLog('silent', 'bench') })
  const before = (await redis.configGet('appendfsync')).appendfsync ?? 'always'
  const results = []
  for (const { fsync, klass, atMost } of [{ fsync: 'everysec', klass: 'second', atMost: [3, 2.5] }, { fsync: 'always', klass: 'disk', atMost: [4, 4] }] as const) {
    await redis.configSet('appendfsync', fsync)
    const [echo, ours] = [await echoServer(), await product(redisUrl, klass)]
    const p50: number[] = []
    const p99: number[] = []
    const all = { echo: [] as number[], ours: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      const base = await sampled(echo.once)
      // Its connection was idle meanwhile: the first event opens it again and is not counted.
      await ours.once()
      const mine = await sampled(ours.once)
      p50.push(percentile(mine, 0.5) / percentile(base, 0.5))
      p99.push(percentile(mine, 0.99) / percentile(base, 0.99))
      all.echo.push(...base)
      all.ours.push(...mine)
    }
    for (const times of Object.values(all)) times.sort((a, b) => a - b)
    const figures = (share: number) => ({ 'product ms': percentile(all.ours, share), 'echo ms': percentile(all.echo, share), samples: all.ours.length })
    results.push(resultOf({ id: 'T4', title: `event to socket, idle, class ${klass}, p50`, target: `<= ${atMost[0]}x`, baseline: 'bare Socket.IO echo', rounds: p50, atMost: atMost[0], figures: figures(0.5) }))
    results.push(resultOf({ id: 'T4', title: `event to socket, idle, class ${klass}, p99`, target: `<= ${atMost[1]}x`, baseline: 'bare Socket.IO echo', rounds: p99, atMost: atMost[1], figures: figures(0.99) }))
    await ours.close()
    await echo.close()
  }
  await redis.configSet('appendfsync', before)
  redis.destroy()
  return results
}
