import type { ResponseFigures } from '../metric-figures.ts'
import type { IntervalFigures } from '../queue-figures.ts'
import { mergeResponses, RESPONSE_COUNTERS, RESPONSE_SKETCHES, type ResponseCounter, type ResponseSketch, type ResponseTotals } from '../fold/response-sums.ts'
import { percentileOf, type Sketch } from './percentile.ts'
import { shareOf } from './service-level.ts'

const known = (count: number): number | null => (Number.isNaN(count) ? null : count)

/** Answers as figures: means of sums, percentiles of sketches. */
export const responseFigures = ({ counts: c, sketches: s }: ResponseTotals): ResponseFigures => {
  const mean = (total: number, n: number): number | null => shareOf({ numerator: total, denominator: n })
  // A count that one of the rows did not keep is not known, and neither are its percentiles.
  const share = (sketch: Sketch, part: number, n: number): number | null => (Number.isNaN(n) ? null : percentileOf(sketch, part))
  return {
    firstResponses: known(c.firstResponses),
    firstResponsesInTarget: known(c.firstResponsesInTarget),
    firstResponseMsTotal: known(c.firstResponseMsTotal),
    firstResponseBusinessMsTotal: known(c.firstResponseBusinessMsTotal),
    nextResponses: known(c.nextResponses),
    nextResponsesInTarget: known(c.nextResponsesInTarget),
    nextResponseMsTotal: known(c.nextResponseMsTotal),
    nextResponseBusinessMsTotal: known(c.nextResponseBusinessMsTotal),
    resolutions: known(c.resolutions),
    resolutionsJudged: known(c.resolutionsJudged),
    resolutionsInTarget: known(c.resolutionsInTarget),
    resolutionMsTotal: known(c.resolutionMsTotal),
    resolutionBusinessMsTotal: known(c.resolutionBusinessMsTotal),
    firstResponseMs: mean(c.firstResponseMsTotal, c.firstResponses),
    firstResponseBusinessMs: mean(c.firstResponseBusinessMsTotal, c.firstResponses),
    nextResponseMs: mean(c.nextResponseMsTotal, c.nextResponses),
    nextResponseBusinessMs: mean(c.nextResponseBusinessMsTotal, c.nextResponses),
    resolutionMs: mean(c.resolutionMsTotal, c.resolutions),
    resolutionBusinessMs: mean(c.resolutionBusinessMsTotal, c.resolutions),
    firstResponseMsP50: share(s.firstResponse, 0.5, c.firstResponses),
    firstResponseMsP90: share(s.firstResponse, 0.9, c.firstResponses),
    firstResponseBusinessMsP50: share(s.firstResponseBusiness, 0.5, c.firstResponses),
    firstResponseBusinessMsP90: share(s.firstResponseBusiness, 0.9, c.firstResponses),
    nextResponseMsP50: share(s.nextResponse, 0.5, c.nextResponses),
    nextResponseMsP90: share(s.nextResponse, 0.9, c.nextResponses),
    nextResponseBusinessMsP50: share(s.nextResponseBusiness, 0.5, c.nextResponses),
    nextResponseBusinessMsP90: share(s.nextResponseBusiness, 0.9, c.nextResponses),
    resolutionMsP50: share(s.resolution, 0.5, c.resolutions),
    resolutionMsP90: share(s.resolution, 0.9, c.resolutions),
    resolutionBusinessMsP50: share(s.resolutionBusiness, 0.5, c.resolutions),
    resolutionBusinessMsP90: share(s.resolutionBusiness, 0.9, c.resolutions),
  }
}

const counts = Object.fromEntries(RESPONSE_COUNTERS.map((name) => [name, Number.NaN])) as Record<ResponseCounter, number>
const sketches = Object.fromEntries(RESPONSE_SKETCHES.map((name) => [name, []])) as unknown as Record<ResponseSketch, Sketch>
/** Of the telephone: there is nothing to count. */
export const noResponses: ResponseFigures = responseFigures({ counts, sketches })

/** What stored rows say of answers, added up; those of the telephone take no part. Null when all are of the telephone. */
export const responsesOfRows = (rows: readonly IntervalFigures[]): ResponseTotals | null => {
  const written = rows.filter(({ channel }) => channel !== 'voice')
  if (written.length === 0) return null
  return mergeResponses(
    written.map((row) => ({
      counts: Object.fromEntries(RESPONSE_COUNTERS.map((name) => [name, row[name] ?? Number.NaN])) as Record<ResponseCounter, number>,
      sketches: Object.fromEntries(RESPONSE_SKETCHES.map((name) => [name, row.sketches[name] ?? []])) as unknown as Record<ResponseSketch, Sketch>,
    })),
  )
}
