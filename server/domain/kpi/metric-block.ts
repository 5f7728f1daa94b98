import { COUNT, COUNTERS, type CounterName } from '../fold/counters.ts'
import type { MetricBlock } from '../metric-figures.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { abandonRate } from './abandonment.ts'
import { firstContactResolution } from './first-contact-resolution.ts'
import { handleTimes } from './handle-time.ts'
import { occupancy, utilisation } from './occupancy.ts'
import { promoterScore, satisfaction } from './satisfaction.ts'
import { serviceLevelOf, shareOf, type ServiceCounts } from './service-level.ts'
import { speedOfAnswer } from './speed-of-answer.ts'

export type CounterSums = Readonly<Record<CounterName, number>>

export interface BlockPercentiles {
  readonly waitMsP50: number | null
  readonly waitMsP90: number | null
  readonly handleMsP50: number | null
  readonly handleMsP90: number | null
}

/** Counters as a plain record, from `values` at `offset`. Written out: a record that grows name by name costs ten times as much to make and to read. */
export const countersAt = (values: ArrayLike<number>, offset: number): CounterSums => ({
  offered: values[offset + COUNT.offered],
  answered: values[offset + COUNT.answered],
  abandoned: values[offset + COUNT.abandoned],
  shortAbandoned: values[offset + COUNT.shortAbandoned],
  callbacks: values[offset + COUNT.callbacks],
  flowedOut: values[offset + COUNT.flowedOut],
  systemEnded: values[offset + COUNT.systemEnded],
  refused: values[offset + COUNT.refused],
  answeredInTarget: values[offset + COUNT.answeredInTarget],
  abandonedInTarget: values[offset + COUNT.abandonedInTarget],
  flowedOutInTarget: values[offset + COUNT.flowedOutInTarget],
  callbacksInTarget: values[offset + COUNT.callbacksInTarget],
  waitMsTotal: values[offset + COUNT.waitMsTotal],
  abandonWaitMsTotal: values[offset + COUNT.abandonWaitMsTotal],
  shortAbandonWaitMsTotal: values[offset + COUNT.shortAbandonWaitMsTotal],
  identified: values[offset + COUNT.identified],
  repeats: values[offset + COUNT.repeats],
  ringNoAnswer: values[offset + COUNT.ringNoAnswer],
  ringMsTotal: values[offset + COUNT.ringMsTotal],
  ringKnown: values[offset + COUNT.ringKnown],
  identifiedAnswered: values[offset + COUNT.identifiedAnswered],
  repeatsAnswered: values[offset + COUNT.repeatsAnswered],
  handlingMs: values[offset + COUNT.handlingMs],
  availableMs: values[offset + COUNT.availableMs],
  signedInMs: values[offset + COUNT.signedInMs],
  handled: values[offset + COUNT.handled],
  talkMsTotal: values[offset + COUNT.talkMsTotal],
  holdMsTotal: values[offset + COUNT.holdMsTotal],
  acwMsTotal: values[offset + COUNT.acwMsTotal],
  activeMsTotal: values[offset + COUNT.activeMsTotal],
  holdKnown: values[offset + COUNT.holdKnown],
  acwKnown: values[offset + COUNT.acwKnown],
  acwCapped: values[offset + COUNT.acwCapped],
  held: values[offset + COUNT.held],
  wrapped: values[offset + COUNT.wrapped],
  endedByAgent: values[offset + COUNT.endedByAgent],
  endedByCustomer: values[offset + COUNT.endedByCustomer],
  transferred: values[offset + COUNT.transferred],
  holdAbandoned: values[offset + COUNT.holdAbandoned],
  surveys: values[offset + COUNT.surveys],
  surveysSatisfied: values[offset + COUNT.surveysSatisfied],
  surveyScoreTotal: values[offset + COUNT.surveyScoreTotal],
  surveysSent: values[offset + COUNT.surveysSent],
  surveysAnswered: values[offset + COUNT.surveysAnswered],
  npsAnswers: values[offset + COUNT.npsAnswers],
  npsPromoters: values[offset + COUNT.npsPromoters],
  npsDetractors: values[offset + COUNT.npsDetractors],
  resolutionsAsked: values[offset + COUNT.resolutionsAsked],
  resolved: values[offset + COUNT.resolved],
})

const NOTHING = countersAt(COUNTERS.map(() => 0), 0)

export const addSums = (all: readonly CounterSums[]): CounterSums => {
  if (all.length === 1) return all[0]
  const sums: Record<CounterName, number> = { ...NOTHING }
  for (const one of all) for (const { name } of COUNTERS) sums[name] += one[name]
  return sums
}

export const subtractSums = (from: CounterSums, less: CounterSums): CounterSums => {
  const sums: Record<CounterName, number> = { ...NOTHING }
  for (const { name } of COUNTERS) sums[name] = from[name] - less[name]
  return sums
}

