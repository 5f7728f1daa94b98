import type { DayBounds } from './business-day.ts'
import type { EntryId, LogEntry, SourceStatus } from './log-entry.ts'
import type { AgentNumber, Channel, SubjectToken, TextId } from './platform-events.ts'
import type { IncidentRecord } from './incident/incident.ts'
import type { FloorSettings, ServiceTarget, ServiceLevelVariant } from './settings.ts'
import type { AgentCounter } from './kpi/agent-sums.ts'
import type { ResponseSketch } from './fold/response-sums.ts'
import type { ExpectedWait, WaitError, WaitSums } from './kpi/expected-wait.ts'
import type { Instant } from './time.ts'

/** Counts, sums and derived figures of one window; a figure without a denominator is null. Durations in ms, ratios 0..1. */
export interface MetricBlock {
  readonly offered: number
  readonly answered: number
  readonly abandoned: number
  readonly shortAbandoned: number
  readonly callbacks: number
  readonly flowedOut: number
  readonly systemEnded: number
  readonly pending: number
  readonly refused: number
  readonly handled: number
  readonly answeredInTarget: number
  readonly abandonedInTarget: number
  readonly flowedOutInTarget: number
  readonly callbacksInTarget: number
  readonly transferred: number
  readonly ringNoAnswer: number
  readonly surveys: number
  readonly surveysSatisfied: number
  readonly resolutionsAsked: number
  readonly resolved: number
  /** Customers who left while on hold: neither an abandon nor a normal end. Null (as those below down to `ringMsTotal`) in rows kept before it was counted. */
  readonly holdAbandoned: number | null
  /** Answers on a scale from 0 to 10, and those of 9 and 10, and of 6 and less. */
  readonly npsAnswers: number | null
  readonly npsPromoters: number | null
  readonly npsDetractors: number | null
  /** Customers asked for an answer, by when they were asked, and those of them who answered within 72 hours. */
  readonly surveysSent: number | null
  readonly surveysAnswered: number | null
  /** Legs that had hold, that had after-call work; and who ended the conversation, where the platform says so. */
  readonly held: number | null
  readonly wrapped: number | null
  readonly endedByAgent: number | null
  readonly endedByCustomer: number | null
  /** Answered contacts of which it is known how long they rang at whoever answered, and for how long. */
  readonly ringKnown: number | null
  readonly ringMsTotal: number | null
  /** Inbound contacts whose customer is known, and those of them that follow an ended contact of the same customer. */
  readonly identified: number
  readonly repeats: number
  /** The answered ones of both, booked at the answer: what FCR by repeats is of; null in rows kept before they were counted. */
  readonly identifiedAnswered: number | null
  readonly repeatsAnswered: number | null
  /** Handlings whose after-call work was capped, and those whose platform told of hold and of after-call work at all. */
  readonly acwCapped: number
  readonly holdKnown: number
  readonly acwKnown: number
  readonly waitMsTotal: number
  readonly talkMsTotal: number
  readonly holdMsTotal: number
  readonly acwMsTotal: number
  /** Of these three together the part that is the legs' own where agents had several at once; null in rows kept before it was counted. */
  readonly activeMsTotal: number | null
  /** Over all abandoned; the short ones' part stands beside it. */
  readonly abandonWaitMsTotal: number
  readonly shortAbandonWaitMsTotal: number
  /** On the 1 to 5 scale. */
  readonly surveyScoreTotal: number
  /** Agents' wall-clock time in contacts and wrap-up, available, and signed in at all. */
  readonly handlingMsTotal: number
  readonly availableMsTotal: number
  readonly signedInMsTotal: number | null
  readonly serviceLevel: number | null
  readonly asaMs: number | null
  /** Session time a leg, and active time: of time with k legs at once each has 1/k. */
  readonly ahtMs: number | null
  readonly activeMs: number | null
  readonly talkMs: number | null
  readonly holdMs: number | null
  readonly acwMs: number | null
  /** Over the legs that had hold, that had after-call work; `holdMs` and `acwMs` are over all legs. */
  readonly holdOfHeldMs: number | null
  readonly acwOfWrappedMs: number | null
  /** How long the agent who answered let it ring. */
  readonly ringMs: number | null
  readonly abandonRate: number | null
  readonly occupancy: number | null
  /** Handling of signed-in time, AUX included in the latter. */
  readonly utilisation: number | null
  readonly fcr: number | null
  /** 'disposition' or 'repeat': which method `fcr` uses; null when neither has data. */
  readonly fcrMethod: 'disposition' | 'repeat' | null
  readonly csat: number | null
  /** -100 to 100 points. */
  readonly nps: number | null
  readonly surveyResponseRate: number | null
  readonly waitMsP50: number | null
  readonly waitMsP90: number | null
  readonly handleMsP50: number | null
  readonly handleMsP90: number | null
}

