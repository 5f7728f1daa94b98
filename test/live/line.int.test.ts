import { afterEach, expect, it } from '@jest/globals'
import { createServer } from 'node:http'
import { Server, type Socket as ServerSocket } from 'socket.io'
import { eventFrame } from '../../server/live/frame.ts'
import { lineOf } from '../../server/live/line.ts'
import { opening, socketTo } from '../support/live-server.ts'
import { until } from '../support/until.ts'

const http = createServer()
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
afterEach(() => server.close())

it('frames past Engine.IO and its own messages arrive in the order in which they were sent, and the line says when it is drained', async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const connected = new Promise<ServerSocket>((resolve) => server.once('connection', resolve))
  const client = socketTo(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`)
  const heard: number[] = []
  client.on('n', (n: number) => heard.push(n))
  expect(await opening(client)).toBe('connected')
  const socket = await connected
  const line = lineOf(socket)

  let n = 0
  const framed = () => line.write(eventFrame('n', String(n++)))
  const emitted = () => void socket.emit('n', n++)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  // One kind after the other within a turn and over turns, in every order of three.
  for (const round of [[framed, framed, emitted], [framed, emitted, framed], [emitted, framed, framed], [emitted, emitted, framed], [framed, emitted, emitted], [emitted, framed, emitted]]) {
    for (const send of round) send()
    for (const send of round) {
      send()
      await turn()
    }
  }
  // Longer than the kernel takes at once.
  line.write(eventFrame('n', `${n++},"${'x'.repeat(20_000_000)}"`))
  expect(line.drained()).toBe(false)
  const drained = new Promise<void>((resolve) => line.whenDrained(resolve))
  emitted()
  framed()
  await drained
  expect(line.drained()).toBe(true)
  framed()
  await until('all have arrived', () => heard.length === n)
  expect(heard).toEqual(Array.from({ length: n }, (_, i) => i))
  client.disconnect()
})
