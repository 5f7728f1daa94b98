import type { IntervalFigures } from '../queue-figures.ts'
import type { ServiceTarget } from '../settings.ts'
import { newestRules } from '../kpi/roll-up.ts'
import type { Instant } from '../time.ts'
import { figureOf, type Figure } from './read-figure.ts'

export interface OnTarget {
  readonly queue: string
  /** Of the newest interval; each is held against the target of its own time. */
  readonly target: ServiceTarget
  /** Intervals in which anything counted for the level. */
  readonly intervals: number
  readonly onTarget: number
  readonly share: number | null
  /** Of the whole range: a good average may hide a bad hour. */
  readonly serviceLevel: Figure
  readonly worst: (Figure & { readonly from: Instant }) | null
}

/** How many intervals of each queue reached its target, since a day's average hides a bad hour. */
export const onTarget = (rows: readonly IntervalFigures[], targetOf: (queue: string) => ServiceTarget): readonly OnTarget[] => {
  const byQueue = new Map<string, Map<number, IntervalFigures[]>>()
  for (const row of rows) {
    const intervals = byQueue.get(row.queue) ?? new Map<number, IntervalFigures[]>()
    intervals.set(row.from, [...(intervals.get(row.from) ?? []), row])
    byQueue.set(row.queue, intervals)
  }
  return [...byQueue].map(([queue, intervals]) => {
    const present = targetOf(queue)
    const all = [...intervals.values()].flat()
    const target = newestRules(all)?.target ?? present
    const judged = [...intervals.values()].flatMap((together) => {
      const figure = figureOf('serviceLevel', together, present.variant)
      return figure.value === null || together[0] === undefined ? [] : [{ ...figure, value: figure.value, from: together[0].from, percent: (newestRules(together)?.target ?? present).percent }]
    })
    const reached = judged.filter(({ value, percent }) => value >= percent).length
    const least = judged.reduce<(typeof judged)[number] | null>((low, one) => (low === null || one.value < low.value ? one : low), null)
    const worst = least === null ? null : { value: least.value, n: least.n, from: least.from }
    return { queue, target, intervals: judged.length, onTarget: reached, share: judged.length === 0 ? null : reached / judged.length, serviceLevel: figureOf('serviceLevel', all, present.variant), worst }
  })
}
