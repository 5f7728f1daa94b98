import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IngestAnswer } from '../contract/events.ts'
import type { Credential } from '../contract/roles.ts'
import { problem, problemBody, type ProblemError, toProblem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import { asUnavailable, RedisUnavailable } from '../redis/unavailable.ts'
import type { Arrivals } from './arrivals.ts'
import { openPace, type Pace } from './pace.ts'
import type { Pipeline } from './pipeline.ts'
import { MOST_BYTES, readItems } from './read-items.ts'
import { takeBody } from './take-body.ts'

/** Answers requests that bring events, on node's own request and response: in front of Express and behind it alike. */
export interface Ingest {
  /** The caller is entitled already. Never rejects. */
  readonly answer: (request: IncomingMessage, response: ServerResponse, call: IngestCall) => Promise<void>
}

export interface IngestCall {
  readonly site: string
  readonly credential: Credential
  /** What to do with the body; default: canonical events. */
  readonly take?: TakeBody
  /** Default: what an entitled sender may send. */
  readonly mostBytes?: number
}

export type TakeBody = (bytes: Buffer, request: IncomingMessage, call: IngestCall) => Promise<IngestAnswer>

export interface IngestDeps {
  readonly pipeline: Pipeline
  readonly arrivals: Arrivals
  readonly now: () => number
  readonly log: Logger
  readonly pace?: Pace
}

/** The store is away or full: nothing was lost, the sender keeps the events and sends them again. */
const unavailable = (error: RedisUnavailable): ProblemError =>
  (error.reason === 'memory' ? problem(503, 'store_full', 'Redis is full: nothing was stored, try again later') : problem(503, 'store_unavailable', 'Redis cannot be written now: the outcome is unknown, send the same events again')).with({ 'retry-after': '2' })

export const problemOf = (error: unknown): ProblemError | null => {
  const known = asUnavailable(error)
  return known instanceof RedisUnavailable ? unavailable(known) : toProblem(error)
}

export const sendJson = (response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

export const sendRefusal = (request: IncomingMessage, response: ServerResponse, error: ProblemError): void => {
  const { status, headers, body } = problemBody(error)
  // A refused body may still be on its way: the connection is not used again.
  sendJson(response, status, body, request.complete ? headers : { ...headers, connection: 'close' })
}

export const openIngest = ({ pipeline, arrivals, now, log, pace = openPace() }: IngestDeps): Ingest => {
  const events: TakeBody = async (bytes, request, { site, credential }) => {
    const read = readItems(bytes, request.headers, now())
    if (!read.ok) throw problem(read.status, read.code, read.detail)
    const items = read.untimed.size === 0 ? read.items : await arrivals.stamp(site, read.items, read.untimed)
    return pipeline.acceptEvents(site, items, { credentialId: credential.id })
  }

  const told = (site: string, credential: Credential, answer: IngestAnswer) => {
    if (answer.rejected.length === 0) return
    const codes: Record<string, number> = {}
    for (const { code } of answer.rejected) codes[code] = (codes[code] ?? 0) + 1
    log[codes['id_conflict'] === undefined && codes['too_many'] === undefined ? 'info' : 'warn']({ site, credential: credential.id, accepted: answer.accepted, rejected: codes }, 'events rejected')
  }

  const serve = async (request: IncomingMessage, call: IngestCall): Promise<IngestAnswer> => {
    const wait = pace.refuses(call.credential.id, now())
    if (wait !== null) throw problem(429, 'too_fast', 'the log is behind; send at most 50 requests a second and batch events').with({ 'retry-after': String(wait) })
    const bytes = await takeBody(request, call.mostBytes ?? MOST_BYTES)
    const began = performance.now()
    pace.begin(bytes.length)
    try {
      return await (call.take ?? events)(bytes, request, call)
    } finally {
      pace.end(bytes.length, performance.now() - began)
    }
  }

  return {
    answer: async (request, response, call) => {
      try {
        const answer = await serve(request, call)
        told(call.site, call.credential, answer)
        sendJson(response, 202, JSON.stringify(answer))
      } catch (error) {
        const known = problemOf(error)
        if (known === null) log.error({ site: call.site, reason: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }, 'ingest failed')
        sendRefusal(request, response, known ?? problem(500, 'internal', 'the server failed to answer; the fault is in its log'))
      }
    },
  }
}
