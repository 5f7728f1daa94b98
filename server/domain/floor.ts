import type { IncidentRecord } from './incident/incident.ts'
import type { AgentBand, AgentFigures, AgentGains } from './agent-figures.ts'
import type { ContactFigures, ContactOutcome, LateAnswer } from './contact-figures.ts'
import type { Explanation } from './explanation.ts'
import type { EntryId, LogEntry, SourceStatus } from './log-entry.ts'
import type { AgentNumber, Channel, SubjectToken } from './platform-events.ts'
import type { ClosedInterval, IntervalFigures, QueueFigures, QueueQuotes, QueueWait, RollingFigures, WindowFigures } from './queue-figures.ts'
import type { FloorSettings } from './settings.ts'
import type { Instant } from './time.ts'

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
  /** All that held so far, oldest first, each from its `validFrom` on; version 0 are the defaults, by which whoever came before the first save is judged. */
  settingsVersions(): readonly FloorSettings[]
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
