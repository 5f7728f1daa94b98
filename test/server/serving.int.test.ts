import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { readConfig } from '../../server/config.ts'
import { serve } from '../../server/serve.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

describe('a server whose Redis is away', () => {
  it('has its port open, says that it lives and that it is not ready, and stops all the same', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    holder.close()
    const dataDir = await mkdtemp(join(tmpdir(), 'floorwatch-alone-'))
    const answer = readConfig({ DATA_DIR: dataDir, REDIS_URL: `redis://127.0.0.1:${port}` })
    if (!answer.ok) throw new Error('config')
    const serving = await serve({ config: answer.config, log: recordingLog(), port: 0 })
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${serving.port}${path}`)).status
    expect([await status('/healthz'), await status('/readyz'), await status('/api/v1/sites'), await status('/api/nothing')]).toEqual([200, 503, 503, 404])
    await serving.close()
    await expect(status('/healthz')).rejects.toThrow()
    await rm(dataDir, { recursive: true })
  })
})

describe('a running server', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await runServer()
    await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
  })
  afterAll(() => server.close())

  const connected = async (options: object): Promise<Socket> => {
    const socket = io(server.url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject))
    return socket
  }
  const closed = (socket: Socket) => new Promise<number>((resolve) => socket.once('disconnect', () => resolve(Date.now())))

  it('closes the sockets of a revoked key, and lets them not come back', async () => {
    const { id, token } = (await server.admin('POST', '/api/v1/keys', { site: 'acme', role: 'supervisor' })).body
    const socket = await connected({ auth: { token } })
    const gone = closed(socket)
    await server.admin('DELETE', `/api/v1/keys/${id}`)
    await gone
    await expect(connected({ auth: { token } })).rejects.toThrow('unauthorized')
  })

  it('closes the sockets of a session at sign-out and of an account that is disabled, in every process', async () => {
    const other = await runServer({ prefix: server.prefix, env: { SESSION_SECRET: server.config.sessionSecret, DATA_KEY: server.config.dataKey.toString('base64') } })
    const { id, password } = (await server.admin('POST', '/api/v1/users', { username: 'sam', role: 'supervisor' })).body
    const signIn = async () => {
      const answer = await server.ask('POST', '/api/v1/session', { body: { name: 'sam', password } })
      return { cookie: answer.headers.getSetCookie().map((text) => text.split(';')[0]).join('; '), csrfToken: String(answer.body.csrfToken) }
    }
    const [first, second] = [await signIn(), await signIn()]
    const extraHeaders = (cookie: string) => ({ extraHeaders: { cookie, origin: server.url } })
    const socket = await connected(extraHeaders(first.cookie))
    const goneAtSignOut = closed(socket)
    expect((await server.ask('DELETE', '/api/v1/session', { headers: { cookie: first.cookie, origin: server.url, 'x-csrf-token': first.csrfToken } })).status).toBe(204)
    await goneAtSignOut

    const there = io(other.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie: second.cookie, origin: other.url } })
    await new Promise<void>((resolve, reject) => there.once('connect', resolve).once('connect_error', reject))
    const goneWithAccount = closed(there)
    await server.admin('PUT', `/api/v1/users/${id}`, { disabled: true })
    await goneWithAccount
    await other.stop()
  })

  it('takes no socket without a credential, from a foreign page, or with a cookie and no Origin', async () => {
    await expect(connected({})).rejects.toThrow()
    await expect(connected({ extraHeaders: { origin: 'http://good.example.evil.tld' } })).rejects.toThrow()
    await expect(connected({ auth: { token: 'fwk_wrong' } })).rejects.toThrow('unauthorized')
  })
})
