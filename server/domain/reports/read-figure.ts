import { shareInterval } from '../kpi/confidence.ts'
import { LEAST_SIGNED_IN_MS } from '../kpi/occupancy.ts'
import { levelOfRows } from '../kpi/level-of-rows.ts'
import { shareOf, type Ratio } from '../kpi/service-level.ts'
import type { IntervalFigures } from '../queue-figures.ts'
import type { ResponseCounter } from '../fold/response-sums.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { variantsOf } from './level-rules.ts'

/** Figures that reports show over time, each as the two sides of its ratio, so that any rows can be added and divided once (METRICS R6). */
export const reportMetrics = ['serviceLevel', 'abandonRate', 'asaMs', 'ahtMs', 'activeMs', 'csat', 'fcr', 'repeatRate', 'nps', 'occupancy', 'utilisation', 'transferRate', 'timeToAbandonMs', 'ringMs', 'holdOfHeldMs', 'acwOfWrappedMs', 'csatMean', 'surveyResponseRate', 'firstResponseMs', 'firstResponseBusinessMs', 'nextResponseMs', 'nextResponseBusinessMs', 'resolutionMs', 'resolutionBusinessMs', 'holdAbandoned', 'offered', 'answered', 'abandoned', 'handled'] as const
export type ReportMetric = (typeof reportMetrics)[number]

export interface Figure {
  readonly value: number | null
  /** How much stands behind it: the denominator of a ratio, the count itself otherwise. */
  readonly n: number
  /** 95 % range of a share of answers. */
  readonly low?: number
  readonly high?: number
}

/** A row that was kept before something was counted does not know it. */
const known = (value: number | null): number => value ?? Number.NaN

/** Calls have no answers in writing; other rows may have been kept before these were counted. */
const written = (row: IntervalFigures, name: ResponseCounter): number => (row.channel === 'voice' ? 0 : known(row[name]))

const sum = (rows: readonly IntervalFigures[], of: (row: IntervalFigures) => number): number => rows.reduce((total, row) => total + of(row), 0)

const ratioOf = (metric: ReportMetric, rows: readonly IntervalFigures[], variant: ServiceLevelVariant): Ratio | null => {
  const all = (of: (row: IntervalFigures) => number): number => sum(rows, of)
  switch (metric) {
    case 'serviceLevel':
      return levelOfRows(rows, variantsOf(rows, () => variant))
    case 'abandonRate':
      return { numerator: all((row) => row.abandoned - row.shortAbandoned), denominator: all((row) => row.answered + row.abandoned + row.callbacks + row.flowedOut - row.shortAbandoned) }
    case 'asaMs':
      return { numerator: all((row) => row.waitMsTotal), denominator: all((row) => row.answered) }
    case 'ahtMs':
      return { numerator: all((row) => row.talkMsTotal + row.holdMsTotal + row.acwMsTotal), denominator: all((row) => row.handled) }
    case 'activeMs':
      return { numerator: all((row) => (row.handled === 0 ? 0 : known(row.activeMsTotal))), denominator: all((row) => row.handled) }
    case 'csat':
      return { numerator: all((row) => row.surveysSatisfied), denominator: all((row) => row.surveys) }
    case 'fcr':
      return { numerator: all((row) => row.resolved), denominator: all((row) => row.resolutionsAsked) }
    case 'repeatRate':
      return { numerator: all((row) => row.repeats), denominator: all((row) => row.identified) }
    case 'occupancy':
      return { numerator: all((row) => row.handlingMsTotal), denominator: all((row) => row.handlingMsTotal + row.availableMsTotal) }
    case 'utilisation':
      return { numerator: all((row) => row.handlingMsTotal), denominator: all((row) => known(row.signedInMsTotal)) }
    case 'nps':
      return { numerator: all((row) => 100 * (known(row.npsPromoters) - known(row.npsDetractors))), denominator: all((row) => known(row.npsAnswers)) }
    case 'timeToAbandonMs':
      return { numerator: all((row) => row.abandonWaitMsTotal - row.shortAbandonWaitMsTotal), denominator: all((row) => row.abandoned - row.shortAbandoned) }
    case 'ringMs':
      return { numerator: all((row) => known(row.ringMsTotal)), denominator: all((row) => known(row.ringKnown)) }
    case 'holdOfHeldMs':
      return { numerator: all((row) => row.holdMsTotal), denominator: all((row) => known(row.held)) }
    case 'acwOfWrappedMs':
      return { numerator: all((row) => row.acwMsTotal), denominator: all((row) => known(row.wrapped)) }
    case 'surveyResponseRate':
      return { numerator: all((row) => known(row.surveysAnswered)), denominator: all((row) => known(row.surveysSent)) }
    case 'csatMean':
      return { numerator: all((row) => row.surveyScoreTotal), denominator: all((row) => row.surveys) }
    case 'transferRate':
      return { numerator: all((row) => row.transferred), denominator: all((row) => row.handled) }
    case 'resolutionMs':
      return { numerator: all((row) => written(row, 'resolutionMsTotal')), denominator: all((row) => written(row, 'resolutions')) }
    case 'resolutionBusinessMs':
      return { numerator: all((row) => written(row, 'resolutionBusinessMsTotal')), denominator: all((row) => written(row, 'resolutions')) }
    case 'firstResponseMs':
      return { numerator: all((row) => written(row, 'firstResponseMsTotal')), denominator: all((row) => written(row, 'firstResponses')) }
    case 'firstResponseBusinessMs':
      return { numerator: all((row) => written(row, 'firstResponseBusinessMsTotal')), denominator: all((row) => written(row, 'firstResponses')) }
    case 'nextResponseMs':
      return { numerator: all((row) => written(row, 'nextResponseMsTotal')), denominator: all((row) => written(row, 'nextResponses')) }
    case 'nextResponseBusinessMs':
      return { numerator: all((row) => written(row, 'nextResponseBusinessMsTotal')), denominator: all((row) => written(row, 'nextResponses')) }
    case 'offered':
    case 'answered':
    case 'abandoned':
    case 'handled':
    case 'holdAbandoned':
      return null
  }
}

/** One figure of any rows together, `variant` where they do not say their own; no rows: nothing is known, which is not zero. */
export const figureOf = (metric: ReportMetric, rows: readonly IntervalFigures[], variant: ServiceLevelVariant): Figure => {
  const ratio = ratioOf(metric, rows, variant)
  if (ratio === null) {
    const count = sum(rows, (row) => known(row[metric === 'offered' || metric === 'answered' || metric === 'abandoned' || metric === 'holdAbandoned' ? metric : 'handled']))
    return { value: rows.length === 0 || Number.isNaN(count) ? null : count, n: count || 0 }
  }
  const signedInMs = sum(rows, (row) => row.signedInMsTotal ?? row.handlingMsTotal + row.availableMsTotal)
  const tooLittle = (metric === 'occupancy' || metric === 'utilisation') && signedInMs < LEAST_SIGNED_IN_MS
  const range = metric === 'csat' ? shareInterval(ratio.numerator, ratio.denominator) : null
  return { value: tooLittle ? null : shareOf(ratio), n: ratio.denominator || 0, ...range }
}