/** Answers of people in written conversations (METRICS section 3); null where there are none to count: by telephone, and in rows kept before they were counted. */
export interface ResponseFigures {
  /** Conversations answered for the first time, by when that was, and those of them within the target in the queue's hours. */
  readonly firstResponses: number | null
  readonly firstResponsesInTarget: number | null
  readonly firstResponseMsTotal: number | null
  readonly firstResponseBusinessMsTotal: number | null
  /** Later answers to whatever the customer wrote next. */
  readonly nextResponses: number | null
  readonly nextResponsesInTarget: number | null
  readonly nextResponseMsTotal: number | null
  readonly nextResponseBusinessMsTotal: number | null
  /** Conversations resolved, by when that was; those that a target was set for, and those of them within it in the queue's hours. */
  readonly resolutions: number | null
  readonly resolutionsJudged: number | null
  readonly resolutionsInTarget: number | null
  readonly resolutionMsTotal: number | null
  readonly resolutionBusinessMsTotal: number | null
  readonly firstResponseMs: number | null
  readonly firstResponseBusinessMs: number | null
  readonly nextResponseMs: number | null
  readonly nextResponseBusinessMs: number | null
  readonly resolutionMs: number | null
  readonly resolutionBusinessMs: number | null
  readonly firstResponseMsP50: number | null
  readonly firstResponseMsP90: number | null
  readonly firstResponseBusinessMsP50: number | null
  readonly firstResponseBusinessMsP90: number | null
  readonly nextResponseMsP50: number | null
  readonly nextResponseMsP90: number | null
  readonly nextResponseBusinessMsP50: number | null
  readonly nextResponseBusinessMsP90: number | null
  readonly resolutionMsP50: number | null
  readonly resolutionMsP90: number | null
  readonly resolutionBusinessMsP50: number | null
  readonly resolutionBusinessMsP90: number | null
}

/** What a queue with a written channel has beside the others. */
export interface DigitalFigures {
  /** Conversations that are not over. */
  readonly backlog: number
  /** Of these: the customer wrote last, and no person has answered. */
  readonly unanswered: number
  readonly oldestUnansweredSince: Instant | null
  /** When the first of these answers is due, in the queue's hours. */
  readonly nextDueAt: Instant | null
  /** Answers that are due before the business day ends, late ones included. */
  readonly dueToday: number
  /** The last 60 minutes, and the business day. */
  readonly now: ResponseFigures
  readonly today: ResponseFigures
}

/** `now`: service level, abandon rate and ASA over the last 30 minutes, AHT over 60 (R30/R60 of METRICS section 8). */
export interface NowBlock extends MetricBlock {
  /** Finished plus running legs with their elapsed time at `asOf`, provisional. */
  readonly ahtSoFarMs: number | null
  readonly longestRunningSince: Instant | null
}

export interface TodayBlock extends MetricBlock {
  readonly fcrDisposition: number | null
  readonly fcrRepeat: number | null
  /** Share of today's identified inbound contacts that follow an ended contact of the same customer. */
  readonly repeatRate: number | null
  /** Legs that ended in a transfer, of those handled. */
  readonly transferRate: number | null
  /** Mean score from 1 to 5, and the 95 % interval of the share of satisfied answers. */
  readonly csatMean: number | null
  readonly csatLow: number | null
  readonly csatHigh: number | null
  readonly maxWaitMs: number | null
  readonly dayStartedAt: Instant
}

