import type { IntervalFigures } from '../queue-figures.ts'
import { figureOf } from '../reports/read-figure.ts'
import { patienceOf } from '../staffing/erlang-a.ts'
import type { Instant } from '../time.ts'

/** What was planned for one queue and quarter hour; null: the plan says nothing of it. */
export interface PlanInterval {
  readonly queue: string
  readonly from: Instant
  readonly forecast: number | null
  readonly ahtMs: number | null
  /** People that the forecast asks for, and people that the rota has. */
  readonly required: number | null
  readonly scheduled: number | null
}

export interface Expected extends PlanInterval {
  /** `median`: of four same weekdays at the same wall time, where no plan was given. */
  readonly basis: 'plan' | 'median' | null
  /** What a contact takes of one agent: the plan's AHT as it was given, else active time of earlier weeks (session time where they did not count it). */
  readonly activeMs: number | null
  readonly patienceMs: number | null
}

/** Fewer earlier weeks say nothing. */
const FEWEST = 2

const medianOf = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length < FEWEST) return null
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[half] ?? null) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
}

/** `weeks`: the rows of the same quarter hour of earlier weeks, none for a week of which no row is kept. */
export const expectedOf = (given: PlanInterval | null, { queue, from }: { readonly queue: string; readonly from: Instant }, weeks: readonly (readonly IntervalFigures[])[]): Expected => {
  const known = weeks.filter((rows) => rows.length > 0)
  const all = known.flat()
  const sum = (of: (row: IntervalFigures) => number): number => all.reduce((total, row) => total + of(row), 0)
  const patienceMs = patienceOf({ waitMsTotal: sum((row) => row.waitMsTotal), abandonWaitMsTotal: sum((row) => row.abandonWaitMsTotal), abandoned: sum((row) => row.abandoned) })
  const usual = { forecast: medianOf(known.map((rows) => rows.reduce((total, row) => total + row.offered, 0))), ahtMs: figureOf('ahtMs', all, 'V3').value }
  const activeMs = given?.ahtMs ?? figureOf('activeMs', all, 'V3').value ?? usual.ahtMs
  if (given !== null) return { ...given, ahtMs: given.ahtMs ?? usual.ahtMs, forecast: given.forecast ?? usual.forecast, basis: 'plan', activeMs, patienceMs }
  return { queue, from, ...usual, required: null, scheduled: null, basis: usual.forecast === null ? null : 'median', activeMs, patienceMs }
}
