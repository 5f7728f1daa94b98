import { io, type Socket } from 'socket.io-client'
import { createLog } from '../server/log.ts'
import { connect } from '../server/redis/connect.ts'
import { resultOf, type Bench } from './bench.ts'
import { plainSender } from './support/plain-sender.ts'
import { adminToken, echoProcess, webProcess } from './support/processes.ts'

/**
 * T4: one idle viewer. From the moment an event is posted until its frame is in the viewer's hands, against the echo of a bare Socket.IO server.
 * Both servers are processes of their own; this one posts and hears and has the only clock. Both are warm: 2,000 echoes, and 2,000 events
 * on 20 other sites of the same server (a site sends four frames a second), all of whose agents are signed out again.
 */

const SAMPLES = 40
/** Longer than the beat, so that each event is the first after a quiet moment. */
const QUIET_MS = 260
const WARM_ECHOES = 2_000
const WARM_SITES = 20
const WARM_ROUNDS = 100
const site = 'bench'

interface Side {
  /** One event or echo, there and back. */
  readonly once: () => Promise<void>
  readonly close: () => Promise<void>
}
interface Frame {
  readonly site: string
  readonly views: readonly { readonly put: { readonly queues?: readonly { readonly available: number }[] } }[]
}

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

const echo = async (): Promise<Side> => {
  const server = await echoProcess()
  const client = await opened(server.url)
  const once = () =>
    new Promise<void>((resolve) => {
      client.once('echo', () => resolve())
      client.emit('echo', 'x'.repeat(200))
    })
  for (let i = 0; i < WARM_ECHOES; i += 1) await once()
  return {
    once,
    close: async () => {
      client.disconnect()
      server.close()
    },
  }
}

const product = async (redisUrl: string, durability: 'disk' | 'second'): Promise<Side> => {
  const server = await webProcess({ redisUrl, prefix: `bench-t04-${durability}-${process.pid}`, durability })
  const client = await opened(server.url, { token: adminToken })
  const sender = await plainSender(server.port, adminToken)
  let serial = 0
  const post = async (on: string, state: string) => {
    serial += 1
    const status = await sender.post(`/api/v1/sites/${on}/events`, JSON.stringify({ id: `b${serial}`, type: 'agent.state', occurredAt: new Date().toISOString(), agentId: 'a1', state, queues: ['support'] }))
    if (status !== 202) throw new Error(`an event was answered ${status}`)
  }
  const watching = async (id: string) => {
    await fetch(`${server.url}/api/v1/sites/${id}`, { method: 'PUT', headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Bench', timeZone: 'UTC' }) })
    await client.emitWithAck('watch', { site: id, view: 'floor' })
  }
  // An agent comes and goes: nothing piles up on the floor, so no tick of its own falls among the samples.
  const stateOf = (i: number) => (i % 2 === 0 ? 'available' : 'paused')

  const warm = Array.from({ length: WARM_SITES }, (_, i) => `warm-${i}`)
  for (const id of [...warm, site]) await watching(id)
  for (let i = 0; i < WARM_ROUNDS; i += 1) {
    for (const id of warm) await post(id, i === WARM_ROUNDS - 1 ? 'offline' : stateOf(i))
    await quiet()
  }
  for (const id of warm) await client.emitWithAck('unwatch', { site: id, view: 'floor' })

  let turn = 0
  return {
    once: () =>
      new Promise<void>((resolve) => {
        const state = stateOf(turn)
        turn += 1
        const available = state === 'available' ? 1 : 0
        // A frame of a tick that came in between is not this event's.
        const hear = (frame: Frame) => {
          if (frame.site !== site || !frame.views.some(({ put }) => put.queues?.some((row) => row.available === available))) return
          client.off('changes', hear)
          resolve()
        }
        client.on('changes', hear)
        void post(site, state)
      }),
    close: async () => {
      // A frame is often there before the answer to its event: that one is let come in.
      await quiet()
      sender.close()
      client.disconnect()
      server.close()
    },
  }
}

export const run: Bench = async ({ redisUrl, rounds }) => {
  const redis = await connect({ url: redisUrl, name: 'bench-t04', log: createLog('silent', 'bench') })
  const before = (await redis.configGet('appendfsync')).appendfsync ?? 'always'
  const results = []
  for (const { fsync, klass, atMost } of [{ fsync: 'everysec', klass: 'second', atMost: [3, 2.5] }, { fsync: 'always', klass: 'disk', atMost: [4, 4] }] as const) {
    await redis.configSet('appendfsync', fsync)
    const [bare, ours] = [await echo(), await product(redisUrl, klass)]
    const p50: number[] = []
    const p99: number[] = []
    const all = { echo: [] as number[], ours: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      const base = await sampled(bare.once)
      // The sender's connection was idle meanwhile: the first event opens it again and is not counted.
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
    await bare.close()
  }
  await redis.configSet('appendfsync', before)
  redis.destroy()
  return results
}
