import type { MetricBlock, ResponseFigures } from '../metric-figures.ts'
import type { QueueFigures, RollingFigures } from '../queue-figures.ts'
import { fcrByDisposition, fcrByRepeat, repeatRate } from '../kpi/first-contact-resolution.ts'
import { meanScore } from '../kpi/satisfaction.ts'
import { serviceLevelOf, shareOf } from '../kpi/service-level.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import type { Instant } from '../time.ts'

export interface BreachFigure {
  /** null: no denominator, or not known. */
  readonly value: number | null
  /** How much stands behind it. */
  readonly count: number
}

export interface BreachMetricOf {
  readonly words: string
  readonly unit: 'share' | 'duration' | 'count' | 'points'
  /** Counted over an hour where the row is live; all others over half of one. */
  readonly ofAnHour?: true
  /** How old something is: it grows by the clock alone. */
  readonly ages?: true
  /** `null` for what a row does not hold: judged by `absenceReading`, or looked up by the clock. */
  readonly read: ((row: QueueFigures, block: RollingFigures, at: Instant) => BreachFigure) | null
}

type Read = NonNullable<BreachMetricOf['read']>
const number = (of: (row: QueueFigures, block: MetricBlock) => number | null): Read => (row, block) => ({ value: of(row, block), count: of(row, block) ?? 0 })
const counted = (words: string, name: 'offered' | 'answered' | 'abandoned' | 'shortAbandoned' | 'callbacks' | 'flowedOut' | 'systemEnded' | 'refused' | 'ringNoAnswer'): BreachMetricOf => ({ words, unit: 'count', read: number((_, block) => block[name]) })
const handledCount = (words: string, name: 'handled' | 'transferred' | 'surveys' | 'surveysSent' | 'holdAbandoned' | 'endedByAgent' | 'endedByCustomer'): BreachMetricOf => ({ words, unit: 'count', ofAnHour: true, read: number((_, block) => block[name]) })
const now = (words: string, name: 'waiting' | 'alerting' | 'inProgress' | 'inAcw' | 'available' | 'staffed' | 'signedIn'): BreachMetricOf => ({ words, unit: 'count', read: number((row) => row[name]) })
const ended = (block: MetricBlock): number => block.answered + block.abandoned
const mean = (words: string, value: (block: MetricBlock) => number | null, count: (block: MetricBlock) => number | null): BreachMetricOf => ({ words, unit: 'duration', ofAnHour: true, read: (_, block) => ({ value: value(block), count: count(block) ?? 0 }) })
const answers = (words: string, unit: BreachMetricOf['unit'], value: (block: MetricBlock) => number | null, count: (block: MetricBlock) => number | null): BreachMetricOf => ({ words, unit, ofAnHour: true, read: (_, block) => ({ value: value(block), count: count(block) ?? 0 }) })
/** Of the window that the block is of; a row keeps its answers beside its blocks. */
const answersOf = (row: QueueFigures, block: RollingFigures): ResponseFigures | undefined => block.responses ?? (block === row.today ? row.digital?.today : row.digital?.now)
const response = (words: string, value: keyof ResponseFigures, count: keyof ResponseFigures): BreachMetricOf => ({ words, unit: 'duration', ofAnHour: true, read: (row, block) => ({ value: answersOf(row, block)?.[value] ?? null, count: answersOf(row, block)?.[count] ?? 0 }) })
const responded = (words: string, name: keyof ResponseFigures): BreachMetricOf => ({ words, unit: 'count', ofAnHour: true, read: (row, block) => ({ value: answersOf(row, block)?.[name] ?? null, count: answersOf(row, block)?.[name] ?? 0 }) })
const written = (words: string, name: 'backlog' | 'unanswered' | 'dueToday'): BreachMetricOf => ({ words, unit: 'count', read: number((row) => row.digital?.[name] ?? null) })
const level = (variant: ServiceLevelVariant): BreachMetricOf => ({
  words: `service level ${variant}`,
  unit: 'share',
  read: (_, block) => ({ value: shareOf(serviceLevelOf(variant, { ...block, offered: ended(block) + block.callbacks + block.flowedOut })), count: ended(block) }),
})

