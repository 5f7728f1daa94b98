import type { Problem, Refusal } from '../../server/contract/problems.ts'
import type { Incident } from '../../server/contract/rows.ts'
import { csrfHeader } from '../http/api.ts'
import type { CommandAnswer, CommandBody } from './feed.ts'
import { apiHeaders, type FetchOptions } from './api-headers.ts'

const refusalOf = (status: number, problem: Partial<Problem>): Refusal =>
  problem.refusal ?? { code: problem.code ?? `http_${status}`, detail: problem.detail ?? `the server answered ${status}`, state: null, revision: null, allowed: [] }

/** A command by HTTP, when no socket is open. Rejects when the server cannot be reached. */
export const postCommand = async ({ fetch, origin, token }: FetchOptions, site: string, ref: string, body: CommandBody, idempotencyKey: string): Promise<CommandAnswer> => {
  const answer = await fetch(`${origin}/api/v1/sites/${encodeURIComponent(site)}/incidents/${encodeURIComponent(ref)}/commands`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { ...apiHeaders(token), 'content-type': 'application/json', 'idempotency-key': idempotencyKey, ...csrfHeader() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
  const parsed = (await answer.json().catch(() => ({}))) as unknown
  if (answer.ok) return { ok: true, incident: parsed as Incident }
  if (answer.status >= 500) throw new Error(`the server answered ${answer.status}`)
  return { ok: false, refusal: refusalOf(answer.status, parsed as Partial<Problem>) }
}
