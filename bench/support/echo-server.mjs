import { createServer } from 'node:http'
import { Server } from 'socket.io'

/** The baseline of T4 in a process of its own: a bare Socket.IO server that says what it hears. Says its port, ends with its parent. */
const http = createServer()
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
server.on('connection', (socket) => socket.on('echo', (text) => socket.emit('echo', text)))
http.listen(0, '127.0.0.1', () => process.send?.({ port: http.address().port }))
process.on('disconnect', () => process.exit(0))
