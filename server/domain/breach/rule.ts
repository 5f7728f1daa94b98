import type { Scale } from '../incident/incident.ts'
import type { BreachMetric } from './breach-metrics.ts'

/** Where a rule is broken: beyond a fixed bound, or one taken from the queue's own target. */
export type Bound = { readonly side: 'below' | 'above'; readonly at: number } | { readonly side: 'below'; readonly of: 'target' } | { readonly side: 'above'; readonly targetTimes: number }

/** A condition on a figure of a queue that raises an incident when it lasts. */
export interface BreachRule {
  readonly id: string
  readonly metric: BreachMetric
  /** '*' is each queue for itself. */
  readonly queue: string
  readonly window: 'now' | 'R15' | 'R30' | 'R60' | 'D'
  readonly bound: Bound
  /** How long the condition must hold before it opens. */
  readonly forMs: number
  /** Clears at or beyond this on the good side; null: where it was raised (hysteresis off). */
  readonly clearAt: number | null
  /** Least number of contacts behind the figure: fewer neither open nor clear. */
  readonly minimum: number
  readonly raise: { readonly category: string; readonly impact: Scale; readonly urgency: Scale } | null
  /** What it raises is proposed as a major incident. */
  readonly collapse?: boolean
}
