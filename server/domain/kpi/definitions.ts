import { dictionary, formulaOf, type Metric, type MetricName } from './dictionary.ts'

/** What each figure means, in the words that exports, "explain this number" and the documents share. */

export type Unit = 'contacts' | 'legs' | 'rings' | 'answers' | 'ms' | 'ratio' | 'points' | 'agents' | 'text' | 'instant' | 'yes-no'
/** When a figure is booked: at the outcome, at the arrival, when handling ended, by the clock, or now. */
export type Basis = 'outcome' | 'arrival' | 'end' | 'clock' | 'now'

export interface Definition {
  readonly unit: Unit
  readonly basis: Basis | null
  readonly text: string
}

/** Of a metric of the dictionary: its formula, and what else has to be known. */
const metric = (name: MetricName, more = ''): Definition => {
  const { unit, basis, note }: Metric = dictionary[name]
  return { unit, basis, text: [formulaOf(name), more, note].filter(Boolean).join('; ') }
}
const of = (unit: Unit, basis: Basis | null, text: string): Definition => ({ unit, basis, text })

/** Ratios are 0..1 and empty without a denominator; durations are milliseconds. */
export const definitions: Readonly<Record<string, Definition>> = {
  queue: of('text', null, 'id of the queue'),
  channel: of('text', null, 'voice, chat, email or task'),
  from: of('instant', null, 'begin of the interval, inclusive, UTC'),
  to: of('instant', null, 'end of the interval, exclusive, UTC'),
  basis: of('text', null, 'outcome: each fact is booked when it happens; arrival: the whole visit is booked in the interval of its enqueue'),
  complete: of('yes-no', null, 'no: the interval is open or the feed had a gap in it'),
  revised: of('yes-no', null, 'corrected by late facts after it had closed'),
  offered: of('contacts', 'arrival', 'O: enqueues'),
  answered: of('contacts', 'outcome', 'A: first agent connections'),
  abandoned: of('contacts', 'outcome', 'B: left while waiting or ringing; short ones included'),
  shortAbandoned: of('contacts', 'outcome', "B_S: left within the queue's short-abandon limit (inclusive)"),
  callbacks: of('contacts', 'outcome', 'C: swapped their place for a callback'),
  flowedOut: of('contacts', 'outcome', 'F: overflow, time-out, other queue'),
  systemEnded: of('contacts', 'outcome', 'X: ended by a failure of trunk or server'),
  pending: of('contacts', 'now', 'P: not ended at the end of the interval (outcome rows); of this cohort not ended yet (arrival rows)'),
  refused: of('contacts', 'outcome', 'received but never offered to the queue'),
  handled: of('legs', 'end', 'agent legs whose handling ended'),
  answeredInTarget: of('contacts', 'outcome', 'A_T: answered with a wait of at most T'),
  abandonedInTarget: of('contacts', 'outcome', 'B_T: abandoned with a wait of at most T'),
  flowedOutInTarget: of('contacts', 'outcome', 'F_T: flowed out with a wait of at most T'),
  callbacksInTarget: of('contacts', 'outcome', 'C_T: took a callback with a wait of at most T'),
  transferred: of('legs', 'end', 'legs that ended in a transfer out'),
  ringNoAnswer: of('rings', 'outcome', 'rings that no agent answered, each ring once'),
  surveys: of('answers', 'outcome', 'survey answers, by the time of the answer'),
  surveysSatisfied: of('answers', 'outcome', 'answers in the top two boxes of a 1 to 5 scale'),
  resolutionsAsked: of('contacts', 'end', 'first contacts with a disposition'),
  resolved: of('contacts', 'end', 'first contacts marked resolved'),
  holdAbandoned: of('contacts', 'outcome', 'left by the customer while on hold: neither B nor a normal end'),
  npsAnswers: of('answers', 'outcome', 'answers on a scale from 0 to 10'),
  npsPromoters: of('answers', 'outcome', 'of these 9 and 10'),
  npsDetractors: of('answers', 'outcome', 'of these 0 to 6'),
  surveysSent: metric('surveysSent'),
  surveysAnswered: of('contacts', 'outcome', 'of these answered within 72 h'),
  surveyResponseRate: metric('surveyResponseRate'),
  held: of('legs', 'end', 'legs that had hold'),
  wrapped: of('legs', 'end', 'legs that had after-call work'),
  endedByAgent: metric('endedByAgent'),
  endedByCustomer: metric('endedByCustomer'),
  ringKnown: of('contacts', 'outcome', 'answered contacts of which it is known how long they rang at whoever answered'),
  ringMsTotal: of('ms', 'outcome', 'sum of these rings'),
  identified: of('contacts', 'arrival', 'inbound contacts whose customer is known'),
  repeats: of('contacts', 'arrival', "identified contacts that follow an ended one of the same customer within the queue's repeat window"),
  identifiedAnswered: of('contacts', 'outcome', 'answered inbound contacts whose customer is known; empty in rows kept before they were counted'),
  repeatsAnswered: of('contacts', 'outcome', "of these, those that follow an ended contact of the same customer within the queue's repeat window"),
  acwCapped: of('legs', 'end', 'legs whose after-call work was cut at the cap'),
  holdKnown: of('legs', 'end', 'legs whose platform told of hold'),
  acwKnown: of('legs', 'end', 'legs whose platform told of after-call work'),
  waitMsTotal: of('ms', 'outcome', 'sum of the waits of answered contacts'),
  talkMsTotal: of('ms', 'end', 'sum of talk, hold excluded'),
  holdMsTotal: of('ms', 'end', 'sum of hold'),
  acwMsTotal: of('ms', 'end', 'sum of after-call work'),
  abandonWaitMsTotal: of('ms', 'outcome', 'sum of the waits of all abandoned contacts'),
  shortAbandonWaitMsTotal: of('ms', 'outcome', 'the short abandons’ part of it'),
  surveyScoreTotal: of('points', 'outcome', 'sum of scores, mapped onto 1 to 5'),
  handlingMsTotal: of('ms', 'clock', "agents' wall-clock time in contacts and after-call work, each moment once"),
  availableMsTotal: of('ms', 'clock', "agents' wall-clock time available"),
  signedInMsTotal: of('ms', 'clock', "agents' wall-clock time signed in, AUX and ringing included"),
  serviceLevel: of('ratio', 'outcome', "service level by the queue's variant and threshold T; V3: A_T / (A + B - B_S)"),
  asaMs: metric('asaMs'),
  ahtMs: metric('ahtMs'),
  talkMs: metric('talkMs'),
  holdMs: metric('holdMs'),
  acwMs: metric('acwMs'),
  holdOfHeldMs: metric('holdOfHeldMs'),
  acwOfWrappedMs: metric('acwOfWrappedMs'),
  ringMs: metric('ringMs'),
  abandonRate: metric('abandonRate'),
  occupancy: metric('occupancy'),
  utilisation: metric('utilisation'),
  fcr: of('ratio', null, 'first-contact resolution by the method in fcrMethod'),
  fcrMethod: of('text', null, 'disposition: resolved / resolutionsAsked; repeat: 1 - repeatsAnswered / identifiedAnswered'),
  csat: metric('csat'),
  nps: metric('nps'),
  waitMsP50: of('ms', 'outcome', 'median wait of answered contacts (log buckets, 1 % relative error)'),
  waitMsP90: of('ms', 'outcome', '90th percentile of the wait of answered contacts'),
  handleMsP50: of('ms', 'end', 'median handle time'),
  handleMsP90: of('ms', 'end', '90th percentile of the handle time'),
}