export interface QueueFigures {
  readonly queue: string
  readonly name: string
  readonly wallName: string
  readonly channels: readonly Channel[]
  /** Includes alerting. */
  readonly waiting: number
  readonly alerting: number
  readonly inProgress: number
  /** Contacts, not agents. */
  readonly inAcw: number
  readonly oldestWaitingSince: Instant | null
  /** The same for the customer, across transfers: the first enqueue of whoever is longest on the way. */
  readonly oldestCustomerSince: Instant | null
  readonly available: number
  readonly staffed: number
  readonly signedIn: number
  readonly target: ServiceTarget
  readonly now: NowBlock
  readonly today: TodayBlock
  /** Today's, outcome basis. */
  readonly serviceLevels: Readonly<Record<ServiceLevelVariant, number | null>>
  readonly serviceLevelFloor: number | null
  /** Consecutive in-time answers needed to reach the target today. */
  readonly serviceLevelDebt: number | null
  readonly queueHealth: number | null
  /** Of the queue's sparkline: service level per minute, last 30, null where nothing ended. */
  readonly trend: readonly (number | null)[]
  /** Absent where all is said by telephone. */
  readonly digital?: DigitalFigures
}

export type AgentState = 'offline' | 'available' | 'ringing' | 'on-contact' | 'acw' | 'aux' | 'unreachable' | 'not-queued'

export interface AgentFigures {
  readonly agent: AgentNumber
  readonly team: string | null
  readonly state: AgentState
  readonly reason: string | null
  readonly since: Instant
  /** When the reason began: a new reason restarts only this, not the state's time. */
  readonly reasonSince: Instant | null
  /** When the present state is meant to end, where the platform says so. */
  readonly plannedEndAt: Instant | null
  readonly queues: readonly string[]
  readonly contacts: readonly string[]
  readonly today: { readonly handled: number; readonly ahtMs: number | null; readonly activeMs: number | null; readonly csat: number | null; readonly surveys: number; readonly ringNoAnswer: number; readonly ringNoAnswerMs: number; readonly ringMs: number | null; readonly occupancy: number | null; readonly utilisation: number | null; /** Answers they gave in writing; left out of whoever gave none. */ readonly responses?: ResponseFigures }
}

/** One stretch of an agent's day. */
export interface AgentBand {
  readonly state: AgentState
  readonly from: Instant
  readonly to: Instant
}

/** Where an agent's contact was; no queue: it is not known. */
export interface AgentPlace {
  readonly queue: string | null
  readonly channel: Channel
}

/** Takes what agents did and were, quarter hour by quarter hour. */
export interface AgentGains {
  readonly count: (agent: AgentNumber, quarter: Instant, place: AgentPlace, counter: AgentCounter, amount: number) => void
  /** `reason`: of AUX alone. Time of nobody being there is not told. */
  readonly time: (agent: AgentNumber, quarter: Instant, state: AgentState, reason: string | null, ms: number) => void
}

/** What counts of an interval are put together by: the settings that held when it ended, whatever is saved later (METRICS R7). */
export interface IntervalRules {
  readonly target: ServiceTarget
  readonly shortAbandonMs: number
  /** The business day that it belongs to: a changed start never moves a day that has begun (METRICS R4). */
  readonly day: DayBounds
}

export interface IntervalFigures extends MetricBlock, ResponseFigures {
  readonly queue: string
  readonly channel: Channel
  readonly from: Instant
  readonly to: Instant
  readonly basis: 'outcome' | 'arrival'
  /** False while the interval is open or the feed had a gap in it. */
  readonly complete: boolean
  /** True when corrected after it had closed. */
  readonly revised: boolean
  /** Absent in rows kept by an older version. */
  readonly rules?: IntervalRules
  /** Mergeable log buckets behind the percentiles (kpi/percentile); rows are added with `kpi/roll-up`. */
  readonly sketches: { readonly wait: readonly number[]; readonly handle: readonly number[] } & Partial<Record<ResponseSketch, readonly number[]>>
}

/** Names one closed interval row that closed or changed since the last take. */
export interface ClosedInterval {
  readonly queue: string
  readonly channel: Channel
  readonly from: Instant
  readonly basis: 'outcome' | 'arrival'
}

