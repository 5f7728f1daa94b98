import type { IntervalFigures } from '../floor.ts'
import type { ServiceTarget } from '../settings.ts'
import type { Instant } from '../time.ts'
import { figureOf, type Figure } from './read-figure.ts'

export interface OnTarget {
  readonly queue: string
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
    const target = targetOf(queue)
    const judged = [...intervals.values()].flatMap((together) => {
      const figure = figureOf('serviceLevel', together, target.variant)
      return figure.value === null || together[0] === undefined ? [] : [{ ...figure, value: figure.value, from: together[0].from }]
    })
    const reached = judged.filter(({ value }) => value >= target.percent).length
    const worst = judged.reduce<(typeof judged)[number] | null>((least, one) => (least === null || one.value < least.value ? one : least), null)
    return { queue, target, intervals: judged.length, onTarget: reached, share: judged.length === 0 ? null : reached / judged.length, serviceLevel: figureOf('serviceLevel', [...intervals.values()].flat(), target.variant), worst }
  })
}
