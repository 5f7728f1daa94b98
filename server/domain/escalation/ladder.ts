import type { LadderPosition, Priority } from '../incident/incident.ts'
import { MINUTE, instantOf, type Instant } from '../time.ts'
import { reachesAnyone, resolvedTargets, type Directory, type Ladder, type ResolvedTarget } from './directory.ts'

/** Levels and cycles count from 1. */
export interface Rung {
  readonly level: number
  readonly cycle: number
}

export interface LadderStep extends Rung {
  readonly dueAt: Instant
  /** `nobody`: passed over at once. `superseded`: overdue after an outage, and a higher level tells the same (P3, P4). */
  readonly outcome: 'fire' | 'nobody' | 'superseded'
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

/** Level 1 falls due its wait after the commit of the opening; null when the ladder has no level. */
export const firstDueAt = (ladder: Ladder, openedAt: Instant): Instant | null => (ladder.levels.length === 0 ? null : instantOf(openedAt + waitBefore({ level: 1, cycle: 1 }, ladder)))

export interface LadderQuestion {
  readonly ladder: Ladder
  readonly position: LadderPosition
  readonly priority: Priority
  readonly directory: Directory
  /** The instant of the claim. */
  readonly now: Instant
}

/**
 * All rungs that are due at `now`. Each later level is due at the previous level's due time plus its wait, so lateness
 * never adds up; after an empty level, or several levels overdue at once (an outage), the next wait runs from now.
 */
export const ladderRun = ({ ladder, position, priority, directory, now }: LadderQuestion): LadderRun => {
  const steps: LadderStep[] = []
  let rung = rungAfter(position, ladder, priority)
  let due = position.nextDueAt
  let passed = false
  while (rung !== null && due !== null && due <= now) {
    const { level, cycle } = rung
    passed = steps.some((step) => step.level === level)
    if (passed) break
    const targets = resolvedTargets(ladder.levels[level - 1]?.targets ?? [], directory)
    const outcome = reachesAnyone(targets) ? 'fire' : 'nobody'
    steps.push({ level, cycle, dueAt: due, outcome, targets })
    rung = rungAfter(rung, ladder, priority)
    if (rung !== null && outcome === 'fire') due = instantOf(due + waitBefore(rung, ladder))
  }
  const fired = steps.filter(({ outcome }) => outcome === 'fire')
  const outage = new Set(fired.map(({ dueAt }) => dueAt)).size > 1
  const fromNow = outage || steps.some(({ outcome }) => outcome === 'nobody')
  const wait = rung === null ? 0 : waitBefore(rung, ladder)
  const nextDueAt = rung === null || due === null ? null : passed ? instantOf(now + Math.max(wait, SHORTEST_PASS)) : fromNow ? instantOf(now + wait) : due
  return { steps: outage && (priority === 'P3' || priority === 'P4') ? onlyHighest(steps) : steps, nextDueAt, unmanned: fired.length === 0 && steps.length >= ladder.levels.length }
}

const onlyHighest = (steps: readonly LadderStep[]): readonly LadderStep[] => {
  const last = steps.findLast(({ outcome }) => outcome === 'fire')
  return steps.map((step) => (step.outcome === 'fire' && step !== last ? { ...step, outcome: 'superseded' } : step))
}
