import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { Server, type Socket } from 'socket.io'
import { applyChanges, tableStateOf } from '../../server/contract/changes.ts'
import { tablesOfView, type Tables, type WatchRequest } from '../../server/contract/messages.ts'
import { listen } from './listen.ts'

/** A server for the built client that speaks CONTRACT section 6 over real Socket.IO and answers what the test tells it to. */
export interface ClientServer {
  readonly url: string
  /** Rows of a view from now on; everyone who watches gets them as one frame. */
  put(view: string, put: Tables, gone?: Readonly<Record<string, readonly string[]>>): void
  answer(method: string, path: string, status: number, body: unknown): void
  /** Bodies of the requests and commands that changed something, oldest first. */
  readonly received: readonly { readonly what: string; readonly body: Readonly<Record<string, unknown>> }[]
  onCommand(handler: (body: Readonly<Record<string, unknown>>) => unknown): void
  /** Ends all sockets and refuses new ones until `restore`. */
  cut(): void
  restore(): void
  setReady(ready: boolean, failing?: readonly string[]): void
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'"

const bodyOf = async (request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

export const startClientServer = async ({ clientDir, now = Date.now }: { readonly clientDir: string; readonly now?: () => number }): Promise<ClientServer> => {
  const views = new Map<string, ReturnType<typeof tableStateOf>>()
  const answers = new Map<string, { readonly status: number; readonly body: unknown }>()
  const received: { what: string; body: Readonly<Record<string, unknown>> }[] = []
  let commandHandler: (body: Readonly<Record<string, unknown>>) => unknown = () => ({ ok: false, refusal: { code: 'test', detail: 'no handler', state: null, revision: null, allowed: [] } })
  let open = true
  const revision = 0
  let health: { ready: boolean; failing: readonly string[] } = { ready: true, failing: [] }

  const serveFile = async (path: string, response: ServerResponse) => {
    const asset = path.startsWith('/assets/') || path === '/favicon.svg'
    const file = asset ? join(clientDir, normalize(path)) : join(clientDir, 'index.html')
    const content = await readFile(file).catch(() => null)
    if (content === null) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': csp }).end(content)
  }
  const json = (response: ServerResponse, status: number, body: unknown) =>
    void response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' }).end(status === 204 ? undefined : JSON.stringify(body))

  const http = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://test')
    if (pathname === '/readyz') return json(response, health.ready ? 200 : 503, { ready: health.ready, checks: Object.fromEntries(health.failing.map((name) => [name, { ok: false }])) })
    if (!pathname.startsWith('/api/')) return serveFile(pathname, response)
    if (!open) return void request.socket.destroy()
    const key = `${request.method} ${pathname}`
    if (request.method !== 'GET') received.push({ what: key, body: await bodyOf(request) })
    const known = answers.get(key)
    json(response, known?.status ?? 404, known?.body ?? { type: 'about:blank', title: 'Not found', status: 404, code: 'not_found', detail: `nothing at ${pathname}` })
  })

  const io = new Server(http, { transports: ['websocket'], allowRequest: (_request, callback) => callback(null, open) })
  io.on('connection', (socket: Socket) => {
    socket.on('watch', ({ site, view }: WatchRequest, reply: (answer: unknown) => void) => {
      const tables = tablesOfView(view)
      if (site !== 'leeds' || tables === null) return reply({ ok: false, refusal: { code: 'not_found', detail: `view "${view}" does not exist`, state: null, revision: null, allowed: [] } })
      void socket.join(view)
      const state = views.get(view)
      reply({ ok: true, revision: `t.${revision}`, asOf: new Date(now()).toISOString(), snapshot: Object.fromEntries(tables.map((table) => [table, [...(state?.[table]?.values() ?? [])]])) })
    })
    socket.on('unwatch', ({ view }: WatchRequest) => void socket.leave(view))
    socket.on('at', (_body: unknown, reply: (answer: unknown) => void) => reply({ now: new Date(now()).toISOString() }))
    socket.on('command', (body: Readonly<Record<string, unknown>>, reply: (answer: unknown) => void) => {
      received.push({ what: 'command', body })
      reply(commandHandler(body))
    })
  })
  const port = await listen(http)

  return {
    url: `http://127.0.0.1:${port}`,
    received,
    put: (view, put, gone = {}) => {
      const from = `t.${revision}`
      const before = views.get(view) ?? tableStateOf(Object.fromEntries((tablesOfView(view) ?? []).map((table) => [table, []])))
      views.set(view, applyChanges(before, { put, gone }))
      io.to(view).emit('changes', { site: 'leeds', asOf: new Date(now()).toISOString(), views: [{ view, from, to: from, put, gone }] })
    },
    answer: (method, path, status, body) => void answers.set(`${method} ${path}`, { status, body }),
    onCommand: (handler) => { commandHandler = handler },
    cut: () => {
      open = false
      io.disconnectSockets(true)
    },
    restore: () => { open = true },
    setReady: (ready, failing = []) => { health = { ready, failing } },
    close: async () => {
      await io.close()
      http.closeAllConnections()
    },
  }
}