/** What a breach rule may watch: every metric of the dictionary that a queue has, and people at it. Those of the whole site or of one agent, and those of a day's cohort, raise nothing. */
export const breachMetricTable = {
  serviceLevel: { words: 'service level', unit: 'share', read: (_, block) => ({ value: block.serviceLevel, count: ended(block) }) },
  V1: level('V1'),
  V2: level('V2'),
  V3: level('V3'),
  V4: level('V4'),
  V5: level('V5'),
  V6: level('V6'),
  V7: level('V7'),
  serviceLevelFloor: { words: 'service level floor', unit: 'share', read: (row) => ({ value: row.serviceLevelFloor, count: ended(row.today) }) },
  serviceLevelDebt: { words: 'service level debt', unit: 'count', read: (row) => ({ value: row.serviceLevelDebt, count: ended(row.today) }) },
  queueHealth: { words: 'queue health', unit: 'share', read: (row) => ({ value: row.queueHealth, count: row.waiting }) },
  abandonRate: { words: 'abandon rate', unit: 'share', read: (_, block) => ({ value: block.abandonRate, count: ended(block) }) },
  asaMs: { words: 'average speed of answer', unit: 'duration', read: (_, block) => ({ value: block.asaMs, count: block.answered }) },
  timeToAbandonMs: { words: 'time to abandon', unit: 'duration', read: (_, { abandoned, shortAbandoned, abandonWaitMsTotal, shortAbandonWaitMsTotal }) => ({ value: shareOf({ numerator: abandonWaitMsTotal - shortAbandonWaitMsTotal, denominator: abandoned - shortAbandoned }), count: abandoned - shortAbandoned }) },
  ringMs: { words: 'ring of answered contacts', unit: 'duration', read: (_, block) => ({ value: block.ringMs, count: block.ringKnown ?? 0 }) },
  ahtMs: mean('average handle time', (block) => block.ahtMs, (block) => block.handled),
  ahtSoFarMs: { words: 'handle time so far', unit: 'duration', ofAnHour: true, read: (row) => ({ value: row.now.ahtSoFarMs, count: row.now.handled + row.inProgress }) },
  activeMs: mean('average active handle time', (block) => block.activeMs, (block) => block.handled),
  talkMs: mean('average talk', (block) => block.talkMs, (block) => block.handled),
  holdMs: mean('average hold', (block) => block.holdMs, (block) => block.handled),
  holdOfHeldMs: mean('average hold of held contacts', (block) => block.holdOfHeldMs, (block) => block.held),
  acwMs: mean('average after-call work', (block) => block.acwMs, (block) => block.handled),
  acwOfWrappedMs: mean('average after-call work where there was any', (block) => block.acwOfWrappedMs, (block) => block.wrapped),
  occupancy: { words: 'occupancy', unit: 'share', read: (row, block) => ({ value: block.occupancy, count: row.signedIn }) },
  utilisation: { words: 'utilisation', unit: 'share', read: (row, block) => ({ value: block.utilisation, count: row.signedIn }) },
  fcr: answers('first contact resolution', 'share', (block) => block.fcr, (block) => (block.fcrMethod === 'repeat' ? block.identifiedAnswered : block.resolutionsAsked)),
  fcrDisposition: answers('first contact resolution by disposition', 'share', (block) => fcrByDisposition(block.resolved, block.resolutionsAsked), (block) => block.resolutionsAsked),
  fcrRepeat: { words: 'first contact resolution by repeats', unit: 'share', read: (_, block) => ({ value: block.identifiedAnswered === null || block.repeatsAnswered === null ? null : fcrByRepeat(block.repeatsAnswered, block.identifiedAnswered), count: block.identifiedAnswered ?? 0 }) },
  repeatRate: { words: 'repeat rate', unit: 'share', read: (_, block) => ({ value: repeatRate(block.repeats, block.identified), count: block.identified }) },
  csat: answers('customer satisfaction', 'share', (block) => block.csat, (block) => block.surveys),
  csatMean: answers('mean survey score', 'points', (block) => meanScore(block.surveyScoreTotal, block.surveys), (block) => block.surveys),
  surveyResponseRate: answers('survey response rate', 'share', (block) => block.surveyResponseRate, (block) => block.surveysSent),
  nps: answers('net promoter score', 'points', (block) => block.nps, (block) => block.npsAnswers),
  transferRate: answers('transfer rate', 'share', (block) => shareOf({ numerator: block.transferred, denominator: block.handled }), (block) => block.handled),
  oldestWaitMs: { words: 'oldest wait', unit: 'duration', ages: true, read: (row, _, at) => ({ value: row.oldestWaitingSince === null ? 0 : at - row.oldestWaitingSince, count: row.waiting }) },
  oldestCustomerWaitMs: { words: 'oldest wait of a customer, across transfers', unit: 'duration', ages: true, read: (row, _, at) => ({ value: row.oldestCustomerSince === null ? 0 : at - row.oldestCustomerSince, count: row.waiting }) },
  maxWaitMs: { words: 'longest wait of the day', unit: 'duration', read: (row) => ({ value: row.today.maxWaitMs, count: row.today.offered }) },
  waiting: now('contacts waiting', 'waiting'),
  alerting: now('contacts ringing', 'alerting'),
  inProgress: now('contacts in progress', 'inProgress'),
  inAcw: now('contacts in after-call work', 'inAcw'),
  available: now('people available', 'available'),
  staffed: now('people staffed', 'staffed'),
  signedIn: now('people signed in', 'signedIn'),
  offered: counted('contacts offered', 'offered'),
  answered: counted('contacts answered', 'answered'),
  abandoned: counted('contacts abandoned', 'abandoned'),
  shortAbandoned: counted('short abandons', 'shortAbandoned'),
  callbacks: counted('callbacks taken', 'callbacks'),
  flowedOut: counted('contacts flowed out', 'flowedOut'),
  systemEnded: counted('contacts ended by a failure', 'systemEnded'),
  refused: counted('contacts refused', 'refused'),
  ringNoAnswer: counted('rings not answered', 'ringNoAnswer'),
  handled: handledCount('contacts handled', 'handled'),
  transferred: handledCount('contacts transferred', 'transferred'),
  holdAbandoned: handledCount('customers who left on hold', 'holdAbandoned'),
  endedByAgent: handledCount('conversations ended by the agent', 'endedByAgent'),
  endedByCustomer: handledCount('conversations ended by the customer', 'endedByCustomer'),
  surveys: handledCount('survey answers', 'surveys'),
  surveysSent: handledCount('surveys sent', 'surveysSent'),
  firstResponseMs: response('first response time', 'firstResponseMs', 'firstResponses'),
  firstResponseBusinessMs: response('first response time in business hours', 'firstResponseBusinessMs', 'firstResponses'),
  firstResponseMsP90: response('first response time, 90th percentile', 'firstResponseMsP90', 'firstResponses'),
  firstResponseBusinessMsP90: response('first response time in business hours, 90th percentile', 'firstResponseBusinessMsP90', 'firstResponses'),
  nextResponseMs: response('next response time', 'nextResponseMs', 'nextResponses'),
  nextResponseBusinessMs: response('next response time in business hours', 'nextResponseBusinessMs', 'nextResponses'),
  firstResponses: responded('conversations first answered', 'firstResponses'),
  nextResponses: responded('later answers', 'nextResponses'),
  resolutionMs: response('resolution time', 'resolutionMs', 'resolutions'),
  resolutionBusinessMs: response('resolution time in business hours', 'resolutionBusinessMs', 'resolutions'),
  resolutionBusinessMsP90: response('resolution time in business hours, 90th percentile', 'resolutionBusinessMsP90', 'resolutions'),
  resolutions: responded('conversations resolved', 'resolutions'),
  backlog: written('open conversations', 'backlog'),
  unanswered: written('unanswered conversations', 'unanswered'),
  dueToday: written('answers due today', 'dueToday'),
  oldestUnansweredMs: { words: 'oldest unanswered message', unit: 'duration', ages: true, read: ({ digital }, _, at) => (digital === undefined ? { value: null, count: 0 } : { value: digital.oldestUnansweredSince === null ? 0 : at - digital.oldestUnansweredSince, count: digital.unanswered }) },
  callbacksDue: { words: 'callbacks due', unit: 'count', read: null },
  expectedWaitMs: { words: 'expected wait', unit: 'duration', read: null },
  expectedButAbsent: { words: 'contacts expected but absent', unit: 'count', read: null },
} as const satisfies Readonly<Record<string, BreachMetricOf>>

export type BreachMetric = keyof typeof breachMetricTable
export const breachMetrics = Object.keys(breachMetricTable) as [BreachMetric, ...BreachMetric[]]