/** What a caller who swapped their place was promised, and what became of it. */
export interface CallbackFigures {
  readonly requestedAt: Instant
  readonly dueAt: Instant
  readonly promisedUntil: Instant | null
  readonly attempts: number
  readonly connectedAt: Instant | null
  /** When the last try failed for good. */
  readonly failedAt: Instant | null
}

/** What a written conversation says of its answers. */
export interface ContactResponses {
  /** Null where nobody answered, or we began. `by`: who wrote it, not whoever the conversation is assigned to. */
  readonly first: { readonly at: Instant; readonly ms: number; readonly businessMs: number; readonly by: AgentNumber | null } | null
  /** Later answers: how many, and when the first and the last of them were. */
  readonly next: { readonly n: number; readonly ms: number; readonly businessMs: number; readonly firstAt: Instant; readonly lastAt: Instant } | null
  readonly unansweredSince: Instant | null
  readonly dueAt: Instant | null
}

/** How long a written conversation took to be resolved, or has taken so far. */
export interface ContactResolution {
  /** Null while it is open. */
  readonly at: Instant | null
  readonly ms: number
  /** The part of it in the queue's hours. */
  readonly businessMs: number
  /** How often it was opened again. */
  readonly reopened: number
  /** Of an open one: its clock runs on since then; null while it stands. */
  readonly runningSince: Instant | null
}

/** How an agent passed a contact on. Null: nobody says so, and the contact was seen nowhere else. */
export interface ContactTransfer {
  readonly at: Instant
  /** When the part that it ended was wrapped up (END basis); null while it is not, absent in records kept before it was told. */
  readonly handledAt?: Instant | null
  readonly by: AgentNumber | null
  readonly kind: 'blind' | 'attended' | null
  readonly to: 'queue' | 'agent' | 'external' | null
  readonly toQueue: string | null
  readonly toAgent: AgentNumber | null
}

export type ContactOutcome = 'pending' | 'answered' | 'abandoned' | 'callback' | 'flowed-out' | 'system' | 'refused'

export interface ContactFigures {
  readonly contactId: string
  readonly legId: string
  readonly rootContactId: string | null
  readonly queue: string
  readonly channel: Channel
  readonly direction: 'in' | 'out' | null
  readonly agent: AgentNumber | null
  /** All who handled it, in order; absent where it was one or nobody. */
  readonly agents?: readonly AgentNumber[]
  readonly queuedAt: Instant
  readonly answeredAt: Instant | null
  readonly endedAt: Instant | null
  readonly wrappedAt: Instant | null
  readonly outcome: ContactOutcome
  readonly outcomeAt: Instant | null
  readonly reason: string | null
  readonly waitMs: number | null
  readonly talkMs: number | null
  readonly holdMs: number | null
  readonly acwMs: number | null
  /** Of these together the part that is this contact's where its agents had others at once; absent where nobody handled it, and in records kept before it was told. */
  readonly activeMs?: number
  readonly ringNoAnswer: number
  readonly transferred: boolean
  /** Of one that was transferred, each time; absent where it was not, and in records kept before it was told. */
  readonly transfers?: readonly ContactTransfer[]
  /** Agents' parts whose handling ended, where it is not the one of a conversation that is over. */
  readonly handled?: number
  /** When each of these was wrapped up (END basis), where the visit has several parts; absent in records kept before it was told. */
  readonly handledAt?: readonly Instant[]
  readonly resolved: boolean | null
  readonly repeat: boolean | null
  readonly surveyScore: number | null
  readonly surveyAt: Instant | null
  /** Id of the sealed comment of the survey. It stays inside the server. */
  readonly surveyComment: TextId | null
  /** When the customer left while on hold. */
  readonly holdLeftAt: Instant | null
  readonly callback: CallbackFigures | null
  /** Of written conversations in which somebody answered or is awaited. */
  readonly responses?: ContactResponses
  /** Of written conversations that a customer began and that are open or were resolved; absent in records kept before it was measured. */
  readonly resolution?: ContactResolution
  readonly uncertain: boolean
  /** Absent in records kept before it was told. It stays inside the server. */
  readonly counted?: ContactCounted
  /** Token of the customer; null when unknown. It stays inside the server. */
  readonly subject: SubjectToken | null
}