/** What V6 and V7 divide by: on the outcome basis the contacts that ended, on the arrival basis the enqueues. */
export const serviceCounts = (sums: CounterSums, basis: 'outcome' | 'arrival'): ServiceCounts => ({
  offered: basis === 'arrival' ? sums.offered : sums.answered + sums.abandoned + sums.callbacks + sums.flowedOut,
  answered: sums.answered,
  answeredInTarget: sums.answeredInTarget,
  abandoned: sums.abandoned,
  shortAbandoned: sums.shortAbandoned,
  abandonedInTarget: sums.abandonedInTarget,
  callbacksInTarget: sums.callbacksInTarget,
  flowedOut: sums.flowedOut,
  flowedOutInTarget: sums.flowedOutInTarget,
})

/** A sum over rows of which one did not count it yet is not known. */
const counted = (sum: number): number | null => (Number.isNaN(sum) ? null : sum)

/** All figures of one window; `variant` null where targets differ, since such levels must not be added. */
export const metricBlock = (sums: CounterSums, pending: number, basis: 'outcome' | 'arrival', variant: ServiceLevelVariant | null, percentiles: BlockPercentiles): MetricBlock => {
  const { ahtMs, activeMs, talkMs, holdMs, acwMs, holdOfHeldMs, acwOfWrappedMs } = handleTimes(sums)
  const { fcr, fcrMethod } = firstContactResolution(sums)
  return {
    offered: sums.offered,
    answered: sums.answered,
    abandoned: sums.abandoned,
    shortAbandoned: sums.shortAbandoned,
    callbacks: sums.callbacks,
    flowedOut: sums.flowedOut,
    systemEnded: sums.systemEnded,
    pending,
    refused: sums.refused,
    handled: sums.handled,
    answeredInTarget: sums.answeredInTarget,
    abandonedInTarget: sums.abandonedInTarget,
    flowedOutInTarget: sums.flowedOutInTarget,
    callbacksInTarget: sums.callbacksInTarget,
    transferred: sums.transferred,
    ringNoAnswer: sums.ringNoAnswer,
    surveys: sums.surveys,
    surveysSatisfied: sums.surveysSatisfied,
    resolutionsAsked: sums.resolutionsAsked,
    resolved: sums.resolved,
    holdAbandoned: counted(sums.holdAbandoned),
    npsAnswers: counted(sums.npsAnswers),
    npsPromoters: counted(sums.npsPromoters),
    npsDetractors: counted(sums.npsDetractors),
    surveysSent: counted(sums.surveysSent),
    surveysAnswered: counted(sums.surveysAnswered),
    held: counted(sums.held),
    wrapped: counted(sums.wrapped),
    endedByAgent: counted(sums.endedByAgent),
    endedByCustomer: counted(sums.endedByCustomer),
    ringKnown: counted(sums.ringKnown),
    ringMsTotal: counted(sums.ringMsTotal),
    identified: sums.identified,
    repeats: sums.repeats,
    identifiedAnswered: counted(sums.identifiedAnswered),
    repeatsAnswered: counted(sums.repeatsAnswered),
    acwCapped: sums.acwCapped,
    holdKnown: sums.holdKnown,
    acwKnown: sums.acwKnown,
    waitMsTotal: sums.waitMsTotal,
    talkMsTotal: sums.talkMsTotal,
    holdMsTotal: sums.holdMsTotal,
    acwMsTotal: sums.acwMsTotal,
    activeMsTotal: counted(sums.activeMsTotal),
    abandonWaitMsTotal: sums.abandonWaitMsTotal,
    shortAbandonWaitMsTotal: sums.shortAbandonWaitMsTotal,
    surveyScoreTotal: sums.surveyScoreTotal,
    handlingMsTotal: sums.handlingMs,
    availableMsTotal: sums.availableMs,
    signedInMsTotal: counted(sums.signedInMs),
    serviceLevel: variant === null ? null : shareOf(serviceLevelOf(variant, serviceCounts(sums, basis))),
    asaMs: speedOfAnswer(sums.waitMsTotal, sums.answered),
    ahtMs,
    activeMs,
    talkMs,
    holdMs,
    acwMs,
    holdOfHeldMs,
    acwOfWrappedMs,
    ringMs: shareOf({ numerator: sums.ringMsTotal, denominator: sums.ringKnown }),
    abandonRate: abandonRate(sums),
    occupancy: occupancy(sums.handlingMs, sums.availableMs, sums.signedInMs),
    utilisation: utilisation(sums.handlingMs, sums.signedInMs),
    fcr,
    fcrMethod,
    csat: satisfaction(sums.surveysSatisfied, sums.surveys),
    nps: promoterScore(sums),
    surveyResponseRate: shareOf({ numerator: sums.surveysAnswered, denominator: sums.surveysSent }),
    waitMsP50: percentiles.waitMsP50,
    waitMsP90: percentiles.waitMsP90,
    handleMsP50: percentiles.handleMsP50,
    handleMsP90: percentiles.handleMsP90,
  }
}
