import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Problem } from '../contract/problems.ts'
import type { Logger } from '../log.ts'

type More = Pick<Problem, 'faults' | 'refusal'>

/** A refusal on its way to the caller: routes throw it, the one error handler answers it. */
export class ProblemError extends Error {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.detail)
    this.problem = problem
    this.headers = headers
  }

  /** The same problem with response headers, e.g. `Retry-After`. */
  with(headers: Readonly<Record<string, string>>): ProblemError {
    return new ProblemError(this.problem, { ...this.headers, ...headers })
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request took too long',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available',
}

/** `throw problem(404, 'not_found', 'site "acme" does not exist')`. `detail` never holds a secret or a personal field. */
export const problem = (status: number, code: string, detail: string, more: More = {}): ProblemError =>
  new ProblemError({ type: 'about:blank', title: titles[status] ?? 'Error', status, code, detail, ...more })

/** A thing outside the caller's reach is told in these same words as one that does not exist. */
export const notFound = (thing: string, id: string): ProblemError => problem(404, 'not_found', `${thing} "${id.slice(0, 100)}" does not exist`)

/** For doors that have no express response: the body and its media type. */
export const problemBody = (error: ProblemError): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } => ({
  status: error.problem.status,
  headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store', ...error.headers },
  body: JSON.stringify(error.problem),
})

export const sendProblem = (response: Response, error: ProblemError): void => {
  const { status, headers, body } = problemBody(error)
  response.status(status).set(headers).send(body)
}

const statusOf = (error: unknown): number => {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500
  return typeof error.status === 'number' && error.status >= 400 && error.status < 600 ? error.status : 500
}
const limitOf = (error: unknown): number | null => (typeof error === 'object' && error !== null && 'limit' in error && typeof error.limit === 'number' ? error.limit : null)
const typeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string' ? error.type : '')

/** Errors of express's own parsers, in our words; they carry the raw body, which must not travel on. */
const fromParser = (status: number, type: string, limit: number | null): ProblemError => {
  if (type === 'entity.too.large' && limit !== null) return problem(413, 'too_large', `the body is larger than ${limit} bytes, the most that this route accepts`)
  if (type === 'encoding.unsupported') return problem(415, 'encoding_unsupported', 'compressed bodies are not accepted: send the body with Content-Encoding identity')
  if (type === 'charset.unsupported') return problem(415, 'charset_unsupported', 'the body must be UTF-8')
  if (status === 415) return problem(415, 'type_unsupported', 'this route does not accept that media type')
  if (status === 413) return problem(413, 'too_large', 'the body is larger than this route accepts')
  if (status === 404) return problem(404, 'not_found', 'there is nothing at this address')
  return problem(400, 'body_invalid', type === 'request.size.invalid' ? 'the length of the body is not the announced Content-Length' : 'the request could not be read')
}

/** True for "the store cannot be reached now", which is a 503 and not a fault of ours. */
const storeAway = (error: unknown): boolean =>
  error instanceof Error && (/^(RedisUnavailable|ClientOfflineError|ClientClosedError|SocketClosedUnexpectedlyError|SocketTimeoutError|DisconnectsClientError|ConnectionTimeoutError|AbortError|TimeoutError)$/.test(error.constructor.name) || /^(OOM|MISCONF|LOADING|READONLY|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS)\b/.test(error.message) || ('code' in error && error.code === 'ECONNREFUSED'))

export const toProblem = (error: unknown): ProblemError | null => {
  if (error instanceof ProblemError) return error
  if (storeAway(error)) return problem(503, 'store_unavailable', 'Redis cannot be read or written now; try again').with({ 'retry-after': '2' })
  const status = statusOf(error)
  if (status >= 400 && status < 500) return fromParser(status, typeOf(error), limitOf(error))
  if (error instanceof URIError) return problem(400, 'path_invalid', 'the path is not valid percent-encoded UTF-8')
  return null
}

/** The last handler: every refusal and every fault leaves through here as problem+json, without stack or version. */
export const problemHandler = (log: Logger): ErrorRequestHandler => (error: unknown, request, response, next) => {
  const known = toProblem(error)
  if (known === null) log.error({ method: request.method, route: request.route?.path ?? null, reason: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }, 'request failed')
  if (response.headersSent) {
    next(error)
    return
  }
  // A refused body may still be on its way: the connection is not reused after it (B5, B6).
  if (known !== null && [400, 408, 413, 415].includes(known.problem.status) && !request.complete) response.set('connection', 'close')
  sendProblem(response, known ?? problem(500, 'internal', 'the server failed to answer; the fault is in its log'))
}

/** At the end of a router: a declared path under another method is 405 with `Allow`. */
export const methodNotAllowed =
  (allowed: readonly string[]): RequestHandler =>
  (request) => {
    throw problem(405, 'method_not_allowed', `${request.method} is not accepted here; accepted: ${allowed.join(', ')}`).with({ allow: allowed.join(', ') })
  }