/** What sums count of a contact beside what its record shows, so that a figure of a closed day has its contacts. */
export interface ContactCounted {
  /** By the settings of its first fact: within what an answer was in time, and up to what an abandonment was a short one. */
  readonly withinMs: number
  readonly shortAbandonMs: number
  /** How long it rang before it was answered; absent where nobody told. */
  readonly ringMs?: number
  /** When agents let it ring. */
  readonly missedAt?: readonly Instant[]
  /** Who ended conversations of it. */
  readonly endedBy?: readonly ('agent' | 'customer')[]
  readonly surveySentAt?: Instant
  /** In the time that a survey is open. */
  readonly surveyAnswered?: true
  readonly nps?: 'detractor' | 'passive' | 'promoter'
}

/** A customer's answer that came when its contact was history already. */
export interface LateAnswer {
  readonly contactId: string
  /** As the answer names it. */
  readonly queue: string | null
  readonly at: Instant
  /** From 1 to 5. */
  readonly score: number
  readonly comment: TextId | null
}

/** A source's state of connection, and when its newest fact reached the log (null before the first). A source that only posts has no connection: `connected` is true. */
export interface SourceFigures extends SourceStatus {
  readonly lastEventAt: Instant | null
  /** It only sends and is not dialled: what it sends is its sign of life. */
  readonly pushed?: boolean
}

/** What changed since the last take; ids only, the rows are read from the floor. */
export interface FloorChanges {
  readonly queues: readonly string[]
  readonly agents: readonly AgentNumber[]
  readonly incidents: readonly string[]
  readonly sources: readonly string[]
  readonly settings: boolean
  /** Interval rows that closed, or changed after they had closed, since the last take: what a keeper writes. */
  readonly intervals: readonly ClosedInterval[]
  /** True when something must flush at once (incident, breach, agent or source state), not with the KPI beat. */
  readonly urgent: boolean
}

/** What a figure is held against. */
export interface Limit {
  readonly side: 'below' | 'above'
  readonly value: number
}

/** What would bring it back: so many of these, one after the other and nothing else; `count` null: no number of them does. */
export interface Clears {
  readonly by: 'answers-in-time' | 'answers' | 'satisfied-answers' | 'resolved-contacts' | 'new-customers' | 'contacts-taken' | 'available-ms'
  readonly count: number | null
}

/** How right a queue's quotes of some stretch were, as sums. */
export interface QueueQuotes {
  readonly queue: string
  readonly sums: WaitSums
}

/** What somebody would be told who came to a queue now, and how right that was so far. */
export interface QueueWait extends ExpectedWait, QueueQuotes {
  /** Handle time of the last hour, likewise, by the clock: `activeMs` is what the wait is reckoned by. */
  readonly ahtMs: number | null
  readonly error: WaitError
}

/** A rolling window of a queue; answers where it has a written channel. */
export type RollingFigures = MetricBlock & { readonly responses?: ResponseFigures }

/** Figures of one window that nobody keeps, from the legs. */
export interface WindowFigures {
  readonly queue: string | null
  readonly window: string
  readonly from: Instant
  readonly to: Instant
  readonly target: ServiceTarget
  readonly figures: MetricBlock
  /** Absent where all is said by telephone. */
  readonly responses?: ResponseFigures
}

export interface Explanation {
  readonly metric: string
  readonly queue: string | null
  readonly window: string
  readonly variant: ServiceLevelVariant | string | null
  readonly formula: string
  readonly basis: 'outcome' | 'arrival' | 'now' | 'end' | 'clock'
  readonly from: Instant | null
  readonly to: Instant
  readonly numerator: number | null
  readonly denominator: number | null
  readonly value: number | null
  readonly threshold: number | null
  /** Of a level: within what its contacts had to be answered, in order of time; several where the target was changed meanwhile. Absent: `threshold` alone. */
  readonly thresholds?: readonly number[]
  /** Null where no limit is set. */
  readonly limit: Limit | null
  /** Since when the figure has been beyond its limit, looked for three hours back; null when it is not. */
  readonly since: Instant | null
  /** It was beyond its limit already where the looking back ends: `since` is no later than said, and may be earlier. */
  readonly sinceAtLeast?: boolean
  /** Null when nothing has to be cleared. */
  readonly clears: Clears | null
  /** The 95 % range of a share of answers. */
  readonly range: { readonly low: number; readonly high: number } | null
  readonly numeratorContacts: readonly ContactFigures[]
  readonly denominatorContacts: readonly ContactFigures[]
}

