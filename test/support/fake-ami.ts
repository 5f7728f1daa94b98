import { createServer, type Server, type Socket } from 'node:net'

/** A manager interface that speaks the recorded wire: logs in, answers QueueStatus and pings, plays frames, cuts, falls silent. */
export interface FakeAmi {
  readonly port: () => number
  /** Frames that answer the next QueueStatus, without its Response and end. */
  status: readonly string[]
  /** Seconds since the telephone system started, told at login. */
  uptime: number
  readonly play: (frames: readonly string[]) => void
  readonly cut: () => void
  /** Neither answers nor closes. */
  silent: boolean
  readonly logins: () => number
  readonly actions: () => readonly string[]
  readonly close: () => Promise<void>
}

const fieldsOf = (frame: string): ReadonlyMap<string, string> => new Map(frame.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))

export const fakeAmi = async (secret: string): Promise<FakeAmi> => {
  const sockets = new Set<Socket>()
  const actions: string[] = []
  let logins = 0
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    socket.write('Asterisk Call Manager/13.0.0\r\n')
    let rest = ''
    let known = false
    socket.on('data', (bytes) => {
      const parts = (rest + bytes.toString()).split('\r\n\r\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const fields = fieldsOf(part)
        const action = fields.get('Action') ?? ''
        const id = fields.get('ActionID') ?? ''
        actions.push(action)
        if (fake.silent) continue
        const say = (text: string) => socket.write(`${text}\r\n\r\n`)
        if (action === 'Login') {
          known = fields.get('Secret') === secret
          if (!known) {
            say(`Response: Error\r\nActionID: ${id}\r\nMessage: Authentication failed`)
            socket.end()
            continue
          }
          logins += 1
          say(`Response: Success\r\nActionID: ${id}\r\nMessage: Authentication accepted`)
          say(`Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: ${fake.uptime}\r\nLastReload: 8\r\nStatus: Fully Booted`)
        } else if (!known) say(`Response: Error\r\nActionID: ${id}\r\nMessage: Permission denied`)
        else if (action === 'QueueStatus') {
          say(`Response: Success\r\nActionID: ${id}\r\nEventList: start\r\nMessage: Queue status will follow`)
          for (const frame of fake.status) say(`${frame}\r\nActionID: ${id}`)
          say(`Event: QueueStatusComplete\r\nActionID: ${id}\r\nEventList: Complete\r\nListItems: ${fake.status.length}`)
        } else if (action === 'Ping') say(`Response: Success\r\nActionID: ${id}\r\nPing: Pong\r\nTimestamp: ${Date.now() / 1_000}`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: FakeAmi = {
    port: () => {
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    },
    status: [],
    uptime: 3_600,
    silent: false,
    play: (frames) => {
      for (const socket of sockets) for (const frame of frames) socket.write(`${frame}\r\n\r\n`)
    },
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    logins: () => logins,
    actions: () => actions,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return fake
}
