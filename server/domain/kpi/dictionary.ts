import type { Basis, Unit } from './definitions.ts'

/**
 * The dictionary (METRICS section 8): each metric by variant, basis, window, numerator and denominator. What explain says, what exports
 * carry and the table of docs/metrics.md come from here; a test holds them together.
 */
export interface Metric {
  readonly unit: Unit
  readonly basis: Basis
  /** Windows it is counted in, the live one first: Rn rolling minutes, I quarter hour, D business day, now, or as said. */
  readonly window: string
  readonly numerator: string
  /** null: a count, or a figure of the moment, that nothing divides. */
  readonly denominator: string | null
  readonly rollUp: 'sum' | 'ratio of sums' | 'max' | 'merged percentiles' | 'from sums' | 'distinct' | 'never' | 'sum, rounded once'
  /** Formula variant or method, where others count otherwise. */
  readonly variant?: string
  readonly note?: string
}

const ratio = (basis: Basis, window: string, numerator: string, denominator: string, more: Partial<Metric> = {}): Metric => ({ unit: 'ratio', basis, window, numerator, denominator, rollUp: 'ratio of sums', ...more })
const mean = (basis: Basis, window: string, numerator: string, denominator: string, more: Partial<Metric> = {}): Metric => ({ unit: 'ms', basis, window, numerator, denominator, rollUp: 'ratio of sums', ...more })
const count = (unit: Unit, basis: Basis, window: string, numerator: string, more: Partial<Metric> = {}): Metric => ({ unit, basis, window, numerator, denominator: null, rollUp: 'sum', ...more })
const LEVEL = 'R30, D, I'

