import type { Problem } from '../../server/contract/problems.ts'

/** A refused or failed request. `problem` is null when the server could not be reached or did not answer in problem+json. */
export class RequestFailed extends Error {
  readonly status: number | null
  readonly problem: Problem | null

  constructor(status: number | null, problem: Problem | null) {
    super(problem?.detail ?? (status === null ? 'the server cannot be reached' : `the server answered ${status}`))
    this.status = status
    this.problem = problem
  }
}

/** Why a request was refused or failed, to be told; anything else that was thrown is a fault and goes on. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof RequestFailed)) throw error
  return error.message
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
interface Asked {
  readonly method?: Method
  readonly body?: unknown
  /** Instead of `body`: a file as it is. */
  readonly text?: { readonly type: string; readonly content: string }
  readonly idempotencyKey?: string
  /** The version that the change was made on; another one is refused with 412. */
  readonly ifMatch?: string
  readonly signal?: AbortSignal
}

/** Told with the session; a foreign page cannot put it into a header, so every change carries it. */
let csrfToken: string | null = null
export const useCsrfToken = (token: string | null): void => { csrfToken = token }
export const csrfHeader = (): Readonly<Record<string, string>> => (csrfToken === null ? {} : { 'x-csrf-token': csrfToken })

const headersOf = ({ body, text, idempotencyKey, ifMatch, method = 'GET' }: Asked): Record<string, string> => ({
  accept: 'application/json',
  ...(text !== undefined ? { 'content-type': text.type } : body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  ...(method === 'GET' ? {} : csrfHeader()),
})

const reached = async (path: string, asked: Asked): Promise<Response> => {
  try {
    const { method = 'GET', body, text, signal = null } = asked
    return await fetch(`/api/v1${path}`, { method, headers: headersOf(asked), body: text !== undefined ? text.content : body === undefined ? null : JSON.stringify(body), credentials: 'same-origin', signal })
  } catch {
    throw new RequestFailed(null, null)
  }
}

const json = async (response: Response): Promise<unknown> => response.json().catch(() => null)
const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null && 'code' in value && 'detail' in value

/** One request under `/api/v1`. `read` turns the untrusted body, and its ETag, into what the caller needs. Rejects with RequestFailed. */
export const request = async <T>(path: string, read: (body: unknown, etag: string | null) => T, asked: Asked = {}): Promise<T> => {
  const response = await reached(path, asked)
  const body = response.status === 204 ? null : await json(response)
  if (!response.ok) throw new RequestFailed(response.status, isProblem(body) ? body : null)
  return read(body, response.headers.get('etag'))
}

export const nothing = (): void => undefined
