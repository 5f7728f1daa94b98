import type { CounterName } from './counters.ts'
import { answeredSurvey, HANDLING, mayRepeat, OUTCOME, type LegView } from './leg-view.ts'

/** What one leg gives, each with the instant it counts at: the same as `Contributions` books in passing, for windows that nobody keeps. */
export interface Gains {
  readonly count: (name: CounterName, at: number, amount: number) => void
  readonly wait: (at: number, ms: number) => void
  readonly handle: (at: number, ms: number) => void
}

export const leaveGains = (view: LegView, gains: Gains): void => {
  const { count } = gains
  if (view.offered) {
    count('offered', view.queuedAt, 1)
    if (mayRepeat(view)) {
      count('identified', view.queuedAt, 1)
      if (view.repeat) count('repeats', view.queuedAt, 1)
    }
  }
  outcome(view, gains)
  for (let i = 0; i < view.handlings; i++) handling(view, i, gains)
  for (let i = 0; i < view.misses; i++) count('ringNoAnswer', view.missAt[i], 1)
  if (view.holdLeftAt !== 0) count('holdAbandoned', view.holdLeftAt, 1)
  if (view.surveyed) survey(view, gains)
  if (view.surveySentAt !== 0) {
    count('surveysSent', view.surveySentAt, 1)
    if (answeredSurvey(view)) count('surveysAnswered', view.surveySentAt, 1)
  }
  if (view.resolved !== 0 && !view.repeat) {
    count('resolutionsAsked', view.resolvedAt, 1)
    if (view.resolved === 2) count('resolved', view.resolvedAt, 1)
  }
}

const outcome = (view: LegView, { count, wait }: Gains): void => {
  const at = view.outcomeAt
  switch (view.outcome) {
    case OUTCOME.answered:
      count('answered', at, 1)
      if (mayRepeat(view)) count('identifiedAnswered', at, 1)
      if (mayRepeat(view) && view.repeat) count('repeatsAnswered', at, 1)
      if (view.inTarget) count('answeredInTarget', at, 1)
      count('waitMsTotal', at, view.waitMs)
      if (view.ringMs >= 0) {
        count('ringMsTotal', at, view.ringMs)
        count('ringKnown', at, 1)
      }
      wait(at, view.waitMs)
      return
    case OUTCOME.abandoned:
      count('abandoned', at, 1)
      if (view.inTarget) count('abandonedInTarget', at, 1)
      count('abandonWaitMsTotal', at, view.waitMs)
      if (!view.short) return
      count('shortAbandoned', at, 1)
      count('shortAbandonWaitMsTotal', at, view.waitMs)
      return
    case OUTCOME.callback:
      count('callbacks', at, 1)
      if (view.inTarget) count('callbacksInTarget', at, 1)
      return
    case OUTCOME.flowedOut:
      count('flowedOut', at, 1)
      if (view.inTarget) count('flowedOutInTarget', at, 1)
      return
    case OUTCOME.system:
      count('systemEnded', at, 1)
      return
    case OUTCOME.refused:
      count('refused', at, 1)
      return
    default:
  }
}

const handling = (view: LegView, i: number, { count, handle }: Gains): void => {
  const at = view.countedAt[i]
  if (at === 0) return
  const flags = view.flags[i]
  const [talk, hold, acw] = [Math.max(0, view.talk[i]), Math.max(0, view.hold[i]), Math.max(0, view.acw[i])]
  count('handled', at, 1)
  count('talkMsTotal', at, talk)
  count('activeMsTotal', at, view.active[i])
  if ((flags & HANDLING.holdKnown) !== 0) {
    count('holdMsTotal', at, hold)
    count('holdKnown', at, 1)
    if (hold > 0) count('held', at, 1)
  }
  if ((flags & HANDLING.acwKnown) !== 0) {
    count('acwMsTotal', at, acw)
    count('acwKnown', at, 1)
    if (acw > 0) count('wrapped', at, 1)
    if ((flags & HANDLING.capped) !== 0) count('acwCapped', at, 1)
  }
  if ((flags & HANDLING.transferred) !== 0) count('transferred', at, 1)
  if ((flags & HANDLING.byAgent) !== 0) count('endedByAgent', at, 1)
  if ((flags & HANDLING.byCustomer) !== 0) count('endedByCustomer', at, 1)
  handle(at, talk + hold + acw)
}

const survey = (view: LegView, { count }: Gains): void => {
  count('surveys', view.surveyAt, 1)
  if (view.satisfied) count('surveysSatisfied', view.surveyAt, 1)
  count('surveyScoreTotal', view.surveyAt, view.surveyScore)
  if (view.nps === 0) return
  count('npsAnswers', view.surveyAt, 1)
  if (view.nps !== 2) count(view.nps === 3 ? 'npsPromoters' : 'npsDetractors', view.surveyAt, 1)
}
