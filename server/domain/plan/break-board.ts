import { isSignedIn } from '../agent-states.ts'
import type { AgentFigures } from '../agent-figures.ts'
import { later, MINUTE, type Instant } from '../time.ts'
import { EXCUSED, ruleOf, type Activity, type ActivityRule } from './adherence.ts'

/** Who is away from the queue, who should be back, and whose break has begun without them: one line each, not four alarms. */
export interface BreakRow {
  readonly kind: 'on' | 'over' | 'due'
  readonly reason: string | null
  /** When the break began, or should have. */
  readonly since: Instant
  /** By the platform's own word, else by the schedule; null when nobody said. */
  readonly backAt: Instant | null
  readonly overMs: number | null
}

export const BREAK_GRACE_MS = 2 * MINUTE
/** A break is announced this long before it begins. */
const AHEAD_MS = 5 * MINUTE

export const breakRowOf = (agent: Pick<AgentFigures, 'state' | 'reason' | 'since' | 'plannedEndAt'>, activities: readonly Activity[], { asOf, rules }: { readonly asOf: Instant; readonly rules: Readonly<Record<string, Partial<ActivityRule>>> }): BreakRow | null => {
  const breaks = activities.filter(({ activity }) => !EXCUSED.has(activity) && ruleOf(activity, rules).expects === 'away')
  if (agent.state === 'aux') {
    // The planned break that overlaps this pause, the latest that began before now.
    const planned = breaks.filter(({ from, to }) => from <= asOf && to > agent.since).at(-1)
    const backAt = agent.plannedEndAt ?? planned?.to ?? null
    const over = backAt === null ? null : asOf - backAt
    return { kind: over !== null && over > BREAK_GRACE_MS ? 'over' : 'on', reason: agent.reason, since: agent.since, backAt, overMs: over !== null && over > 0 ? over : null }
  }
  if (!isSignedIn(agent.state)) return null
  const next = breaks.find(({ from, to }) => to > asOf && from <= later(asOf, AHEAD_MS))
  return next === undefined ? null : { kind: 'due', reason: next.activity, since: next.from, backAt: next.to, overMs: asOf > next.from + BREAK_GRACE_MS ? asOf - next.from : null }
}
