/** Viewers on bare TCP in a process of their own, so that the server's CPU is the server's: shake hands, say what they are told, count bytes. */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const frameOf = (text) => {
  const payload = Buffer.from(text)
  const mask = randomBytes(4)
  const length = payload.length < 126 ? Buffer.of(0x80 | payload.length) : Buffer.of(0x80 | 126, payload.length >> 8, payload.length & 255)
  return Buffer.concat([Buffer.of(0x81), length, mask, payload.map((byte, i) => byte ^ mask[i & 3])])
}

const open = ({ port, path, say, ready }) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    let next = 0
    const step = (data) => {
      heard += data.toString('latin1')
      if (!heard.includes(ready[next])) return
      if (next < say.length) socket.write(frameOf(say[next]))
      next += 1
      heard = ''
      if (next < ready.length) return
      socket.off('data', step)
      socket.on('data', (bytes) => {
        process.viewed += bytes.length
        // An Engine.IO ping is answered, or the server closes the connection.
        if (bytes.length === 3 && bytes[2] === 0x32) socket.write(frameOf('3'))
      })
      resolve(socket)
    }
    socket.on('data', step)
    socket.once('error', reject)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`)
  })

process.viewed = 0
process.on('message', async (order) => {
  if (order.open) {
    for (const one of order.open) await open(one)
    process.send({ opened: order.open.length })
  }
  if (order.count) process.send({ bytes: process.viewed })
})
