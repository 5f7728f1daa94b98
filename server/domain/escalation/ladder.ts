import type { LadderPosition, Priority } from '../incident/incident.ts'
import { MINUTE, instantOf, type Instant } from '../time.ts'
import { reachesAnyone, resolvedTargets, withoutSpared, type Directory, type Ladder, type ResolvedTarget } from './directory.ts'
import type { Opens } from './hours.ts'

/** Levels and cycles count from 1. */
export interface Rung {
  readonly level: number
  readonly cycle: number
}

export interface LadderStep extends Rung {
  readonly dueAt: Instant
  /** `nobody`: passed over at once. `superseded`: overdue after an outage, and a higher level tells the same (P3, P4). `told-just-now`: before the priority changed. */
  readonly outcome: 'fire' | 'nobody' | 'superseded' | 'told-just-now'
  readonly targets: readonly ResolvedTarget[]
}

export interface LadderRun {
  readonly steps: readonly LadderStep[]
  /** When the following rung is due; null at the end of the last cycle. */
  readonly nextDueAt: Instant | null
  /** Every level of a whole pass reached nobody. */
  readonly unmanned: boolean
}

/** A pass over all levels never starts anew sooner than this: waits of 0 would otherwise page without end. */
const SHORTEST_PASS = MINUTE

/** P1 repeats until acknowledged unless the policy says 0; null repeats without end for every priority. */
const lastCycle = (ladder: Ladder, priority: Priority): number =>
  ladder.repeat === null || (priority === 'P1' && ladder.repeat > 0) ? Number.POSITIVE_INFINITY : ladder.repeat + 1

/** The rung after this one; level 0 is before the first. */
export const rungAfter = ({ level, cycle }: Rung, ladder: Ladder, priority: Priority): Rung | null => {
  if (ladder.levels.length === 0) return null
  if (level < ladder.levels.length) return { level: level + 1, cycle }
  return cycle + 1 <= lastCycle(ladder, priority) ? { level: 1, cycle: cycle + 1 } : null
}

const waitBefore = (rung: Rung, ladder: Ladder): number => ladder.levels[rung.level - 1]?.waitMs ?? 0

/** Level 1 falls due its wait after the commit of the opening; a ladder without a level tells the organisation at once. */
export const firstDueAt = (ladder: Ladder, openedAt: Instant, opens: Opens): Instant => opens(1, instantOf(openedAt + waitBefore({ level: 1, cycle: 1 }, ladder)))

export interface LadderQuestion {
  readonly ladder: Ladder
  readonly position: LadderPosition
  readonly priority: Priority
  readonly directory: Directory
  readonly opens: Opens
  /** The instant of the claim. */
  readonly now: Instant
}

/**
 * All rungs that are due at `now`. Each later level is due at the previous level's due time plus its wait, so lateness
 * never adds up; after an empty level, or several levels overdue at once (an outage), the next wait runs from now.
 */
export const ladderRun = ({ ladder, position, priority, directory, opens, now }: LadderQuestion): LadderRun => {
  const steps: LadderStep[] = []
  let rung = rungAfter(position, ladder, priority)
  let due = position.nextDueAt
  let passed = false
  while (rung !== null && due !== null && due <= now) {
    const { level, cycle } = rung
    passed = steps.some((step) => step.level === level)
    if (passed) break
    const found = resolvedTargets(ladder.levels[level - 1]?.targets ?? [], directory)
    const targets = cycle === 1 ? withoutSpared(found, position.spared) : found
    const outcome = reachesAnyone(targets) ? 'fire' : reachesAnyone(found) ? 'told-just-now' : 'nobody'
    steps.push({ level, cycle, dueAt: due, outcome, targets })
    rung = rungAfter(rung, ladder, priority)
    if (rung !== null) due = opens(rung.level, outcome === 'nobody' ? due : instantOf(due + waitBefore(rung, ladder)))
  }
  const fired = steps.filter(({ outcome }) => outcome === 'fire')
  const outage = new Set(fired.map(({ dueAt }) => dueAt)).size > 1
  const fromNow = outage || steps.some(({ outcome }) => outcome === 'nobody')
  const wait = rung === null ? 0 : waitBefore(rung, ladder)
  // The level after an empty one waits for its window alone.
  const held = due !== null && due > now && steps.at(-1)?.outcome === 'nobody'
  const next = due === null ? null : passed ? instantOf(now + Math.max(wait, SHORTEST_PASS)) : fromNow && !held ? instantOf(now + wait) : due
  const nextDueAt = next === null || rung === null ? null : opens(rung.level, next)
  const nobody = steps.every(({ outcome }) => outcome === 'nobody')
  return { steps: outage && (priority === 'P3' || priority === 'P4') ? onlyHighest(steps) : steps, nextDueAt, unmanned: nobody && steps.length >= ladder.levels.length }
}

const onlyHighest = (steps: readonly LadderStep[]): readonly LadderStep[] => {
  const last = steps.findLast(({ outcome }) => outcome === 'fire')
  return steps.map((step) => (step.outcome === 'fire' && step !== last ? { ...step, outcome: 'superseded' } : step))
}
