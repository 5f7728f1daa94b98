import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import type { IntakeChannel, RecordType, Scale, TextField } from './incident.ts'

/** What a person logs, after the door: free texts are ids. */
export interface Report {
  readonly ref: string
  readonly draft: boolean
  readonly type: RecordType
  readonly category: string | null
  readonly texts: Readonly<Partial<Record<TextField, TextId>>>
  /** True when the caller withheld the number. */
  readonly callerIdWithheld: boolean
  readonly callerSafe: boolean | null
  readonly channel: IntakeChannel | null
  readonly service: string | null
  readonly impact: Scale
  readonly urgency: Scale
  readonly reportedAt: Instant
  readonly queue: string | null
}

/** Orders to one incident, after the door: free texts are ids. */
export type IncidentCommand =
  | { readonly type: 'acknowledge' }
  | { readonly type: 'unacknowledge'; readonly reason: TextId | null }
  | { readonly type: 'start' }
  | { readonly type: 'note'; readonly text: TextId }
  | { readonly type: 'resolve'; readonly code: string; readonly text: TextId; readonly serviceRestored: boolean }
  | { readonly type: 'set-priority'; readonly impact: Scale; readonly urgency: Scale }
  | { readonly type: 'set-priority'; readonly priority: 'P1' | 'P2' | 'P3' | 'P4'; readonly reason: TextId }
  | { readonly type: 'escalate'; readonly level: number; readonly reason: TextId }

export type CommandType = IncidentCommand['type']

/** A command that cannot be carried out now. */
export interface Refused {
  readonly code: string
  /** Names the thing and says what would be accepted. */
  readonly detail: string
}
