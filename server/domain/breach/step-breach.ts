import { later, type Instant } from '../time.ts'
import { breachMetricTable, type BreachMetricOf } from './breach-metrics.ts'
import { LOOKED_UP_EVERY_MS, type BreachReading } from './breach-reading.ts'
import type { BreachRule } from './rule.ts'

/** `pending`: beyond the bound, not yet for long enough. */
export type BreachState = { readonly state: 'clear' } | { readonly state: 'pending'; readonly since: Instant } | { readonly state: 'open'; readonly since: Instant; readonly openedAt: Instant }

export interface BreachStep {
  readonly state: BreachState
  readonly effect: 'opened' | 'cleared' | null
  /** When this rule must be looked at again although nothing happens; null: only when the row changes. */
  readonly lookAgainAt: Instant | null
}

const CLEAR: BreachState = { state: 'clear' }

const isBroken = ({ value, side, bound }: BreachReading): boolean => value !== null && (side === 'below' ? value < bound : value > bound)

const isCleared = (rule: BreachRule, { value, side, bound }: BreachReading): boolean => {
  if (value === null) return false
  const clearAt = rule.clearAt ?? bound
  return side === 'below' ? value >= clearAt : value <= clearAt
}

/** Silence and what is looked up have no events; an age past its bound comes by time alone: the oldest contact crosses it without an event. */
const crossesAt = (rule: BreachRule, { value, count, bound }: BreachReading, at: Instant): Instant | null => {
  const { read, ages }: BreachMetricOf = breachMetricTable[rule.metric]
  if (read === null) return later(at, LOOKED_UP_EVERY_MS)
  // Of somebody who came this instant, or by a clock that is ahead, the age is 0 or less.
  const runs = ages === true && value !== null && (value > 0 || count > 0)
  return runs && value <= bound ? later(at, bound - value + 1) : null
}

/**
 * The next state of one rule on one queue. A reading with too few contacts or no value keeps an open breach open and forgets a pending one:
 * nothing is raised on thin evidence, nothing is called healthy for lack of it. A queue that fell under `minimum` by emptying clears by value.
 */
export const stepBreach = (rule: BreachRule, before: BreachState, reading: BreachReading, at: Instant): BreachStep => {
  const quiet = (state: BreachState): BreachStep => ({ state, effect: null, lookAgainAt: crossesAt(rule, reading, at) })
  if (before.state === 'open') return isCleared(rule, reading) ? { state: CLEAR, effect: 'cleared', lookAgainAt: null } : quiet(before)
  if (!isBroken(reading) || reading.count < rule.minimum) return quiet(CLEAR)
  const since = before.state === 'pending' ? before.since : at
  // How long contacts stayed away is what its reading is made of.
  const due = later(since, rule.metric === 'expectedButAbsent' ? 0 : rule.forMs)
  if (at >= due) return { state: { state: 'open', since, openedAt: at }, effect: 'opened', lookAgainAt: breachMetricTable[rule.metric].read === null ? later(at, LOOKED_UP_EVERY_MS) : null }
  return { state: { state: 'pending', since }, effect: null, lookAgainAt: due }
}
