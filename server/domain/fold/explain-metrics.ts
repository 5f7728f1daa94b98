import { formulaOf } from '../kpi/dictionary.ts'
import { fcrByDisposition, firstContactResolution } from '../kpi/first-contact-resolution.ts'
import { handleTimes } from '../kpi/handle-time.ts'
import { serviceCounts, type CounterSums } from '../kpi/metric-block.ts'
import { serviceLevelOf } from '../kpi/service-level.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { abandoned, answered, arrived, asked, both, callbacks, closed, count, either, ended, flowedOut, handled, handledWith, held, identified, invited, known, lasting, nobody, surveyed, transferred, within, wrapped, type ExplainedMetric, type Takes } from './explain-sides.ts'
import { answeredSurvey, HANDLING, OUTCOME } from './leg-view.ts'

const levels: Readonly<Record<ServiceLevelVariant, readonly [Takes, Takes]>> = {
  V1: [within(answered), answered],
  V2: [within(answered), either(answered, abandoned)],
  V3: [within(answered), either(answered, lasting)],
  V4: [within(answered), either(answered, both(abandoned, (view) => !view.inTarget))],
  V5: [within(either(answered, abandoned, flowedOut)), either(answered, abandoned, flowedOut)],
  V6: [within(either(answered, abandoned, callbacks)), closed],
  V7: [within(answered), closed],
}

export const explainedLevel = (variant: ServiceLevelVariant): ExplainedMetric => ({
  formula: formulaOf(variant),
  basis: 'outcome',
  ratio: (sums) => serviceLevelOf(variant, serviceCounts(sums, 'outcome')),
  numerator: levels[variant][0],
  denominator: levels[variant][1],
})

const mean = (formula: string, of: (sums: CounterSums) => number, value?: ExplainedMetric['value']): ExplainedMetric => ({ formula, basis: 'end', ratio: (sums) => ({ numerator: of(sums), denominator: sums.handled }), ...(value === undefined ? {} : { value }), numerator: handled, denominator: handled })

const disposition: ExplainedMetric = { formula: formulaOf('fcrDisposition'), basis: 'end', ratio: (sums) => ({ numerator: sums.resolved, denominator: sums.resolutionsAsked }), numerator: both(asked, (view) => view.resolved === 2), denominator: asked }
const repeat: ExplainedMetric = { formula: formulaOf('fcrRepeat'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.identifiedAnswered - sums.repeatsAnswered, denominator: sums.identifiedAnswered }), numerator: both(known, (view) => !view.repeat), denominator: known }

/** FCR by the method that has data, as the tile shows it. */
export const explainedFcr = (sums: CounterSums): ExplainedMetric => (firstContactResolution(sums).fcrMethod === 'repeat' && fcrByDisposition(sums.resolved, sums.resolutionsAsked) === null ? repeat : disposition)

