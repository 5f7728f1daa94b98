import type { Request } from 'express'
import type { InputFault } from '../contract/incidents.ts'
import type { Credential } from '../contract/roles.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Caller } from './handle-command.ts'
import type { CommandResult } from './remembered.ts'

/** What the routes of incidents read of a request, and how they refuse it. */

/** A key without a person acts under its own id. */
export const callerOf = ({ id, person, role, area }: Credential): Caller => ({ credentialId: id, person: person ?? { id, name: id }, role, area: area ?? null })

export const inputProblem = (faults: readonly InputFault[]) => problem(422, 'fields_invalid', faults.map(({ path, detail }) => `${path === '' ? 'the body' : path} ${detail}`).join('; '), { faults })

/** Idempotency-Key of the request; a key that no client would make is refused rather than ignored. */
export const keyOf = (request: Request): string | undefined => {
  const key = request.get('idempotency-key')
  if (key === undefined) return undefined
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw problem(400, 'idempotency_key_invalid', 'Idempotency-Key must be 1 to 200 printable ASCII characters without spaces')
  return key
}

export const bodyOf = (request: Request): object => {
  if (typeof request.body !== 'object' || request.body === null || Array.isArray(request.body)) throw problem(400, 'body_invalid', 'the body must be a JSON object')
  return request.body
}

/** A command that was not carried out, as an answer. */
export const refusalProblem = (result: Exclude<CommandResult, { kind: 'done' }>, ref: string) => {
  if (result.kind === 'unknown-incident') return notFound('incident', ref)
  if (result.kind === 'key-reused') return problem(409, 'idempotency_key_reused', 'this Idempotency-Key was used for another request within the last 24 hours')
  return problem(409, result.refusal.code, result.refusal.detail, { refusal: result.refusal })
}