export const dictionary = {
  waiting: count('contacts', 'now', 'now', 'P: contacts waiting, ringing ones included; callbacks that are not due are none'),
  alerting: count('contacts', 'now', 'now', 'contacts ringing at an agent'),
  inProgress: count('contacts', 'now', 'now', 'contacts in talk or hold'),
  inAcw: count('contacts', 'now', 'now', 'contacts in after-call work'),
  oldestWaitMs: count('ms', 'now', 'now', 'now - enqueued, longest of those waiting', { rollUp: 'max' }),
  oldestCustomerWaitMs: count('ms', 'now', 'now', 'now - first enqueued, across transfers, longest of those waiting', { rollUp: 'max', note: 'as the customer sees it; the conversations between are in it' }),
  maxWaitMs: count('ms', 'outcome', 'D', 'longest wait of the day, abandoned and pending ones included', { rollUp: 'max' }),
  offered: count('contacts', 'arrival', 'D, I', 'O: enqueues'),
  answered: count('contacts', 'outcome', 'D, I', 'A: first agent connections'),
  abandoned: count('contacts', 'outcome', 'D, I', 'B: left while waiting or ringing, short ones included'),
  shortAbandoned: count('contacts', 'outcome', 'D, I', 'B_S: left within the short-abandon limit (inclusive)'),
  callbacks: count('contacts', 'outcome', 'D, I', 'C: swapped their place for a callback'),
  flowedOut: count('contacts', 'outcome', 'D, I', 'F: overflow, time-out, other queue'),
  systemEnded: count('contacts', 'outcome', 'D, I', 'X: ended by a failure of trunk or server'),
  refused: count('contacts', 'outcome', 'D, I', 'received but never offered to the queue'),
  holdAbandoned: count('contacts', 'outcome', 'D, I', 'left by the customer while on hold'),
  handled: count('legs', 'end', 'D, I', 'agent legs whose handling ended'),
  transferred: count('legs', 'end', 'D, I', 'legs that ended in a transfer out'),
  endedByAgent: count('legs', 'end', 'D, I', 'conversations that the agent ended, not by a transfer', { note: 'empty in rows kept before it was counted' }),
  endedByCustomer: count('legs', 'end', 'D, I', 'conversations that the customer ended'),
  ringNoAnswer: count('rings', 'outcome', 'D, I', 'rings that no agent answered, each ring once'),
  surveys: count('answers', 'outcome', 'D, I', 'survey answers, by the time of the answer'),
  surveysSent: count('contacts', 'outcome', 'D, I', 'customers asked for an answer, by when they were asked'),
  V1: ratio('outcome', LEVEL, 'A_T', 'A', { variant: 'V1, answered only' }),
  V2: ratio('outcome', LEVEL, 'A_T', '(A + B)', { variant: 'V2, all abandons' }),
  V3: ratio('outcome', LEVEL, 'A_T', '(A + B - B_S)', { variant: 'V3, no short abandons: the default' }),
  V4: ratio('outcome', LEVEL, 'A_T', '(A + B - B_T)', { variant: 'V4, late abandons only' }),
  V5: ratio('outcome', LEVEL, '(A_T + B_T + F_T)', '(A + B + F)', { variant: 'V5, removed in time' }),
  V6: ratio('outcome', LEVEL, '(A_T + B_T + C_T)', 'O', { variant: 'V6, removed of queued', note: 'on the outcome basis O is A + B + C + F' }),
  V7: ratio('outcome', LEVEL, 'A_T', 'O', { variant: 'V7, offered', note: 'on the outcome basis O is A + B + C + F' }),
  customerServiceLevel: ratio('outcome', 'the range', 'interactions whose waits together are within T', 'as the queue’s variant says, of interactions', { variant: 'the queue’s, across transfers', note: 'a clock that runs in every queue and stands while somebody talks to the customer; of the queue in which it began: reports/customer-level' }),
  serviceLevelFloor: ratio('outcome', 'D', 'G', '(N + P_T)', { rollUp: 'from sums', note: 'G and N of the queue’s variant; P_T wait longer than T already' }),
  serviceLevelDebt: count('contacts', 'outcome', 'D', 'ceil((p N - G) / (1 - p))', { rollUp: 'from sums', note: 'consecutive answers in time that reach the target p' }),
  queueHealth: ratio('now', 'now', 'waiting within the target', 'waiting'),
  abandonRate: ratio('outcome', LEVEL, '(B - B_S)', '(A + B + C + F - B_S)'),
  asaMs: mean('outcome', LEVEL, 'sum(wait of answered)', 'A', { note: 'median and P90 beside it, from log buckets of 1 %' }),
  timeToAbandonMs: mean('outcome', LEVEL, 'sum(wait of B - B_S)', '(B - B_S)'),
  ahtMs: mean('end', 'R60, D, I', 'sum(talk + hold + acw)', 'handled', { note: 'after-call work capped by the queue; quality stands beside it' }),
  activeMs: mean('end', 'R60, D, I', 'sum(integral of dt / k over each leg)', 'handled', { note: 'k: conversations that the agent has at once; the same as ahtMs where it is always one; staffing and the expected wait are by it; empty in rows kept before it was counted' }),
  talkMs: mean('end', 'R60, D, I', 'sum(talk)', 'handled'),
  holdMs: mean('end', 'R60, D, I', 'sum(hold)', 'handled', { note: 'over all legs; empty where no platform tells of hold' }),
  holdOfHeldMs: mean('end', 'R60, D, I', 'sum(hold)', 'legs with hold', { variant: 'legs that had it' }),
  acwMs: mean('end', 'R60, D, I', 'sum(acw)', 'handled', { note: 'over all legs; empty where no platform tells of after-call work' }),
  acwOfWrappedMs: mean('end', 'R60, D, I', 'sum(acw)', 'legs with after-call work', { variant: 'legs that had it' }),
  ringMs: mean('outcome', LEVEL, 'sum(ringing at whoever answered)', 'answered with a ring that is known'),
  ahtSoFarMs: mean('now', 'R60', 'sum(talk + hold + acw) + elapsed of running legs', '(handled + running legs)', { rollUp: 'from sums', note: 'provisional' }),
  fcrDisposition: ratio('end', 'D, I', 'first contacts marked resolved', 'first contacts dispositioned', { variant: 'disposition' }),
  fcrRepeat: ratio('outcome', 'D, I', 'answered identified contacts that follow none of the same customer', 'answered identified contacts', { variant: 'repeat, live proxy', note: 'final by cohorts: reports/fcr; empty in rows kept before the answered ones were counted' }),
  fcrCohort: ratio('arrival', 'week or day of the cohort, matured', 'eligible contacts resolved and not repeated within D', 'eligible contacts', { variant: 'repeat(D)', note: 'reports/fcr; of agents in reports/agents, by whoever handled the contact last' }),
  repeatRate: ratio('arrival', 'D, I', 'identified contacts that follow one of the same customer', 'identified contacts'),
  csat: ratio('outcome', 'R60, D, I', '(n4 + n5)', 'n', { variant: 'top two of five', note: 'with n and its 95 % range; not coloured below n = 30' }),
  csatMean: { unit: 'points', basis: 'outcome', window: 'D', numerator: 'sum of scores from 1 to 5', denominator: 'n', rollUp: 'ratio of sums' },
  surveyResponseRate: ratio('outcome', 'R60, D, I', 'answered within 72 h', 'surveys sent', { note: 'by when they were sent, so it rises later; invitations count as answered as long as the floor holds the contact (50 h)' }),
  nps: { unit: 'points', basis: 'outcome', window: 'R60, D, I', numerator: '100 (promoters - detractors)', denominator: 'answers from 0 to 10', rollUp: 'from sums', note: '-100 to 100; not coloured below n = 30' },
  transferRate: ratio('end', 'D, I', 'legs that ended in a transfer', 'handled'),
  transferRateBlind: ratio('end', 'the range', 'transfers without a consultation', 'handled', { note: 'booked where the handling ended: reports/transfers' }),
  transferRateAttended: ratio('end', 'the range', 'transfers after a consultation', 'handled', { note: 'reports/transfers' }),
  transferRateInternal: ratio('end', 'the range', 'transfers to a queue or an agent', 'handled', { note: 'where nobody names the destination, where the contact is seen next: reports/transfers' }),
  transferRateExternal: ratio('end', 'the range', 'transfers out of the house', 'handled', { note: 'reports/transfers' }),
  transferRateInteractions: ratio('end', 'the range', 'interactions passed on', 'interactions handled', { variant: 'interactions', rollUp: 'from sums', note: 'of the site, where a contact counts once over its queues: reports/transfers' }),
  occupancy: ratio('clock', 'R30, D, I', 'sum(handling)', 'sum(handling + available)', { note: 'ringing and AUX on neither side; empty under 5 minutes of signed-in time' }),
  utilisation: ratio('clock', 'D, I', 'sum(handling)', 'sum(signed in)', { note: 'AUX in the denominator; empty under 5 minutes of signed-in time' }),
  adherence: ratio('clock', 'shift, D', '(scheduled - exception)', 'scheduled', { note: 'at least 0; empty without a schedule: reports/adherence' }),
  conformance: ratio('clock', 'shift, D', 'on queue', 'scheduled on queue', { note: 'may be above 1; in exports only' }),
  slotLoad: ratio('now', 'now', 'active digital contacts', 'slots of the agent’s digital channels', { note: 'in exports only' }),
  agents: count('agents', 'now', 'now', 'agents by primary state, exactly one each', { rollUp: 'distinct' }),
  firstResponseMs: mean('outcome', 'R60, D, I', 'sum(first answer of a person - first message of the customer)', 'conversations answered for the first time', { note: 'written channels; median and P90 beside it, from log buckets of 1 %; automatic answers are none, and neither are threads that we began; where no messages are told, enqueue and connection stand for them' }),
  firstResponseBusinessMs: mean('outcome', 'R60, D, I', 'sum(the same in the hours of the queue)', 'conversations answered for the first time', { note: 'by the calendar of the settings that held when the conversation began' }),
  nextResponseMs: mean('outcome', 'R60, D, I', 'sum(answer of a person - oldest message of the customer without one)', 'later answers', { note: 'a burst of messages begins with its first; the end of the conversation ends it without an answer' }),
  nextResponseBusinessMs: mean('outcome', 'R60, D, I', 'sum(the same in the hours of the queue)', 'later answers'),
  firstResponses: count('contacts', 'outcome', 'R60, D, I', 'conversations answered for the first time'),
  nextResponses: count('answers', 'outcome', 'R60, D, I', 'later answers of people'),
  resolutionMs: mean('outcome', 'R60, D, I', 'sum(end of the conversation - its beginning)', 'conversations resolved', { note: 'written channels, of customers; median and P90 beside it, a week is the sum of its days; the clock stands between an end and what opens it again, and on hold where the queue says so' }),
  resolutionBusinessMs: mean('outcome', 'R60, D, I', 'sum(the same in the hours of the queue)', 'conversations resolved', { note: 'by the calendar of the settings that held when the conversation began' }),
  resolutions: count('contacts', 'outcome', 'R60, D, I', 'conversations resolved'),
  backlog: count('contacts', 'now', 'now', 'written conversations that are not over'),
  unanswered: count('contacts', 'now', 'now', 'of these: the customer wrote last and no person has answered'),
  oldestUnansweredMs: count('ms', 'now', 'now', 'now - oldest message without an answer', { rollUp: 'max' }),
  dueToday: count('contacts', 'now', 'now', 'answers that are due before the business day ends, late ones included', { note: 'due: the target T after the message, in the hours of the queue' }),
  slaMet: ratio('outcome', 'the range', 'answered within T', '(answered + unanswered past T)', { variant: 'first answer', note: 'digital, in business hours; at risk above 75 % of T: reports/first-response' }),
  slaMetNext: ratio('outcome', 'the range', 'later answers within T', '(later answers + those owed past T)', { variant: 'later answers', note: 'as the first one, with a target of its own: reports/first-response' }),
  slaMetResolution: ratio('outcome', 'the range', 'resolved within T', '(resolved + open past T)', { variant: 'resolution', note: 'as the first answer, with a target of its own; empty without one: reports/first-response' }),
  callbacksDue: count('contacts', 'now', 'now', 'callbacks due and not connected', { note: 'oldest due and promised within the hour beside it: reports/callbacks' }),
  callbacksKept: ratio('outcome', 'the range', 'connected within the promised window', 'all whose window is over or that were connected', { note: 'reports/callbacks' }),
  expectedWaitMs: count('ms', 'now', 'R60 inputs', 'k x AHT / people', { rollUp: 'never', note: 'mean, P50, P90; null without agents: reports/expected-wait' }),
  expectedWaitErrorMs: mean('outcome', 'the range', 'sum of how far foretold and waited lie apart', 'quotes', { rollUp: 'never', note: 'reports/expected-wait' }),
  staffingGap: count('agents', 'now', 'now against the plan of the interval', 'required - staffed', { rollUp: 'sum, rounded once', note: 'reports/staffing' }),
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof dictionary

/** As explain and the columns of exports say it. */
export const formulaOf = (name: MetricName): string => {
  const { numerator, denominator }: Metric = dictionary[name]
  return denominator === null ? numerator : `${numerator} / ${denominator}`
}
