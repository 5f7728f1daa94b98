import { createHash } from 'node:crypto'
import type { Refusal } from '../contract/problems.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Instant } from '../domain/time.ts'
import type { Revision } from '../redis/epoch.ts'
import type { IncidentChange } from '../redis/incident-log.ts'

export type CommandResult =
  | { readonly kind: 'done'; readonly record: IncidentRecord; readonly asOf: Instant; readonly revision: Revision | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unknown-incident' }
  /** The key was used for another request within 24 h. */
  | { readonly kind: 'key-reused' }

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

export interface Remembered {
  readonly body: string
  readonly at: Instant
  readonly record: IncidentRecord | null
  readonly refusal: Refusal | null
}

/** What was answered under a key before; null: nothing. */
export const known = (text: string | null, bodyHash: string): CommandResult | null => {
  if (text === null) return null
  const remembered = JSON.parse(text) as Remembered
  if (remembered.body !== bodyHash) return { kind: 'key-reused' }
  if (remembered.refusal !== null) return { kind: 'refused', refusal: remembered.refusal }
  return remembered.record === null ? null : { kind: 'done', record: remembered.record, asOf: remembered.at, revision: null }
}

/** What a request sent again under its key is answered with. */
export const remembering = (hash: string | undefined, body: string, record: IncidentRecord, at: Instant): Pick<IncidentChange, 'remember'> =>
  hash === undefined ? {} : { remember: { hash, value: JSON.stringify({ body, at, record, refusal: null } satisfies Remembered) } }
