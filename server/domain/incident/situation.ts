import type { Directory } from '../escalation/directory.ts'
import type { Instant } from '../time.ts'
import type { Refused } from './commands.ts'
import type { IncidentEvent } from './events.ts'
import type { Actor } from './incident.ts'
import type { Rules } from './rules.ts'

/** All that a decision may know besides the incident; gathered before, so that deciding stays pure. */
export interface Situation {
  /** Redis TIME when the incident was read. */
  readonly now: Instant
  /** Redis TIME when the server first had the command: clocks stop then, however long it took to commit. */
  readonly receivedAt: Instant
  readonly actor: Actor
  readonly rules: Rules
  readonly directory: Directory
}

export type Decision = { readonly events: readonly IncidentEvent[] } | { readonly refused: Refused }

export const refuse = (code: string, detail: string, more: Pick<Refused, 'missing'> = {}): Decision => ({ refused: { code, detail, ...more } })
