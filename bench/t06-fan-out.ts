import { fork, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { handReplica, queueFigures } from '../test/support/hand-replica.ts'
import { credentialOf, openLiveServer } from '../test/support/live-server.ts'
import { median, resultOf, type Bench } from './bench.ts'

/** T6: what one frame costs the server, one room and two hundred, against `ws.send` of a ready Buffer of the same size. */

const VIEWERS = 400
const FRAMES = 40
const ROOMS = 200

interface Viewing {
  readonly port: number
  readonly path: string
  readonly say: readonly string[]
  readonly ready: readonly string[]
}

const asked = <T>(child: ChildProcess, order: object, has: string): Promise<T> =>
  new Promise((resolve) => {
    const hear = (answer: object) => {
      if (!Object.hasOwn(answer, has)) return
      child.off('message', hear)
      resolve(answer as T)
    }
    child.on('message', hear)
    child.send(order)
  })

const viewers = async (viewings: readonly Viewing[]) => {
  const child = fork(new URL('./support/tcp-viewers.mjs', import.meta.url), { execArgv: [] })
  await asked(child, { open: viewings }, 'opened')
  return {
    bytes: async () => (await asked<{ readonly bytes: number }>(child, { count: true }, 'bytes')).bytes,
    close: () => child.kill(),
  }
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** CPU µs of this process for each frame that arrived. */
const costOf = async (send: (i: number) => void, bytes: () => Promise<number>, size: () => number): Promise<number> => {
  const began = await bytes()
  const before = process.cpuUsage()
  for (let i = 0; i < FRAMES; i += 1) {
    send(i)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  const { user, system } = process.cpuUsage(before)
  await until(async () => (await bytes()) - began >= 0.99 * size() * FRAMES * VIEWERS)
  return (user + system) / (FRAMES * VIEWERS)
}

const bare = async (size: number) => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  const sockets: WebSocket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.send('hello')
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const watching = await viewers(Array.from({ length: VIEWERS }, () => ({ port, path: '/', say: [], ready: ['hello'] })))
  const payload = Buffer.alloc(size, 'x')
  return {
    cost: () => costOf(() => sockets.forEach((socket) => socket.send(payload, { binary: false })), watching.bytes, () => size),
    close: () => {
      watching.close()
      http.closeAllConnections()
      server.close()
    },
  }
}

/** `rooms` areas of one queue each: everybody in an area is in one room. */
const product = async (rooms: number) => {
  const replica = handReplica()
  const queues = Array.from({ length: rooms }, (_, i) => `q${i}`)
  for (const id of queues) replica.queues.set(id, queueFigures(id))
  const server = await openLiveServer(new Map([['north', replica]]))
  queues.forEach((id, i) => server.credentials.set(`room-${i}`, credentialOf('supervisor', { id, area: { id, queues: [id], teams: null } })))
  const watching = await viewers(
    Array.from({ length: VIEWERS }, (_, i) => ({
      port: server.port,
      path: '/socket.io/?EIO=4&transport=websocket',
      say: [`40${JSON.stringify({ token: `room-${i % rooms}` })}`, `420${JSON.stringify(['watch', { site: 'north', view: 'floor' }])}`],
      ready: ['"pingInterval"', '40{', '430[{"ok":true'],
    })),
  )
  let size = 0
  const { feed } = await server.sites.get('north')
  const send = (i: number) => {
    for (const id of queues) replica.queues.set(id, queueFigures(id, i + 1))
    replica.entry({ queues, incidents: ['INC-1'] })
  }
  return {
    cost: () => costOf(send, watching.bytes, () => size),
    size: async () => {
      const before = await watching.bytes()
      send(-2)
      await feed.current()
      await new Promise((resolve) => setTimeout(resolve, 500))
      size = Math.floor(((await watching.bytes()) - before) / VIEWERS)
      return size
    },
    close: async () => {
      watching.close()
      await server.close()
    },
  }
}

export const run: Bench = async ({ rounds }) => {
  const results = []
  for (const { rooms, atMost } of [{ rooms: 1, atMost: 1.1 }, { rooms: ROOMS, atMost: 1.4 }]) {
    const ours = await product(rooms)
    const size = await ours.size()
    const base = await bare(size)
    const ratios: number[] = []
    const costs = { base: [] as number[], ours: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      const [theirs, mine] = [await base.cost(), await ours.cost()]
      ratios.push(mine / theirs)
      costs.base.push(theirs)
      costs.ours.push(mine)
    }
    base.close()
    await ours.close()
    results.push(resultOf({ id: 'T6', title: `fan-out CPU a frame, ${VIEWERS} viewers in ${rooms} room${rooms === 1 ? '' : 's'}`, target: `<= ${atMost}x`, baseline: 'ws.send of a ready Buffer', rounds: ratios, atMost, figures: { 'product µs': median(costs.ours), 'ws µs': median(costs.base), 'bytes a frame': size } }))
  }
  return results
}
