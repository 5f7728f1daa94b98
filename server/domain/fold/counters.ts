/**
 * The one table of counters. Each is a sum of leg contributions (or of agents' clock time), booked to the minute ring, the rolling window,
 * the business day and the interval rows at once. `windowMin` is the live window of METRICS section 8: 30 for outcomes, 60 for handling.
 */
export const COUNTERS = [
  { name: 'offered', windowMin: 30 },
  { name: 'answered', windowMin: 30 },
  { name: 'abandoned', windowMin: 30 },
  { name: 'shortAbandoned', windowMin: 30 },
  { name: 'callbacks', windowMin: 30 },
  { name: 'flowedOut', windowMin: 30 },
  { name: 'systemEnded', windowMin: 30 },
  { name: 'refused', windowMin: 30 },
  { name: 'answeredInTarget', windowMin: 30 },
  { name: 'abandonedInTarget', windowMin: 30 },
  { name: 'flowedOutInTarget', windowMin: 30 },
  { name: 'callbacksInTarget', windowMin: 30 },
  { name: 'waitMsTotal', windowMin: 30 },
  { name: 'abandonWaitMsTotal', windowMin: 30 },
  { name: 'shortAbandonWaitMsTotal', windowMin: 30 },
  { name: 'identified', windowMin: 30 },
  { name: 'repeats', windowMin: 30 },
  { name: 'ringNoAnswer', windowMin: 30 },
  { name: 'ringMsTotal', windowMin: 30 },
  { name: 'ringKnown', windowMin: 30 },
  { name: 'identifiedAnswered', windowMin: 30 },
  { name: 'repeatsAnswered', windowMin: 30 },
  { name: 'handlingMs', windowMin: 30 },
  { name: 'availableMs', windowMin: 30 },
  { name: 'signedInMs', windowMin: 30 },
  { name: 'handled', windowMin: 60 },
  { name: 'talkMsTotal', windowMin: 60 },
  { name: 'holdMsTotal', windowMin: 60 },
  { name: 'acwMsTotal', windowMin: 60 },
  { name: 'activeMsTotal', windowMin: 60 },
  { name: 'holdKnown', windowMin: 60 },
  { name: 'acwKnown', windowMin: 60 },
  { name: 'acwCapped', windowMin: 60 },
  { name: 'held', windowMin: 60 },
  { name: 'wrapped', windowMin: 60 },
  { name: 'endedByAgent', windowMin: 60 },
  { name: 'endedByCustomer', windowMin: 60 },
  { name: 'transferred', windowMin: 60 },
  { name: 'holdAbandoned', windowMin: 60 },
  { name: 'surveys', windowMin: 60 },
  { name: 'surveysSatisfied', windowMin: 60 },
  { name: 'surveyScoreTotal', windowMin: 60 },
  { name: 'surveysSent', windowMin: 60 },
  { name: 'surveysAnswered', windowMin: 60 },
  { name: 'npsAnswers', windowMin: 60 },
  { name: 'npsPromoters', windowMin: 60 },
  { name: 'npsDetractors', windowMin: 60 },
  { name: 'resolutionsAsked', windowMin: 60 },
  { name: 'resolved', windowMin: 60 },
] as const

export type CounterName = (typeof COUNTERS)[number]['name']

export const COUNT = Object.fromEntries(COUNTERS.map((counter, index) => [counter.name, index])) as Readonly<Record<CounterName, number>>

/** Cells of one block of counters. */
export const BLOCK = COUNTERS.length
/** Counters before this index live in the 30-minute window, those from it on in the 60-minute window. */
export const FIRST_OF_60 = COUNTERS.findIndex((counter) => counter.windowMin === 60)
