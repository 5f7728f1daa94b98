import { AHEAD_MS } from '../hot-hours.ts'
import type { CounterSums } from '../kpi/metric-block.ts'
import type { Ratio } from '../kpi/service-level.ts'
import type { NamedWindow } from '../kpi/windows.ts'
import type { FloorState } from './floor-state.ts'
import { HANDLING, mayRepeat, OUTCOME, type LegView } from './leg-view.ts'

/** True for an instant inside the window that is explained. */
export type Inside = (at: number) => boolean
/** The instants that a leg's figures are counted at in the window: of today those of its queue's own day. Sources may run ahead of the floor's clock: what they tell lies in the window that runs. */
export const insideOf = ({ asOf, queues }: Pick<FloorState, 'asOf' | 'queues'>, { from, name }: Pick<NamedWindow, 'from' | 'name'>): ((view: LegView) => Inside) => {
  if (name === 'today') return ({ queue }) => (at) => at >= queues.dayFrom[queue] && at < queues.dayTo[queue]
  const inside: Inside = (at) => at >= from && at <= asOf + AHEAD_MS
  return () => inside
}
export type Takes = (view: LegView, inside: Inside) => boolean

export interface ExplainedMetric {
  readonly formula: string
  readonly basis: 'outcome' | 'arrival' | 'now' | 'end' | 'clock'
  readonly ratio: (sums: CounterSums) => Ratio
  readonly numerator: Takes
  readonly denominator: Takes
  /** Where the figure is not one side by the other. */
  readonly value?: (sums: CounterSums) => number | null
  /** 100 for points; 1 unless said. */
  readonly scale?: number
}

export const ended =
  (...outcomes: readonly number[]): Takes =>
  (view, inside) =>
    outcomes.includes(view.outcome) && inside(view.outcomeAt)
export const either =
  (...all: readonly Takes[]): Takes =>
  (view, inside) =>
    all.some((takes) => takes(view, inside))
export const both =
  (first: Takes, second: (view: LegView) => boolean): Takes =>
  (view, inside) =>
    first(view, inside) && second(view)
export const nobody: Takes = () => false

export const answered = ended(OUTCOME.answered)
export const abandoned = ended(OUTCOME.abandoned)
export const flowedOut = ended(OUTCOME.flowedOut)
export const callbacks = ended(OUTCOME.callback)
export const arrived: Takes = (view, inside) => view.offered && inside(view.queuedAt)
export const within = (takes: Takes): Takes => both(takes, (view) => view.inTarget)
export const lasting = both(abandoned, (view) => !view.short)
export const closed = ended(OUTCOME.answered, OUTCOME.abandoned, OUTCOME.callback, OUTCOME.flowedOut)
export const handledWith = (had: (view: LegView, i: number) => boolean): Takes => (view, inside) => {
  for (let i = 0; i < view.handlings; i++) if (view.countedAt[i] !== 0 && inside(view.countedAt[i]) && had(view, i)) return true
  return false
}
export const handled = handledWith(() => true)
export const held = handledWith((view, i) => view.hold[i] > 0)
export const wrapped = handledWith((view, i) => view.acw[i] > 0)
export const transferred = (view: LegView): boolean => view.flags.subarray(0, view.handlings).some((flags) => (flags & HANDLING.transferred) !== 0)
export const surveyed: Takes = (view, inside) => view.surveyed && inside(view.surveyAt)
export const invited: Takes = (view, inside) => view.surveySentAt !== 0 && inside(view.surveySentAt)
export const asked: Takes = (view, inside) => view.resolved !== 0 && !view.repeat && inside(view.resolvedAt)
export const identified = both(arrived, mayRepeat)
export const known = both(answered, mayRepeat)

/** A plain count: its contacts are the numerator, and nothing divides it. */
export const count = (formula: string, basis: ExplainedMetric['basis'], of: (sums: CounterSums) => number, takes: Takes): ExplainedMetric => ({ formula, basis, ratio: (sums) => ({ numerator: of(sums), denominator: Number.NaN }), numerator: takes, denominator: nobody })
