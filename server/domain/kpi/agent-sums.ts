import { AGENT_STATES, countedTimes, ofStates } from '../agent-states.ts'
import type { AgentState } from '../agent-figures.ts'
import { shareInterval } from './confidence.ts'
import { fcrByDisposition, repeatRate } from './first-contact-resolution.ts'
import { handleTimes } from './handle-time.ts'
import { occupancy, utilisation } from './occupancy.ts'
import { meanScore, satisfaction } from './satisfaction.ts'
import { addCohortSums, emptyCohortSums, type CohortSums } from './cohort-sums.ts'
import { shareOf } from './service-level.ts'

/** What an agent did in contacts. Names that a queue's counters have mean the same there. */
export const AGENT_COUNTERS = [
  'handled', 'talkMsTotal', 'holdMsTotal', 'acwMsTotal', 'holdKnown', 'acwKnown', 'held', 'wrapped', 'acwCapped', 'transferred',
  'ringNoAnswer', 'ringNoAnswerMs', 'ringKnown', 'ringMsTotal', 'identifiedAnswered', 'repeatsAnswered',
  'surveys', 'surveysSatisfied', 'surveyScoreTotal', 'resolutionsAsked', 'resolved',
  'firstResponses', 'firstResponsesInTarget', 'firstResponseMsTotal', 'firstResponseBusinessMsTotal',
  'activeMsTotal', 'activeKnown',
] as const
export type AgentCounter = (typeof AGENT_COUNTERS)[number]

/** Sums of one agent, of a team, or of an agent's day: what figures are ratios of (METRICS R6). */
export interface AgentSums {
  readonly counts: Record<AgentCounter, number>
  /** Clock time by primary state, ms. */
  readonly states: Record<AgentState, number>
  /** Of the time in AUX: by reason; '' where none was given. */
  readonly reasons: Map<string, number>
  /** What was planned and could be judged, and what of it went otherwise. */
  scheduledMs: number
  exceptionMs: number
  /** Contacts that they handled last, as far as their cohort has matured. */
  readonly cohort: CohortSums
}

export const emptyAgentSums = (): AgentSums => ({
  counts: Object.fromEntries(AGENT_COUNTERS.map((name) => [name, 0])) as Record<AgentCounter, number>,
  states: ofStates(() => 0),
  reasons: new Map(),
  scheduledMs: 0,
  exceptionMs: 0,
  cohort: emptyCohortSums(),
})

export const addAgentSums = (all: readonly AgentSums[]): AgentSums => {
  const sum = emptyAgentSums()
  for (const { counts, states, reasons, scheduledMs, exceptionMs, cohort } of all) {
    for (const name of AGENT_COUNTERS) sum.counts[name] += counts[name]
    for (const state of AGENT_STATES) sum.states[state] += states[state]
    for (const [reason, ms] of reasons) sum.reasons.set(reason, (sum.reasons.get(reason) ?? 0) + ms)
    sum.scheduledMs += scheduledMs
    sum.exceptionMs += exceptionMs
    addCohortSums(sum.cohort, cohort)
  }
  return sum
}

export interface AuxTime {
  readonly reason: string | null
  readonly ms: number
}

/** Figures of an agent or a team; null without a denominator. AHT never stands without quality beside it. */
export interface AgentReportFigures {
  readonly handled: number
  readonly ahtMs: number | null
  /** Null where some of it was kept before it was counted. */
  readonly activeMs: number | null
  readonly talkMs: number | null
  readonly holdMs: number | null
  readonly acwMs: number | null
  readonly holdOfHeldMs: number | null
  readonly acwOfWrappedMs: number | null
  readonly acwCapped: number
  readonly talkMsTotal: number
  readonly holdMsTotal: number
  readonly acwMsTotal: number
  readonly activeMsTotal: number | null
  readonly csat: number | null
  readonly csatLow: number | null
  readonly csatHigh: number | null
  readonly csatMean: number | null
  readonly surveys: number
  readonly surveysSatisfied: number
  readonly fcrDisposition: number | null
  readonly resolutionsAsked: number
  readonly resolved: number
  /** Of the contacts of known customers that they took: those that followed an earlier one. */
  readonly repeatRate: number | null
  readonly identifiedAnswered: number
  readonly repeatsAnswered: number
  /** Of the contacts of known customers that they handled last: those after which the customer did not come again within D; matured cohorts alone. */
  readonly fcrCohort: number | null
  readonly fcrCohortLow: number | null
  readonly fcrCohortHigh: number | null
  readonly fcrEligible: number
  readonly fcrResolvedAtFirst: number
  /** Of all contacts of these cohorts those that can be judged. */
  readonly fcrIdentifiedShare: number | null
  readonly transferred: number
  readonly transferRate: number | null
  readonly ringNoAnswer: number
  readonly ringNoAnswerMs: number
  readonly ringMs: number | null
  readonly firstResponses: number
  readonly firstResponsesInTarget: number
  readonly firstResponseMs: number | null
  readonly firstResponseBusinessMs: number | null
  readonly signedInMs: number
  readonly availableMs: number
  readonly onContactMs: number
  /** In the state after-call work, whatever was told of a contact. */
  readonly wrapUpMs: number
  readonly ringingMs: number
  readonly auxMs: number
  readonly notQueuedMs: number
  /** No time of being signed in: nobody heard of them. */
  readonly unreachableMs: number
  /** Longest first. */
  readonly aux: readonly AuxTime[]
  readonly occupancy: number | null
  readonly utilisation: number | null
  readonly scheduledMs: number
  readonly exceptionMs: number
  /** Null where nothing was planned. */
  readonly adherence: number | null
}

