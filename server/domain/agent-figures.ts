import type { AgentCounter } from './kpi/agent-sums.ts'
import type { ResponseFigures } from './metric-figures.ts'
import type { AgentNumber, Channel } from './platform-events.ts'
import type { Instant } from './time.ts'

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
