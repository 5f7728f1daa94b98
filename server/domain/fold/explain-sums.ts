import { shareInterval } from '../kpi/confidence.ts'
import { definitions } from '../kpi/definitions.ts'
import type { CounterSums } from '../kpi/metric-block.ts'
import { abandoned, answered, asked, both, callbacks, count, flowedOut, handled, handledWith, held, identified, invited, known, nobody, surveyed, within, wrapped, type ExplainedMetric, type Takes } from './explain-sides.ts'
import type { CounterName } from './counters.ts'
import { answeredSurvey, HANDLING } from './leg-view.ts'

/** The sums and counts that rows show beside their figures, which stand in no dictionary: each with the contacts it was added up from. */

const sum = (name: string, counter: CounterName, takes: Takes): ExplainedMetric => {
  const { basis, text } = definitions[name] ?? { basis: null, text: name }
  return count(text, basis ?? 'outcome', (sums) => sums[counter], takes)
}
const of = (name: CounterName, takes: Takes): readonly [string, ExplainedMetric] => [name, sum(name, name, takes)]
const flagged = (flag: number): Takes => handledWith((view, i) => (view.flags[i] & flag) !== 0)
/** One end of the 95 % range of the share of satisfied answers. */
const rangeOf = (end: 'low' | 'high'): ExplainedMetric => ({
  formula: `${end === 'low' ? 'lower' : 'upper'} end of the 95 % range of (n4 + n5) / n, by Wilson`,
  basis: 'outcome',
  ratio: (sums) => ({ numerator: sums.surveysSatisfied, denominator: sums.surveys }),
  value: (sums: CounterSums) => shareInterval(sums.surveysSatisfied, sums.surveys)?.[end] ?? null,
  numerator: both(surveyed, (view) => view.satisfied),
  denominator: surveyed,
})

export const EXPLAINED_SUMS: Readonly<Record<string, ExplainedMetric>> = {
  ...Object.fromEntries([
    of('answeredInTarget', within(answered)),
    of('abandonedInTarget', within(abandoned)),
    of('flowedOutInTarget', within(flowedOut)),
    of('callbacksInTarget', within(callbacks)),
    of('waitMsTotal', answered),
    of('abandonWaitMsTotal', abandoned),
    of('shortAbandonWaitMsTotal', both(abandoned, (view) => view.short)),
    of('identified', identified),
    of('repeats', both(identified, (view) => view.repeat)),
    of('identifiedAnswered', known),
    of('repeatsAnswered', both(known, (view) => view.repeat)),
    of('ringMsTotal', both(answered, (view) => view.ringMs >= 0)),
    of('ringKnown', both(answered, (view) => view.ringMs >= 0)),
    of('talkMsTotal', handled),
    of('holdMsTotal', held),
    of('acwMsTotal', wrapped),
    of('activeMsTotal', handled),
    of('held', held),
    of('wrapped', wrapped),
    of('holdKnown', flagged(HANDLING.holdKnown)),
    of('acwKnown', flagged(HANDLING.acwKnown)),
    of('acwCapped', flagged(HANDLING.capped)),
    of('surveysSatisfied', both(surveyed, (view) => view.satisfied)),
    of('surveyScoreTotal', surveyed),
    of('surveysAnswered', both(invited, answeredSurvey)),
    of('npsAnswers', both(surveyed, (view) => view.nps !== 0)),
    of('npsPromoters', both(surveyed, (view) => view.nps === 3)),
    of('npsDetractors', both(surveyed, (view) => view.nps === 1)),
    of('resolutionsAsked', asked),
    of('resolved', both(asked, (view) => view.resolved === 2)),
  ]),
  handlingMsTotal: sum('handlingMsTotal', 'handlingMs', nobody),
  availableMsTotal: sum('availableMsTotal', 'availableMs', nobody),
  signedInMsTotal: sum('signedInMsTotal', 'signedInMs', nobody),
  csatLow: rangeOf('low'),
  csatHigh: rangeOf('high'),
}

/** Percentiles by name: whose they are, and which part. */
export const PERCENTILES: Readonly<Record<string, { readonly formula: string; readonly basis: 'outcome' | 'end'; readonly takes: Takes; readonly counter: 'answered' | 'handled' }>> = Object.fromEntries(
  ([['waitMsP50', answered, 'answered'], ['waitMsP90', answered, 'answered'], ['handleMsP50', handled, 'handled'], ['handleMsP90', handled, 'handled']] as const).map(([name, takes, counter]) => [name, { formula: definitions[name]?.text ?? name, basis: counter === 'answered' ? ('outcome' as const) : ('end' as const), takes, counter }]),
)
export type PercentileName = 'waitMsP50' | 'waitMsP90' | 'handleMsP50' | 'handleMsP90'
export const isPercentile = (name: string): name is PercentileName => Object.hasOwn(PERCENTILES, name)
