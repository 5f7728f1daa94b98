import { afterEach, expect, it } from '@jest/globals'
import type { Socket as TcpSocket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ChangesFrame } from '../../server/contract/messages.ts'
import { handReplica, queueFigures } from '../support/hand-replica.ts'
import { openLiveServer, type LiveServer, opening, socketTo, watchOn } from '../support/live-server.ts'
import { silentClient } from '../support/silent-client.ts'
import { until } from '../support/until.ts'

const MB = 1_048_576
const QUEUES = 20
const STALLED = 30

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void
const used = (): number => {
  collect()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

let server: LiveServer
const open: { readonly close: () => void }[] = []
afterEach(async () => {
  for (const one of open) one.close()
  await server.close()
})

it('thirty viewers that stopped reading cost under 10 MB, and the others miss nothing', async () => {
  const replica = handReplica()
  const fill = (round: number) => {
    for (let i = 0; i < QUEUES; i += 1) replica.queues.set(`q${i}`, queueFigures(`q${i}`, round))
  }
  fill(0)
  const connections = new Set<TcpSocket>()
  server = await openLiveServer(new Map([['north', replica]]), { onConnection: (socket) => connections.add(socket) })
  const healthy = socketTo(server.url, { token: 'staff' })
  open.push(healthy)
  expect(await opening(healthy)).toBe('connected')
  await watchOn(healthy, 'north', 'floor')
  const seen: number[] = []
  let bytes = 0
  healthy.on('changes', (frame: ChangesFrame) => {
    bytes = Math.max(bytes, JSON.stringify(frame).length)
    seen.push(Number(Reflect.get(frame.views[0]?.put.queues?.[0] ?? {}, 'waiting')))
  })
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => silentClient(server.port, 'staff', 'north', 'floor')))
  open.push(...stalled)
  for (const client of stalled) client.freeze()
  const { rooms } = await server.sites.get('north')
  const before = used()

  // 200 frames of over 40 kB, as fast as incidents go: 250 MB if anybody kept them. What the kernel does not take is ours.
  const peak = { behind: 0, held: 0 }
  for (let round = 1; round <= 200; round += 1) {
    fill(round)
    replica.entry({ queues: [...replica.queues.keys()], incidents: ['INC-1'] })
    await until('the healthy viewer has it', () => seen.at(-1) === round)
    peak.behind = Math.max(peak.behind, rooms.figures().behind)
    peak.held = Math.max(peak.held, [...connections].reduce((sum, socket) => sum + socket.writableLength, 0))
  }
  const grown = used() - before
  expect(bytes).toBeGreaterThan(40_000)
  expect(peak.behind).toBe(STALLED)
  expect(peak.held).toBeLessThan(10 * MB)
  expect(grown).toBeLessThan(10 * MB)
  expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))

  for (const client of stalled) client.close()
  healthy.disconnect()
  await until('their places are empty', () => rooms.figures().members === 0)
}, 60_000)
