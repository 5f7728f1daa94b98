import type { QueueFigures } from '../floor.ts'
import type { Instant } from '../time.ts'
import type { Absence } from './absence.ts'
import type { Bound, BreachRule } from './rule.ts'

/** One look at a figure: its value, how many contacts stand behind it, and the bound in the figure's own unit. */
export interface BreachReading {
  /** null: no denominator, or not known; neither opens nor clears. */
  readonly value: number | null
  readonly count: number
  readonly bound: number
  readonly side: 'below' | 'above'
  /** Behind "expected but absent". */
  readonly absence?: Absence
}

const boundOf = (bound: Bound, { target }: QueueFigures): number => {
  if ('at' in bound) return bound.at
  return 'of' in bound ? target.percent : target.withinMs * bound.targetTimes
}

type Figure = { readonly value: number | null; readonly count: number }

const figureOf = (rule: BreachRule, row: QueueFigures, at: Instant): Figure => {
  const block = rule.window === 'D' ? row.today : row.now
  const ended = block.answered + block.abandoned
  switch (rule.metric) {
    case 'serviceLevel':
    case 'abandonRate':
      return { value: block[rule.metric], count: ended }
    case 'asaMs':
      return { value: block.asaMs, count: block.answered }
    case 'ahtMs':
      return { value: block.ahtMs, count: block.handled }
    case 'occupancy':
      return { value: block.occupancy, count: row.signedIn }
    case 'fcr':
      return { value: block.fcr, count: block.resolutionsAsked }
    case 'csat':
      return { value: block.csat, count: block.surveys }
    case 'oldestWaitMs':
      return { value: row.oldestWaitingSince === null ? 0 : at - row.oldestWaitingSince, count: row.waiting }
    case 'waiting':
    case 'available':
    case 'staffed':
    case 'signedIn':
      return { value: row[rule.metric], count: row[rule.metric] }
    case 'offered':
    case 'answered':
    case 'abandoned':
      return { value: block[rule.metric], count: block[rule.metric] }
    case 'queueHealth':
      return { value: row.queueHealth, count: row.waiting }
    case 'serviceLevelFloor':
    case 'serviceLevelDebt':
      return { value: row[rule.metric], count: row.today.answered + row.today.abandoned }
    case 'expectedButAbsent':
      // Judged by `absenceReading`: a row alone does not hold what is usual at this hour.
      return { value: null, count: 0 }
  }
}

/** Minutes of the window that a rule asks for, where the row counts its figure over another; null: the row has it. */
export const minutesApart = ({ window, metric }: Pick<BreachRule, 'window' | 'metric'>): 15 | 30 | 60 | null => {
  const live = OF_AN_HOUR.has(metric) ? 'R60' : 'R30'
  if (window === 'now' || window === 'D' || window === live) return null
  return window === 'R15' ? 15 : window === 'R30' ? 30 : 60
}

/** Handling and answers are counted over an hour, all else over half of one. */
const OF_AN_HOUR: ReadonlySet<string> = new Set(['ahtMs', 'fcr', 'csat'])

/** Reads a rule's figure from a queue's row at an instant; a wait grows with the instant, all else is as of the row. */
export const breachReading = (rule: BreachRule, row: QueueFigures, at: Instant): BreachReading => ({
  ...figureOf(rule, row, at),
  bound: boundOf(rule.bound, row),
  side: rule.bound.side,
})

/** What came beside what is usual; an unknown usual neither opens nor clears. */
export const absenceReading = (absence: Absence | null): BreachReading =>
  absence === null ? { value: null, count: 0, bound: 0, side: 'below' } : { value: absence.offered, count: Math.round(absence.expected), bound: absence.low, side: 'below', absence }
