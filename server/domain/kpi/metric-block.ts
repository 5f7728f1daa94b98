import { COUNTERS, type CounterName } from '../fold/counters.ts'
import type { MetricBlock } from '../floor.ts'
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

/** Counters as a plain record, from `values` at `offset`. */
export const countersAt = (values: ArrayLike<number>, offset: number): CounterSums => {
  const sums = {} as Record<CounterName, number>
  for (let index = 0; index < COUNTERS.length; index++) sums[COUNTERS[index].name] = values[offset + index]
  return sums
}

export const addSums = (all: readonly CounterSums[]): CounterSums => {
  const sums = {} as Record<CounterName, number>
  for (const { name } of COUNTERS) sums[name] = all.reduce((sum, one) => sum + one[name], 0)
  return sums
}

export const subtractSums = (from: CounterSums, less: CounterSums): CounterSums => {
  const sums = {} as Record<CounterName, number>
  for (const { name } of COUNTERS) sums[name] = from[name] - less[name]
  return sums
}

/** What V6 and V7 divide by: on the outcome basis the contacts that ended, on the arrival basis the enqueues. */
export const serviceCounts = (sums: CounterSums, basis: 'outcome' | 'arrival'): ServiceCounts => ({
  ...sums,
  offered: basis === 'arrival' ? sums.offered : sums.answered + sums.abandoned + sums.callbacks + sums.flowedOut,
})

/** A sum over rows of which one did not count it yet is not known. */
const counted = (sum: number): number | null => (Number.isNaN(sum) ? null : sum)

/** All figures of one window; `variant` null where targets differ, since such levels must not be added. */
export const metricBlock = (sums: CounterSums, pending: number, basis: 'outcome' | 'arrival', variant: ServiceLevelVariant | null, percentiles: BlockPercentiles): MetricBlock => ({
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
  identified: sums.identified,
  repeats: sums.repeats,
  acwCapped: sums.acwCapped,
  holdKnown: sums.holdKnown,
  acwKnown: sums.acwKnown,
  waitMsTotal: sums.waitMsTotal,
  talkMsTotal: sums.talkMsTotal,
  holdMsTotal: sums.holdMsTotal,
  acwMsTotal: sums.acwMsTotal,
  abandonWaitMsTotal: sums.abandonWaitMsTotal,
  shortAbandonWaitMsTotal: sums.shortAbandonWaitMsTotal,
  surveyScoreTotal: sums.surveyScoreTotal,
  handlingMsTotal: sums.handlingMs,
  availableMsTotal: sums.availableMs,
  signedInMsTotal: counted(sums.signedInMs),
  serviceLevel: variant === null ? null : shareOf(serviceLevelOf(variant, serviceCounts(sums, basis))),
  asaMs: speedOfAnswer(sums.waitMsTotal, sums.answered),
  ...handleTimes(sums),
  abandonRate: abandonRate(sums),
  occupancy: occupancy(sums.handlingMs, sums.availableMs),
  utilisation: utilisation(sums.handlingMs, sums.signedInMs),
  ...firstContactResolution(sums),
  csat: satisfaction(sums.surveysSatisfied, sums.surveys),
  nps: promoterScore(sums),
  ...percentiles,
})
