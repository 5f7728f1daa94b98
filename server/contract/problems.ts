/** RFC 9457 problem document, the body of every error answer (`application/problem+json`). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** Names the thing and its id, and what would be accepted. Never a secret or a personal field. */
  readonly detail: string
  /** Stable machine code, e.g. `body_invalid`. */
  readonly code: string
  readonly faults?: readonly { readonly path: string; readonly code: string; readonly detail: string }[]
  readonly refusal?: Refusal
}

/** A command that cannot be carried out now; a value, not an exception. */
export interface Refusal {
  readonly code: string
  readonly detail: string
  readonly state: string | null
  readonly revision: string | null
  /** Commands that would be accepted in this state. */
  readonly allowed: readonly string[]
  /** Fields without which it cannot be carried out: all of them at once. */
  readonly missing?: readonly string[]
}