/** Of the columns of contact records. */
export const contactDefinitions: Readonly<Record<string, Definition>> = {
  contactId: of('text', null, "the sender's id of the contact"),
  legId: of('text', null, 'the visit: one contact in one queue once'),
  rootContactId: of('text', null, 'first contact of a chain of transfers'),
  queue: of('text', null, 'id of the queue'),
  channel: of('text', null, 'voice, chat, email or task'),
  direction: of('text', null, 'in or out'),
  agent: of('text', null, 'id of the agent who handled it last'),
  agentName: of('text', null, 'name of that agent'),
  queuedAt: of('instant', null, 'enqueue'),
  answeredAt: of('instant', null, 'first agent connection'),
  endedAt: of('instant', null, 'end of the conversation, or of the wait'),
  wrappedAt: of('instant', null, 'end of after-call work'),
  outcomeAt: of('instant', null, 'when the outcome fell'),
  outcome: of('text', null, 'how the wait ended: answered, abandoned, callback, flowed-out, system, refused or pending'),
  reason: of('text', null, 'why, where the platform says so'),
  waitMs: of('ms', null, 'from enqueue to the outcome, ringing included'),
  talkMs: of('ms', null, 'talk without hold'),
  holdMs: of('ms', null, 'hold; empty where the platform does not tell'),
  acwMs: of('ms', null, 'after-call work; empty where the platform does not tell'),
  surveyScore: of('points', null, 'survey score on the 1 to 5 scale'),
  ringNoAnswer: of('rings', null, 'rings that no agent answered'),
  transferred: of('yes-no', null, 'a leg ended in a transfer'),
  resolved: of('yes-no', null, 'disposition, or what the survey said'),
  repeat: of('yes-no', null, 'follows an ended contact of the same customer; empty for unknown customers'),
  uncertain: of('yes-no', null, 'the outcome was concluded, not told'),
}

/** Of the columns of agents' days. */
export const agentDefinitions: Readonly<Record<string, Definition>> = {
  agent: of('text', null, 'id of the agent'),
  agentName: of('text', null, 'name'),
  team: of('text', null, 'team'),
  day: of('instant', null, 'begin of the business day'),
  state: of('text', 'now', 'primary state now: exactly one, contact before wrap-up before ringing before AUX before available'),
  handled: of('legs', 'end', 'legs whose handling ended today'),
  ahtMs: metric('ahtMs'),
  csat: of('ratio', 'end', '(n4 + n5) / n of the contacts they handled last; not coloured below n = 30'),
  surveys: of('answers', 'end', 'n behind it'),
  ringNoAnswer: of('rings', 'outcome', 'rings not answered, each ring once'),
  ringNoAnswerMs: of('ms', 'outcome', 'how long these rang, where it is known'),
  ringMs: metric('ringMs'),
  occupancy: metric('occupancy'),
  utilisation: metric('utilisation'),
  scheduledMs: of('ms', 'clock', 'scheduled so far, absences and unknown time left out'),
  exceptionMs: of('ms', 'clock', 'of it not as planned, stretches within the tolerance of the activity left out'),
  adherence: metric('adherence'),
  onQueueMs: of('ms', 'clock', 'available, ringing, on a contact or wrapping up, up to two hours outside the shift too'),
  scheduledOnQueueMs: of('ms', 'clock', 'scheduled on the queue so far'),
  conformance: metric('conformance'),
  active: of('contacts', 'now', 'digital contacts in hand'),
  capacity: of('contacts', 'now', 'digital contacts that they may hold at once, by the slots of their queues'),
  slotLoad: metric('slotLoad'),
}