/** Books that were written before active time was counted do not know it. */
const activeMsOf = ({ activeMsTotal, activeKnown, handled }: AgentSums['counts']): number => (activeKnown === handled ? activeMsTotal : Number.NaN)

export const agentFigures = ({ counts, states, reasons, scheduledMs, exceptionMs, cohort }: AgentSums): AgentReportFigures => {
  const { handlingMs, availableMs: readyMs, signedInMs } = countedTimes(states)
  const range = shareInterval(counts.surveysSatisfied, counts.surveys)
  const fcrRange = shareInterval(cohort.resolvedAtFirst, cohort.eligible)
  const { handled, acwCapped, talkMsTotal, holdMsTotal, acwMsTotal, surveys, surveysSatisfied, resolutionsAsked, resolved, identifiedAnswered, repeatsAnswered, transferred, ringNoAnswer, ringNoAnswerMs, firstResponses, firstResponsesInTarget } = counts
  return {
    handled, ...handleTimes({ ...counts, activeMsTotal: activeMsOf(counts) }), acwCapped, talkMsTotal, holdMsTotal, acwMsTotal, activeMsTotal: counts.activeKnown === handled ? counts.activeMsTotal : null,
    csat: satisfaction(surveysSatisfied, surveys), csatLow: range?.low ?? null, csatHigh: range?.high ?? null, csatMean: meanScore(counts.surveyScoreTotal, surveys), surveys, surveysSatisfied,
    fcrDisposition: fcrByDisposition(resolved, resolutionsAsked), resolutionsAsked, resolved,
    repeatRate: repeatRate(repeatsAnswered, identifiedAnswered), identifiedAnswered, repeatsAnswered,
    fcrCohort: shareOf({ numerator: cohort.resolvedAtFirst, denominator: cohort.eligible }), fcrCohortLow: fcrRange?.low ?? null, fcrCohortHigh: fcrRange?.high ?? null, fcrEligible: cohort.eligible, fcrResolvedAtFirst: cohort.resolvedAtFirst,
    fcrIdentifiedShare: shareOf({ numerator: cohort.eligible, denominator: cohort.answered }),
    transferred, transferRate: shareOf({ numerator: transferred, denominator: handled }),
    ringNoAnswer, ringNoAnswerMs, ringMs: shareOf({ numerator: counts.ringMsTotal, denominator: counts.ringKnown }),
    firstResponses, firstResponsesInTarget,
    firstResponseMs: shareOf({ numerator: counts.firstResponseMsTotal, denominator: firstResponses }), firstResponseBusinessMs: shareOf({ numerator: counts.firstResponseBusinessMsTotal, denominator: firstResponses }),
    signedInMs, availableMs: states.available, onContactMs: states['on-contact'], wrapUpMs: states.acw, ringingMs: states.ringing, auxMs: states.aux, notQueuedMs: states['not-queued'], unreachableMs: states.unreachable,
    aux: [...reasons].filter(([, ms]) => ms > 0).map(([reason, ms]) => ({ reason: reason === '' ? null : reason, ms })).sort((a, b) => b.ms - a.ms || ((a.reason ?? '') < (b.reason ?? '') ? -1 : 1)),
    occupancy: occupancy(handlingMs, readyMs, signedInMs), utilisation: utilisation(handlingMs, signedInMs),
    scheduledMs, exceptionMs, adherence: scheduledMs > 0 ? Math.max(0, 1 - exceptionMs / scheduledMs) : null,
  }
}
