import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Admission } from './admission.ts'
import { problem, problemBody, type ProblemError } from './problem.ts'

/** Takes a request before express does; true when it has taken it. */
export type FrontHandler = (request: IncomingMessage, response: ServerResponse) => boolean

export interface HttpServer {
  readonly server: Server
  listen(port: number, host: string): Promise<void>
  /** Refuses new connections at once and waits for running answers up to `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>
}

/** A whole body must arrive within this; imports have no such end, only silence ends them. */
const bodyWithinMs = 15_000
const silenceMs = 15_000
const headersWithinMs = 10_000
const maxHeaderSize = 8_192
const connectionsPerAddress = 1_000

const pathOf = (url = '/'): string => {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
const mayTakeLong = (path: string): boolean => /^\/api\/v1\/sites\/[^/]+\/imports$/.test(path)

/** Of answers that never reach express, which sets them everywhere else. */
const guardHeaders = { 'content-security-policy': "default-src 'none';frame-ancestors 'none'", 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin' }

const refuse = (request: IncomingMessage, response: ServerResponse, error: ProblemError): void => {
  const { status, headers, body } = problemBody(error)
  // The rest of the body is not read: the connection cannot be used again.
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), ...guardHeaders, connection: 'close' })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** One byte now and then must not hold a connection: a total time for the body, or for imports a time of silence. Most bodies came with their headers and need no watch. */
const watchBody = (request: IncomingMessage, response: ServerResponse, path: string): void => {
  if (request.complete || request.destroyed) return
  const late = () => {
    if (request.complete) return
    if (!response.headersSent) refuse(request, response, problem(408, 'body_slow', 'the body did not arrive in time'))
    setTimeout(() => request.socket.destroy(), 100).unref()
  }
  if (mayTakeLong(path)) {
    request.socket.setTimeout(silenceMs, late)
    response.once('close', () => request.socket.setTimeout(0, late))
    return
  }
  const timer = setTimeout(late, bodyWithinMs)
  timer.unref()
  request.once('end', () => clearTimeout(timer))
  request.once('close', () => clearTimeout(timer))
}

const encodingFault = (request: IncomingMessage): ProblemError | null => {
  const encoding = request.headers['content-encoding']
  return encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity' ? null : problem(415, 'encoding_unsupported', 'compressed bodies are not accepted: send the body with Content-Encoding identity')
}

/** A body where none has a meaning is a smuggler's tool (RELIABILITY B35). */
const bodyFault = ({ method, headers }: IncomingMessage): ProblemError | null => {
  if (method !== 'GET' && method !== 'HEAD') return null
  const announced = headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0')
  return announced ? problem(400, 'body_unexpected', `${method} takes no body`) : null
}

/** What node's parser refuses before a request exists. */
const answerBroken = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const known = error.code === 'HPE_HEADER_OVERFLOW' ? problem(431, 'headers_too_large', `headers may have at most ${maxHeaderSize} bytes`) : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? problem(408, 'headers_slow', 'the request did not arrive in time') : problem(400, 'request_invalid', 'this is not a valid HTTP/1.1 request')
  const { status, headers, body } = problemBody(known)
  const lines = [`HTTP/1.1 ${status} ${known.problem.title}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

export interface HttpServerOptions {
  readonly admission: Admission
  /** In order; the first that takes a request has it. */
  readonly front: readonly FrontHandler[]
  readonly app: RequestListener
  readonly tls: { readonly cert: string; readonly key: string } | null
}

export const openHttpServer = ({ admission, front, app, tls }: HttpServerOptions): HttpServer => {
  const listener: RequestListener = (request, response) => {
    const path = pathOf(request.url)
    const refusal = admission.check({ headers: request.headers, httpVersion: request.httpVersion, path }) ?? encodingFault(request) ?? bodyFault(request)
    if (refusal !== null) return refuse(request, response, refusal)
    // By the next tick the parser has seen all that arrived together.
    if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) process.nextTick(watchBody, request, response, path)
    if (front.some((handler) => handler(request, response))) return
    app(request, response)
  }
  // requestTimeout would also end long imports; watchBody keeps that time here.
  const options = { headersTimeout: headersWithinMs, requestTimeout: 0, keepAliveTimeout: 5_000, connectionsCheckingInterval: 2_000, maxHeaderSize }
  const server = tls === null ? createServer(options, listener) : createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2' }, listener)
  server.on('clientError', answerBroken)

  const perAddress = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    // This machine and the proxies in front speak for many people.
    if (address === '' || admission.speaksForMany(address)) return
    const count = (perAddress.get(address) ?? 0) + 1
    if (count > connectionsPerAddress) return void socket.destroy()
    perAddress.set(address, count)
    socket.once('close', () => {
      const left = (perAddress.get(address) ?? 1) - 1
      if (left === 0) perAddress.delete(address)
      else perAddress.set(address, left)
    })
  })

  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve()
        })
      }),
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
