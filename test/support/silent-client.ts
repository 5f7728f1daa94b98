import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** A viewer that watches and then never reads again: a laptop asleep, a phone without signal. */
export interface SilentClient {
  /** Stops reading for good. */
  readonly freeze: () => void
  readonly close: () => void
}

/** A masked text frame, as clients send them. */
const frameOf = (text: string): Buffer => {
  const payload = Buffer.from(text)
  const mask = randomBytes(4)
  const length = payload.length < 126 ? Buffer.of(0x80 | payload.length) : Buffer.of(0x80 | 126, payload.length >> 8, payload.length & 255)
  return Buffer.concat([Buffer.of(0x81), length, mask, payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))])
}

const said = (socket: Socket, what: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let heard = ''
    const listen = (data: Buffer) => {
      heard += data.toString('latin1')
      if (!heard.includes(what)) return
      socket.off('data', listen)
      resolve()
    }
    socket.on('data', listen)
    socket.once('close', () => reject(new Error(`closed before "${what}"`)))
  })

/** Speaks just enough WebSocket, Engine.IO and Socket.IO to watch a view. */
export const silentClient = async (port: number, token: string, site: string, view: string): Promise<SilentClient> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`)
  await said(socket, '"pingInterval"')
  socket.write(frameOf(`40${JSON.stringify({ token })}`))
  await said(socket, '40{')
  socket.write(frameOf(`420${JSON.stringify(['watch', { site, view }])}`))
  await said(socket, '430[{"ok":true')
  return { freeze: () => void socket.pause(), close: () => void socket.destroy() }
}