/** The floor at one entry, portable and versioned: what a snapshot or an archive's base holds. Opaque outside domain. */
export interface FloorBase {
  readonly format: number
  readonly foldVersion: number
  readonly entry: EntryId
  readonly at: Instant
  readonly state: unknown
}

/** A fold of the log, owned by one process and changed in place. */
export interface Floor {
  readonly site: string
  /** Id of the last entry applied; '0-0' when none. */
  readonly entry: EntryId
  /** `at` of the last entry applied. */
  readonly asOf: Instant
  /** When time alone will change a figure; whoever holds the replica offers a tick then. */
  nextTickAt(): Instant | null
  apply(entry: LogEntry): void
  takeChanges(): FloorChanges
  settings(): FloorSettings
  queueIds(): readonly string[]
  queue(id: string): QueueFigures | null
  /** Over the given queues (default all): sums, agents once, ratios of sums; target-dependent figures null where targets differ. */
  totals(queues?: readonly string[]): QueueFigures
  agentNumbers(): readonly AgentNumber[]
  /** `within`: without the queues and contacts that lie beyond these queues. */
  agent(number: AgentNumber, within?: readonly string[]): AgentFigures | null
  /** States of an agent in [from, to), at most 50 hours back and not beyond `asOf`. */
  bands(number: AgentNumber, from: Instant, to: Instant): readonly AgentBand[]
  /** Tells what agents did and were in the quarter hours that begin in [from, to), at most 50 hours back, clock time up to the running minute; yields between pieces of work. */
  agentGains(query: { from: Instant; to: Instant }, gains: AgentGains): Iterable<void>
  incident(ref: string): IncidentRecord | null
  incidents(): readonly IncidentRecord[]
  sources(): readonly SourceFigures[]
  /** When the newest fact that named no source reached the log; null before the first. */
  unnamedEventAt(): Instant | null
  intervals(query: { from: Instant; to: Instant; basis: 'outcome' | 'arrival'; queue?: string; channel?: Channel }): readonly IntervalFigures[]
  contacts(query: { from: Instant; to: Instant; queue?: string; outcome?: ContactOutcome; agent?: AgentNumber; subject?: SubjectToken; contactId?: string; having?: 'callback' | 'survey' }): readonly ContactFigures[]
  /** Answers of the last 50 hours whose contact came more than two days before them; of these contacts alone, or of all. */
  lateAnswers(contactIds?: readonly string[]): readonly LateAnswer[]
  /** `queues`: with the whole site, only these of it. */
  explain(query: { metric: string; queue: string | null; queues?: readonly string[] | undefined; window: string }): Explanation | null
  /** A figure of an agent's day. */
  explainAgent(query: { metric: string; agent: AgentNumber }): Explanation | null
  /** `R15`, `R30`, `R60`, `today`, or an instant as epoch ms, at most 48 h ago. Null for a queue or window that does not exist. */
  window(query: { queue: string | null; queues?: readonly string[] | undefined; window: string }): WindowFigures | null
  /** A rolling window of a queue without percentiles; null for a queue that does not exist. */
  rolling(queue: string, minutes: 15 | 30 | 60): RollingFigures | null
  /** What whoever comes now would be told, and how wrong such words were for those who came in [from, to). */
  waits(query: { queue?: string; from: Instant; to: Instant }): readonly QueueWait[]
  /** How right the quotes of [from, to) were, at most 48 h back, of each queue that made any. */
  quotes(query: { from: Instant; to: Instant }): readonly QueueQuotes[]
  toBase(): FloorBase
}
