import { lookup as resolveName } from 'node:dns/promises'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { outboundFault, reachOf, type Cidrs } from '../../server/contract/outbound.ts'
import { DAY } from '../../server/domain/time.ts'
import type { StillDue } from './channel.ts'

/** Addresses of a name, asked once; a parameter so that tests can play a name server that changes its mind. */
export type Resolve = (host: string) => Promise<readonly string[]>

export interface OutboundRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly method?: 'GET' | 'POST'
  /** The answer is read too, up to 64 kB; else only its status counts. */
  readonly wantsBody?: boolean
  readonly timeoutMs: number
  readonly allow: Cidrs
  readonly resolve?: Resolve
  /** Asked when the connection stands and nothing has been said over it; false: nothing is. Absent: it is sent in any case. */
  readonly stillDue?: StillDue | undefined
}

export type OutboundAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; readonly body: string }
  /** `sent`: the whole request had left when it failed, so the receiver may have acted on it. */
  | { readonly kind: 'failed'; readonly detail: string; readonly sent: boolean }
  /** Our own rule forbids the address: never worth a retry. */
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'withdrawn'; readonly detail: string }

/** What a receiver says beyond this is not read. */
const ANSWER_BYTES = 65_536
/** The status decides; the rest of a slow answer gets no more than this. */
const DRAIN_MS = 1_000

const systemResolve: Resolve = async (host) => (await resolveName(host, { all: true })).map(({ address }) => address)

const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The address to connect to, resolved once and judged; the connection is pinned to it, so a name cannot change its mind. */
const pinned = async (url: URL, allow: Cidrs, resolve: Resolve): Promise<{ readonly address: string } | { readonly forbidden: string } | { readonly failed: string }> => {
  const host = bareHost(url)
  let addresses: readonly string[]
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host]
  } catch {
    return { failed: `the name ${host} cannot be resolved` }
  }
  const [first] = addresses
  if (first === undefined) return { failed: `the name ${host} has no address` }
  const reaches = addresses.map((address) => reachOf(address, allow))
  // One inward address among public ones is how a rebinding name begins.
  if (reaches.includes('refused')) return { forbidden: `${host} leads to a private or reserved network, which OUTBOUND_ALLOW does not name` }
  if (url.protocol === 'http:' && reaches.some((reach) => reach !== 'allowed')) return { forbidden: `${host} is reached over plain http, which is accepted only inside OUTBOUND_ALLOW` }
  return { address: first }
}

/** Seconds or an HTTP date; null when it says nothing. At most a day: longer means the channel's own schedule. */
export const retryAfterMs = (header: string | null, now: number): number | null => {
  if (header === null) return null
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, DAY) : null
}

/** The text of an answer as far as it came within its size and time. */
const textOf = (response: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('close', () => resolve(Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString()))
  })

const drain = (response: IncomingMessage): void => {
  let bytes = 0
  const stop = setTimeout(() => response.destroy(), DRAIN_MS)
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES) response.destroy()
  })
  response.on('error', () => undefined)
  response.on('close', () => clearTimeout(stop))
}

/** Asks once: no redirects, no proxy, no keep-alive, no decoding, at most `timeoutMs` to the status line. */
export const outboundRequest = async ({ url: text, headers, body, timeoutMs, allow, method = 'POST', wantsBody = false, resolve = systemResolve, stillDue = async () => true }: OutboundRequest): Promise<OutboundAnswer> => {
  const fault = outboundFault(text, allow)
  if (fault !== null) return { kind: 'forbidden', detail: `its address ${fault}` }
  const url = new URL(text)
  const startedAt = performance.now()
  const place = await pinned(url, allow, resolve)
  if ('forbidden' in place) return { kind: 'forbidden', detail: place.forbidden }
  if ('failed' in place) return { kind: 'failed', detail: place.failed, sent: false }
  const { address } = place
  const family = isIP(address)
  const lookup: LookupFunction = (_host, options, done) => (options.all === true ? done(null, [{ address, family }]) : done(null, address, family))
  return new Promise((resolveAnswer) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, { method, agent: false, lookup, headers: { ...headers, ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }), 'accept-encoding': 'identity', connection: 'close' } })
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), Math.max(1, timeoutMs - (performance.now() - startedAt)))
    const answer = (given: OutboundAnswer): void => {
      clearTimeout(timer)
      resolveAnswer(given)
    }
    request.on('response', (response) => {
      const given = { kind: 'answered' as const, status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null }
      const read = wantsBody ? textOf(response) : Promise.resolve('')
      drain(response)
      void read.then((text) => answer({ ...given, body: text }))
    })
    // After an answer this is the end of the drain.
    request.on('error', (error: NodeJS.ErrnoException) => answer({ kind: 'failed', detail: error.code ?? error.message, sent: request.writableFinished }))
    const leave = async (): Promise<void> => {
      const due = await stillDue()
      if (request.destroyed) return
      if (due) return void (method === 'GET' ? request.end() : request.end(body))
      answer({ kind: 'withdrawn', detail: 'no longer so' })
      request.destroy()
    }
    // Nothing is said before the handshake is over: it may take as long as the receiver likes.
    request.on('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => void leave()))
  })
}