/** Metrics of a window by name; service levels, FCR and those of the moment are found by `explain`. */
export const EXPLAINED: Readonly<Record<string, ExplainedMetric>> = {
  asaMs: { formula: formulaOf('asaMs'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.waitMsTotal, denominator: sums.answered }), numerator: answered, denominator: answered },
  ahtMs: mean(formulaOf('ahtMs'), (sums) => sums.talkMsTotal + sums.holdMsTotal + sums.acwMsTotal),
  activeMs: mean(formulaOf('activeMs'), (sums) => sums.activeMsTotal),
  talkMs: mean(formulaOf('talkMs'), (sums) => sums.talkMsTotal),
  holdMs: mean(formulaOf('holdMs'), (sums) => sums.holdMsTotal, (sums) => handleTimes(sums).holdMs),
  acwMs: mean(formulaOf('acwMs'), (sums) => sums.acwMsTotal, (sums) => handleTimes(sums).acwMs),
  holdOfHeldMs: { formula: formulaOf('holdOfHeldMs'), basis: 'end', ratio: (sums) => ({ numerator: sums.holdMsTotal, denominator: sums.held }), numerator: held, denominator: held },
  acwOfWrappedMs: { formula: formulaOf('acwOfWrappedMs'), basis: 'end', ratio: (sums) => ({ numerator: sums.acwMsTotal, denominator: sums.wrapped }), numerator: wrapped, denominator: wrapped },
  ringMs: { formula: formulaOf('ringMs'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.ringMsTotal, denominator: sums.ringKnown }), numerator: both(answered, (view) => view.ringMs >= 0), denominator: both(answered, (view) => view.ringMs >= 0) },
  abandonRate: {
    formula: formulaOf('abandonRate'),
    basis: 'outcome',
    ratio: (sums) => ({ numerator: sums.abandoned - sums.shortAbandoned, denominator: sums.answered + sums.abandoned + sums.callbacks + sums.flowedOut - sums.shortAbandoned }),
    numerator: lasting,
    denominator: either(ended(OUTCOME.answered, OUTCOME.callback, OUTCOME.flowedOut), lasting),
  },
  surveyResponseRate: { formula: formulaOf('surveyResponseRate'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.surveysAnswered, denominator: sums.surveysSent }), numerator: both(invited, answeredSurvey), denominator: invited },
  csatMean: { formula: formulaOf('csatMean'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.surveyScoreTotal, denominator: sums.surveys }), numerator: surveyed, denominator: surveyed },
  csat: { formula: formulaOf('csat'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.surveysSatisfied, denominator: sums.surveys }), numerator: both(surveyed, (view) => view.satisfied), denominator: surveyed },
  fcrDisposition: disposition,
  fcrRepeat: repeat,
  repeatRate: { formula: formulaOf('repeatRate'), basis: 'arrival', ratio: (sums) => ({ numerator: sums.repeats, denominator: sums.identified }), numerator: both(identified, (view) => view.repeat), denominator: identified },
  nps: { formula: formulaOf('nps'), basis: 'outcome', scale: 100, ratio: (sums) => ({ numerator: sums.npsPromoters - sums.npsDetractors, denominator: sums.npsAnswers }), numerator: both(surveyed, (view) => view.nps === 3), denominator: both(surveyed, (view) => view.nps !== 0) },
  transferRate: { formula: formulaOf('transferRate'), basis: 'end', ratio: (sums) => ({ numerator: sums.transferred, denominator: sums.handled }), numerator: both(handled, transferred), denominator: handled },
  timeToAbandonMs: { formula: formulaOf('timeToAbandonMs'), basis: 'outcome', ratio: (sums) => ({ numerator: sums.abandonWaitMsTotal - sums.shortAbandonWaitMsTotal, denominator: sums.abandoned - sums.shortAbandoned }), numerator: lasting, denominator: lasting },
  utilisation: { formula: formulaOf('utilisation'), basis: 'clock', ratio: (sums) => ({ numerator: sums.handlingMs, denominator: sums.signedInMs }), numerator: nobody, denominator: nobody },
  occupancy: { formula: formulaOf('occupancy'), basis: 'clock', ratio: (sums) => ({ numerator: sums.handlingMs, denominator: sums.handlingMs + sums.availableMs }), numerator: nobody, denominator: nobody },
  offered: count(formulaOf('offered'), 'arrival', (sums) => sums.offered, arrived),
  answered: count(formulaOf('answered'), 'outcome', (sums) => sums.answered, answered),
  abandoned: count(formulaOf('abandoned'), 'outcome', (sums) => sums.abandoned, abandoned),
  shortAbandoned: count(formulaOf('shortAbandoned'), 'outcome', (sums) => sums.shortAbandoned, both(abandoned, (view) => view.short)),
  callbacks: count(formulaOf('callbacks'), 'outcome', (sums) => sums.callbacks, callbacks),
  flowedOut: count(formulaOf('flowedOut'), 'outcome', (sums) => sums.flowedOut, flowedOut),
  systemEnded: count(formulaOf('systemEnded'), 'outcome', (sums) => sums.systemEnded, ended(OUTCOME.system)),
  refused: count(formulaOf('refused'), 'outcome', (sums) => sums.refused, ended(OUTCOME.refused)),
  holdAbandoned: count(formulaOf('holdAbandoned'), 'outcome', (sums) => sums.holdAbandoned, (view, inside) => view.holdLeftAt !== 0 && inside(view.holdLeftAt)),
  handled: count(formulaOf('handled'), 'end', (sums) => sums.handled, handled),
  endedByAgent: count(formulaOf('endedByAgent'), 'end', (sums) => sums.endedByAgent, handledWith((view, i) => (view.flags[i] & HANDLING.byAgent) !== 0)),
  endedByCustomer: count(formulaOf('endedByCustomer'), 'end', (sums) => sums.endedByCustomer, handledWith((view, i) => (view.flags[i] & HANDLING.byCustomer) !== 0)),
  transferred: count(formulaOf('transferred'), 'end', (sums) => sums.transferred, both(handled, transferred)),
  ringNoAnswer: count(formulaOf('ringNoAnswer'), 'outcome', (sums) => sums.ringNoAnswer, (view, inside) => {
    for (let i = 0; i < view.misses; i++) if (inside(view.missAt[i])) return true
    return false
  }),
  surveysSent: count(formulaOf('surveysSent'), 'outcome', (sums) => sums.surveysSent, invited),
  surveys: count(formulaOf('surveys'), 'outcome', (sums) => sums.surveys, surveyed),
}
