import type { ResponseSketch } from './fold/response-sums.ts'
import type { ExpectedWait, WaitError, WaitSums } from './kpi/expected-wait.ts'
import type { DayBounds } from './business-day.ts'
import type { MetricBlock, ResponseFigures } from './metric-figures.ts'
import type { Channel } from './platform-events.ts'
import type { ServiceLevelVariant, ServiceTarget } from './settings.ts'
import type { Instant } from './time.ts'

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
