import type { Socket } from 'socket.io'
import type { Line } from './rooms.ts'

/**
 * The way to one viewer past Socket.IO's own encoding: a frame is made once for a room and handed to each connection as it is
 * (PERFORMANCE 2c, "fast lane"). Where the transport cannot take a pre-built frame Engine.IO encodes the packet itself.
 */
export const lineOf = (socket: Socket): Line => {
  const { conn } = socket
  const drained = (): boolean => conn.readyState === 'open' && conn.transport.writable && Reflect.get(conn, 'writeBuffer').length === 0
  return {
    drained,
    write: ({ packet, bytes }) => {
      if (conn.readyState !== 'open') return
      conn.write(packet, { compress: false, wsPreEncodedFrame: [bytes] } as Parameters<typeof conn.write>[1])
    },
    whenDrained: (then) => {
      // 'ready' follows each write that the kernel has taken.
      const check = () => {
        if (conn.readyState === 'closed' || conn.readyState === 'closing') return
        if (drained()) then()
        else conn.transport.once('ready', () => setImmediate(check))
      }
      check()
    },
  }
}
