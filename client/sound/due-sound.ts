import type { Incident } from '../../server/contract/rows.ts'
import type { Priority } from '../../server/domain/incident/incident.ts'

export type Alarm = Pick<Incident, 'ref' | 'priority'>

/** What this screen has sounded so far. */
export interface Sounded {
  readonly refs: ReadonlySet<string>
  /** Epoch ms of the last sound. */
  readonly at: number
}
export const silence: Sounded = { refs: new Set(), at: Number.NEGATIVE_INFINITY }

/** P1 again every 15 s until somebody takes it, P2 every minute, P3 once when it comes, P4 never. */
const repeatMs: Readonly<Record<Priority, number>> = { P1: 15_000, P2: 60_000, P3: Number.POSITIVE_INFINITY, P4: Number.POSITIVE_INFINITY }
/** A pattern is heard to its end before the next begins. */
const APART_MS = 4_000
const audible = ['P1', 'P2', 'P3'] as const

/** Of all that waits for somebody only the most urgent is heard: in a flood there is one sound. */
export const dueSound = (waiting: readonly Alarm[], sounded: Sounded, now: number): Alarm | null => {
  const loudest = audible.find((priority) => waiting.some((alarm) => alarm.priority === priority))
  if (loudest === undefined || now - sounded.at < APART_MS) return null
  const ours = waiting.filter(({ priority }) => priority === loudest)
  const fresh = ours.find(({ ref }) => !sounded.refs.has(ref))
  return fresh ?? (Number.isFinite(repeatMs[loudest]) && now - sounded.at >= repeatMs[loudest] ? (ours[0] ?? null) : null)
}

/** After a sound all that waits has been told by it. */
export const afterSound = (waiting: readonly Alarm[], now: number): Sounded => ({ refs: new Set(waiting.map(({ ref }) => ref)), at: now })

/** What lay there when the screen was opened is news to nobody, unless it is urgent. */
export const heardBefore = (waiting: readonly Alarm[]): Sounded => ({ refs: new Set(waiting.filter(({ priority }) => priority === 'P3').map(({ ref }) => ref)), at: silence.at })
