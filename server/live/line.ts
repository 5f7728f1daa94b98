import { Socket as TcpSocket } from 'node:net'
import type { Socket } from 'socket.io'
import type { Line } from './rooms.ts'

type Connection = Socket['conn']

/** The TCP or TLS socket under a WebSocket; null where the transport or its insides are others than those known. */
const tcpOf = ({ transport }: Connection): TcpSocket | null => {
  const webSocket: unknown = transport.name === 'websocket' ? Reflect.get(transport, 'socket') : null
  const tcp: unknown = typeof webSocket === 'object' && webSocket !== null ? Reflect.get(webSocket, '_socket') : null
  return tcp instanceof TcpSocket ? tcp : null
}

/**
 * The way to one viewer past Socket.IO's own encoding: a frame is made once for a room and written to the socket as it is while
 * Engine.IO has nothing of its own to send (PERFORMANCE 2c, "fast lane"). Otherwise, and on any other transport, Engine.IO sends the
 * packet in its turn, so nothing overtakes anything.
 */
export const lineOf = (socket: Socket): Line => {
  const { conn } = socket
  const tcp = tcpOf(conn)
  const waiting = new Set<() => void>()
  let inFlight = 0
  const idle = (): boolean => conn.readyState === 'open' && conn.transport.writable && Reflect.get(conn, 'writeBuffer').length === 0
  const drained = (): boolean => inFlight === 0 && idle()
  /** The kernel has taken a frame. */
  const taken = (): void => {
    inFlight -= 1
    if (inFlight > 0 || waiting.size === 0) return
    for (const check of waiting) setImmediate(check)
    waiting.clear()
  }
  return {
    drained,
    write: ({ packet, bytes }) => {
      if (conn.readyState !== 'open') return
      if (tcp !== null && idle()) {
        inFlight += 1
        tcp.write(bytes, taken)
      } else conn.write(packet, { compress: false, wsPreEncodedFrame: [bytes] } as Parameters<typeof conn.write>[1])
    },
    whenDrained: (then) => {
      // 'ready' follows each write of Engine.IO that the kernel has taken.
      const check = () => {
        if (conn.readyState === 'closed' || conn.readyState === 'closing') return
        if (drained()) then()
        else if (inFlight > 0) waiting.add(check)
        else conn.transport.once('ready', () => setImmediate(check))
      }
      check()
    },
  }
}
