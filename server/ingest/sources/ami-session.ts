import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { openAmiFrames, type AmiFrame } from './ami-frames.ts'

/** One connection to a manager interface, from the first byte to the last: login, ping, silence. */

export interface AmiAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string
  readonly secret: string
}

export interface AmiSessionEvents {
  readonly frame: (frame: AmiFrame) => void
  /** Logged in: frames of the floor follow. */
  readonly up: () => void
  /** Called once. `detail`: words for people, never a secret. */
  readonly down: (detail: string) => void
}

export interface AmiSession {
  readonly close: () => void
  /** Stops reading while those behind catch up. */
  readonly hold: (on: boolean) => void
  readonly heardAt: () => number
}

/** The source's own beat: a ping, and by its answer the knowledge that quiet is only quiet (METRICS section 9). */
export const PING_MS = 5_000
const LOGIN_WITHIN_MS = 10_000
/** Beats without a byte after which the connection is taken for cut. */
const SILENT_BEATS = 2

/** Values must not carry a line end into the protocol. */
const plain = (text: string): string => text.replace(/[\r\n\0]/g, '')
const action = (fields: Readonly<Record<string, string>>): string => `${Object.entries(fields).map(([key, value]) => `${key}: ${plain(value)}`).join('\r\n')}\r\n\r\n`

const wordsFor = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ECONNREFUSED') return 'connection refused'
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'host not found'
  if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH') return 'host not reachable'
  if (error.code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(error.code)) return `TLS refused (${error.code})`
  return 'connection lost'
}

export const openAmiSession = (address: AmiAddress, events: AmiSessionEvents, { now, pingMs }: { readonly now: () => number; readonly pingMs: number }): AmiSession => {
  const { host, port, tls, username, secret } = address
  const socket: Socket = tls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port })
  const frames = openAmiFrames()
  let state: 'connecting' | 'login' | 'up' | 'down' = 'connecting'
  let heardAt = now()
  let held = false
  let statusAsked = false
  let statusTimer: NodeJS.Timeout | undefined
  const timers: NodeJS.Timeout[] = []

  const down = (detail: string) => {
    if (state === 'down') return
    state = 'down'
    for (const timer of timers) clearInterval(timer)
    clearTimeout(statusTimer)
    socket.destroy()
    events.down(detail)
  }
  const send = (fields: Readonly<Record<string, string>>) => {
    if (state !== 'down' && socket.writable) socket.write(action(fields))
  }
  const askStatus = () => {
    clearTimeout(statusTimer)
    statusAsked = true
    send({ Action: 'QueueStatus', ActionID: `fw-status-${now()}` })
  }

  const login = (frame: AmiFrame) => {
    if (frame.get('Response').toLowerCase() !== 'success') return down('login refused')
    state = 'up'
    timers.push(setInterval(() => (!held && now() - heardAt > SILENT_BEATS * pingMs ? down('no answer to pings') : send({ Action: 'Ping', ActionID: 'fw-ping' })), pingMs))
    // A system that is still starting has no queues yet: it says FullyBooted first, at once or when it is ready.
    statusTimer = setTimeout(askStatus, 300)
    events.up()
  }
  const take = (frame: AmiFrame) => {
    if (state === 'login') {
      if (frame.get('Response') !== '') login(frame)
      return
    }
    events.frame(frame)
    if (frame.get('Event') === 'FullyBooted' || (frame.get('Event') === 'Reload' && statusAsked)) askStatus()
    if (frame.get('Event') === 'Shutdown') down('the telephone system is shutting down')
  }

  socket.setNoDelay(true)
  socket.setKeepAlive(true, 10_000)
  timers.push(setTimeout(() => (state === 'up' ? undefined : down('no answer to the login')), LOGIN_WITHIN_MS))
  socket.on(tls ? 'secureConnect' : 'connect', () => {
    state = 'login'
    send({ Action: 'Login', Username: username, Secret: secret, Events: 'call,agent,system', ActionID: 'fw-login' })
  })
  socket.on('data', (bytes) => {
    heardAt = now()
    for (const frame of frames.push(bytes)) if (state !== 'down') take(frame)
  })
  socket.on('error', (error) => down(wordsFor(error)))
  socket.on('close', () => down(state === 'login' ? 'closed during the login' : 'connection lost'))

  return {
    close: () => {
      state = 'down'
      for (const timer of timers) clearInterval(timer)
      clearTimeout(statusTimer)
      if (socket.writable) socket.end(action({ Action: 'Logoff' }))
      socket.destroySoon()
    },
    hold: (on) => {
      // What we do not read is no silence of the other side.
      if (held && !on) heardAt = now()
      held = on
      if (on) socket.pause()
      else socket.resume()
    },
    heardAt: () => heardAt,
  }
}
