import { createServer } from 'node:http'
import { Server } from 'socket.io'
import type { Socket } from 'socket.io-client'
import { handReplica, queueFigures } from '../test/support/hand-replica.ts'
import { openLiveServer, opening, socketTo, watchOn } from '../test/support/live-server.ts'
import { median, resultOf, type Bench } from './bench.ts'

/** T5: a room with now and then a change sends it at once; a busy one keeps the beat. Against a server that flushes every 250 ms. */

const CLIENTS = 50
const SPARSE = 12
const BUSY_MS = 3_000
const TICK_MS = 250

interface Side {
  readonly change: (value: number) => void
  readonly clients: readonly Socket[]
  readonly event: string
  /** The value that a frame carries. */
  readonly valueOf: (frame: unknown) => number
  readonly close: () => Promise<void>
}

const fixedTick = async (): Promise<Side> => {
  const http = createServer()
  const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
  server.on('connection', (socket) => void socket.join('room'))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const clients = Array.from({ length: CLIENTS }, () => socketTo(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`))
  await Promise.all(clients.map(opening))
  let pending: object | null = null
  const tick = setInterval(() => {
    if (pending !== null) server.to('room').emit('frame', pending)
    pending = null
  }, TICK_MS)
  return {
    change: (value) => (pending = { queues: [queueFigures('support', value)], totals: [queueFigures('*', value)] }),
    clients,
    event: 'frame',
    valueOf: (frame) => Number((frame as { queues: { waiting: number }[] }).queues[0]?.waiting),
    close: async () => {
      clearInterval(tick)
      for (const client of clients) client.disconnect()
      await server.close()
    },
  }
}

const product = async (): Promise<Side> => {
  const replica = handReplica()
  replica.queues.set('support', queueFigures('support'))
  const server = await openLiveServer(new Map([['north', replica]]))
  const clients = Array.from({ length: CLIENTS }, () => socketTo(server.url, { token: 'staff' }))
  await Promise.all(clients.map(opening))
  await Promise.all(clients.map((client) => watchOn(client, 'north', 'floor')))
  return {
    change: (value) => {
      replica.queues.set('support', queueFigures('support', value))
      replica.entry({ queues: ['support'] })
    },
    clients,
    event: 'changes',
    valueOf: (frame) => Number((frame as { views: { put: { queues?: { waiting: number }[] } }[] }).views[0]?.put.queues?.[0]?.waiting),
    close: async () => {
      for (const client of clients) client.disconnect()
      await server.close()
    },
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const sparse = async (side: Side, from: number): Promise<{ readonly p50: number; readonly cpu: number }> => {
  const times: number[] = []
  const before = process.cpuUsage()
  for (let i = 1; i <= SPARSE; i += 1) {
    // Not in step with anybody's tick.
    await pause(300 + ((i * 97) % 250))
    const at = performance.now()
    const arrived = side.clients.map(
      (client) =>
        new Promise<void>((resolve) => {
          const hear = (frame: unknown) => {
            if (side.valueOf(frame) !== from + i) return
            client.off(side.event, hear)
            times.push(performance.now() - at)
            resolve()
          }
          client.on(side.event, hear)
        }),
    )
    side.change(from + i)
    await Promise.all(arrived)
  }
  const { user, system } = process.cpuUsage(before)
  return { p50: median(times), cpu: user + system }
}

const busy = async (side: Side): Promise<number> => {
  let frames = 0
  const count = () => (frames += 1)
  for (const client of side.clients) client.on(side.event, count)
  const began = performance.now()
  for (let value = 1; performance.now() - began < BUSY_MS; value += 1) {
    side.change(1_000_000 + value)
    await pause(5)
  }
  const seconds = (performance.now() - began) / 1_000
  for (const client of side.clients) client.off(side.event, count)
  return frames / side.clients.length / seconds
}

export const run: Bench = async ({ rounds }) => {
  const [base, ours] = [await fixedTick(), await product()]
  const latency: number[] = []
  const cpu: number[] = []
  const frames: number[] = []
  const figures = { base: [] as number[], ours: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    const [theirs, mine] = [await sparse(base, round * 100), await sparse(ours, round * 100)]
    latency.push(mine.p50 / theirs.p50)
    cpu.push(mine.cpu / theirs.cpu)
    figures.base.push(theirs.p50)
    figures.ours.push(mine.p50)
    frames.push(await busy(ours))
  }
  await base.close()
  await ours.close()
  const title = `${CLIENTS} clients in one room`
  return [
    resultOf({ id: 'T5', title: `sparse room, p50, ${title}`, target: '<= 0.15x', baseline: `fixed ${TICK_MS} ms tick`, rounds: latency, atMost: 0.15, figures: { 'product ms': median(figures.ours), 'tick ms': median(figures.base) } }),
    resultOf({ id: 'T5', title: `sparse room, CPU of server and clients, ${title}`, target: '<= 1.1x', baseline: `fixed ${TICK_MS} ms tick`, rounds: cpu, atMost: 1.1, figures: {} }),
    resultOf({ id: 'T5', title: 'busy room, frames a second and client', target: '<= 4.2', baseline: 'none: frames counted', rounds: frames, atMost: 4.2, figures: { 'events/s': 200 } }),
  ]
}
