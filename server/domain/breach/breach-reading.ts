import type { Floor } from '../floor.ts'
import type { QueueFigures } from '../queue-figures.ts'
import { callbackFigures, callbackRowOf } from '../reports/callbacks.ts'
import { instantOf, later, type Instant } from '../time.ts'
import { breachMetricTable, type BreachFigure, type BreachMetricOf } from './breach-metrics.ts'
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

const NOT_HELD: BreachFigure = { value: null, count: 0 }

/** A row alone holds neither what is usual at this hour nor what is promised to whoever comes. */
const figureOf = (rule: BreachRule, row: QueueFigures, at: Instant): BreachFigure => {
  const { read }: BreachMetricOf = breachMetricTable[rule.metric]
  return read === null ? NOT_HELD : read(row, rule.window === 'D' ? row.today : row.now, at)
}

/** Minutes of the window that a rule asks for, where the row counts its figure over another; null: the row has it. */
export const minutesApart = ({ window, metric }: Pick<BreachRule, 'window' | 'metric'>): 15 | 30 | 60 | null => {
  const { ofAnHour }: BreachMetricOf = breachMetricTable[metric]
  const live = ofAnHour === true ? 'R60' : 'R30'
  if (window === 'now' || window === 'D' || window === live) return null
  return window === 'R15' ? 15 : window === 'R30' ? 30 : 60
}

/** Reads a rule's figure from a queue's row at an instant; a wait grows with the instant, all else is as of the row. */
export const breachReading = (rule: BreachRule, row: QueueFigures, at: Instant, figure: BreachFigure = figureOf(rule, row, at)): BreachReading => ({
  ...figure,
  bound: boundOf(rule.bound, row),
  side: rule.bound.side,
})

/** What came beside what is usual; an unknown usual neither opens nor clears. */
export const absenceReading = (absence: Absence | null): BreachReading =>
  absence === null ? { value: null, count: 0, bound: 0, side: 'below' } : { value: absence.offered, count: Math.round(absence.expected), bound: absence.low, side: 'below', absence }

/** How often a figure that no row holds is looked up: its change has no event of its own. */
export const LOOKED_UP_EVERY_MS = 15_000

/** A figure that is looked up on the floor; null where the row holds it, or where what is usual judges it. */
export const lookedUp = (rule: BreachRule, floor: Pick<Floor, 'contacts' | 'waits'>, queue: string, at: Instant): BreachFigure | null => {
  switch (rule.metric) {
    case 'callbacksDue': {
      const due = callbackFigures(floor.contacts({ from: instantOf(0), to: later(at, 1), queue, outcome: 'callback' }).map((contact) => callbackRowOf(contact, at)).filter((row) => row !== null), at).dueNow
      return { value: due, count: due }
    }
    case 'expectedWaitMs': {
      const [wait] = floor.waits({ queue, from: at, to: at })
      return { value: wait?.meanMs ?? null, count: wait?.position ?? 0 }
    }
    default:
      return null
  }
}
