import type { CorrectionRow } from './corrections.ts'
import type { AgentFigures, AgentState } from '../domain/agent-figures.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import type { Explanation } from '../domain/explanation.ts'
import type { DigitalFigures, IntervalFigures, NowBlock, QueueFigures, TodayBlock } from '../domain/queue-figures.ts'
import type { DeploymentState, ResourceType } from '../domain/deployment/deployment.ts'
import type { CalendarOrigin } from '../domain/incident-settings.ts'
import type { ClockKind, ClockState, IncidentState, IntakeChannel, Priority, RecordType, Scale } from '../domain/incident/incident.ts'
import type { QualityGoals, ServiceLevelVariant } from '../domain/settings.ts'
import type { MajorRole, MajorStage, MethaneField } from '../domain/incident/major.ts'
import type { ReviewStage } from '../domain/incident/review.ts'
import type { ProblemStage } from '../domain/incident/problem.ts'
import type { SourceState } from '../domain/log-entry.ts'

/** On the wire an instant is ISO 8601 UTC with milliseconds. */
export type Iso = string

/** Domain figures with every Instant as ISO text. */
type InstantKeys = 'oldestWaitingSince' | 'oldestCustomerSince' | 'oldestUnansweredSince' | 'nextDueAt' | 'longestRunningSince' | 'dayStartedAt' | 'since' | 'reasonSince' | 'plannedEndAt' | 'from' | 'to' | 'queuedAt' | 'answeredAt' | 'endedAt' | 'wrappedAt' | 'outcomeAt'
type Wire<T> = { readonly [K in keyof T]: K extends InstantKeys ? Iso | Extract<T[K], null> : T[K] }

/** One queue as the floor view shows it. */
export type QueueRow = Omit<Wire<QueueFigures>, 'now' | 'today' | 'digital'> & { readonly digital?: Wire<DigitalFigures>;  readonly now: Wire<NowBlock>; readonly today: Wire<TodayBlock>; /** The site's own targets; with the totals only. */ readonly goals?: QualityGoals }

/** One agent; `name` is null for roles that may not see personal data. */
export type AgentRow = Omit<Wire<AgentFigures>, 'agent'> & { readonly agent: string; readonly name: string | null }

/** By what an interval was counted: the settings that held when it ended; null in rows kept by an older version. */
export interface RuleFields {
  readonly targetVariant: ServiceLevelVariant | null
  readonly targetPercent: number | null
  readonly targetWithinMs: number | null
  /** Of its business day. */
  readonly dayStartedAt: string | null
}

/** One queue, channel and interval. */
export type IntervalRow = Omit<Wire<IntervalFigures>, 'basis' | 'sketches' | 'rules'> & RuleFields & { readonly basis: 'outcome' | 'arrival' }

/** One contact behind the numbers. */
export type ContactRow = Omit<Wire<ContactFigures>, 'agent' | 'agents' | 'subject' | 'surveyAt' | 'surveyComment' | 'holdLeftAt' | 'counted' | 'callback' | 'responses' | 'resolution' | 'transfers' | 'handled' | 'handledAt' | 'activeMs'> & { /** Of talk, hold and after-call work together the part that is this contact's where its agents had others at once. */ readonly activeMs: number | null; readonly agent: string | null; readonly agentName: string | null; /** Transfers by kind and by whether they left the house; null where nobody kept it. */ readonly transfersBlind: number | null; readonly transfersAttended: number | null; readonly transfersInternal: number | null; readonly transfersExternal: number | null; readonly transferredToQueue: string | null; /** Of written conversations: the first answer, later ones together, and since when an answer is owed. */ readonly firstResponseAt: Iso | null; readonly firstResponseMs: number | null; readonly firstResponseBusinessMs: number | null; readonly nextResponses: number | null; readonly nextResponseMsTotal: number | null; readonly unansweredSince: Iso | null; /** When a written conversation was resolved, and the time of its clock, so far while it is open. */ readonly conversationResolvedAt: Iso | null; readonly resolutionMs: number | null; readonly resolutionBusinessMs: number | null; readonly reopened: number | null }

/** Where a figure comes from. */
export type ExplanationRow = Omit<Wire<Explanation>, 'sinceAtLeast' | 'thresholds' | 'numeratorContacts' | 'denominatorContacts'> & { readonly sinceAtLeast: boolean; readonly thresholds: readonly number[]; readonly numeratorContacts: readonly ContactRow[]; readonly denominatorContacts: readonly ContactRow[]; /** Of closed intervals within its range, newest first. */ readonly corrections?: readonly CorrectionRow[] }

/** State of one source as people read it. */
export interface SourceRow {
  readonly id: string
  readonly platform: string
  readonly state: SourceState
  readonly since: Iso
  readonly lastEventAt: Iso | null
  readonly lastAliveAt: Iso | null
  readonly beatMs: number | null
  readonly detail: string | null
}

/** How many agents are in a state; the wall knows no single agent. */
export interface TallyRow {
  readonly state: AgentState
  readonly agents: number
}

/** Messages of the site that reached nobody: one row. */
export interface MessagesRow {
  readonly id: '*'
  readonly deadLetters: number
}

export interface IncidentClockRow {
  readonly kind: ClockKind
  readonly name: string | null
  /** Of a clock of an audience: what people call it. */
  readonly called?: string
  readonly state: ClockState
  readonly dueAt: Iso | null
  readonly elapsedMs: number
  readonly remainingMs: number | null
  readonly breachedAt: Iso | null
  /** What the target alone says; `dueAt` is later where a minimum reaction was given. */
  readonly targetDueAt: Iso | null
  /** The breach was excused by a duty manager; it stays one. */
  readonly excused: boolean
  /** The calendar that it counts by and whose it is (chosen: the service's, else the site's, else the organisation's); null: every hour. */
  readonly hours?: { readonly calendar: string; readonly from: 'service' | CalendarOrigin } | null
}

/** One incident as screens and API show it; personal fields are null for roles below their class. */
export interface Incident {
  readonly ref: string
  readonly type: RecordType
  readonly category: string | null
  readonly title: string
  readonly nature: string | null
  readonly channel: IntakeChannel | null
  readonly location: string | null
  readonly service: string | null
  readonly reporter: string | null
  readonly callerId: string | null
  readonly callerSafe: boolean | null
  readonly impact: Scale | null
  readonly urgency: Scale | null
  readonly priority: Priority | null
  readonly state: IncidentState
  readonly owner: { readonly id: string; readonly name: string } | null
  /** Level of the ownership ladder that fired last; 0 before the first. */
  readonly level: number
  readonly cycle: number
  /** Where the ownership ladder is: `ended`, every level told and nobody took it; `unmanned`, its last pass reached nobody. */
  readonly ladder: 'idle' | 'running' | 'stopped' | 'ended' | 'unmanned'
  /** When the next level fires and to whom, in words; null when no ladder runs. */
  /** `targets` as the policy names them, `called` with the names of rotas, teams and people in the place of their ids. */
  readonly next: { readonly at: Iso; readonly level: number; readonly targets: readonly string[]; readonly called?: readonly string[] } | null
  readonly major: boolean
  readonly reportedAt: Iso
  readonly openedAt: Iso | null
  readonly acknowledgedAt: Iso | null
  readonly resolvedAt: Iso | null
  readonly snoozedUntil: Iso | null
  readonly clocks: readonly IncidentClockRow[]
  readonly revision: string
  readonly policy: string
  readonly completeness: number
  /** A colleague was asked for help (`answer-help` with its id). */
  readonly help?: { readonly id: string; readonly text: string | null; readonly by: { readonly id: string; readonly name: string }; readonly at: Iso; readonly dueAt: Iso; readonly answeredBy: { readonly id: string; readonly name: string } | null } | null
  /** Who had a say in it besides its owner; `needed`: its category is resolved only after one of `with` (nobody named: any colleague) was consulted or an escalation answered, and `given` whether that is so. null: nobody had, and nobody has to. */
  readonly counsel?: { readonly needed: boolean; readonly with: readonly string[]; readonly given: boolean; readonly said: readonly CounselRow[] } | null
  /** Logged in a hurry: what is still to be filled in (`amend`), and by when. */
  readonly completion?: { readonly dueAt: Iso; readonly missing: readonly string[] } | null
  readonly queue: string | null
  /** Proposed or declared as major: its stage, who has which role, the first report (METHANE), how many report to the lead. */
  readonly majorIncident?: { readonly stage: MajorStage; readonly since: Iso; readonly roles: readonly { readonly role: MajorRole; readonly person: { readonly id: string; readonly name: string } }[]; readonly methane: Readonly<Partial<Record<MethaneField, string | null>>>; readonly directReports: number; readonly tooManyReports: boolean } | null
  /** Where the review document stands (`GET .../review` tells all of it). */
  readonly pir?: { readonly stage: ReviewStage; readonly meetingDueAt: Iso | null; readonly meetingAt: Iso | null; readonly openActions: number } | null
  /** Numbers it had while it was taken for another type, oldest first; both find it. */
  readonly formerRefs?: readonly string[]
  /** It was of another type than it was logged as: the number under which it goes on. */
  readonly successor?: string | null
  /** The problem record that causes it. */
  readonly problemRef?: string | null
  /** So many records that it names lie outside the area of the reader, and are not named to them. */
  readonly elsewhere?: number
  /** Of a record of type `problem`: where it stands, how people get by, and which incidents it causes (newest last, at most 200). */
  readonly problem?: { readonly stage: ProblemStage; readonly cause: string | null; readonly workaround: string | null; readonly fix: string | null; readonly fixedAt: Iso | null; readonly watchUntil: Iso | null; readonly incidents: readonly string[]; /** So many of them are of other areas than the reader's. */ readonly elsewhere?: number; readonly linked: number; readonly recurrences: number; readonly proposed: boolean } | null
  /** Reports of the same thing that were attached to it. */
  readonly reports?: number
  /** Practice: nothing of it leaves the house. */
  readonly drill?: boolean
  /** The drill it belongs to. */
  readonly exercise?: { readonly id: string; readonly speed: number } | null
  /** Raised by a machine during planned work: nobody is told, and no clock runs, before that is over. */
  readonly maintenance?: { readonly name: string; readonly until: Iso } | null
  /** People and things that were asked for, oldest first. */
  readonly deployments?: readonly DeploymentRow[]
  /** Words for stakeholders that nobody is told before somebody approves them (`approve-update` with its id). */
  readonly pendingUpdate?: { readonly id: string; readonly text: string | null; readonly state: string; readonly audience: string; readonly nextUpdateAt: Iso | null; readonly by: { readonly id: string; readonly name: string }; readonly at: Iso } | null
}

export interface CounselRow {
  readonly person: { readonly id: string; readonly name: string }
  /** Who wrote it down. */
  readonly by: { readonly id: string; readonly name: string }
  readonly at: Iso
  /** `answered`: a higher level of the ladder told them, and they came. */
  readonly way: 'consulted' | 'helped' | 'answered'
  readonly text: string | null
}

/** One person or thing that an incident asked for. Stamps are what was said and done: a state that was skipped has none, and figures that would need it are null. */
export interface DeploymentRow {
  readonly id: string
  readonly person: { readonly id: string; readonly name: string } | null
  readonly resource: { readonly id: string; readonly name: string; readonly type: ResourceType } | null
  readonly state: DeploymentState
  readonly by: { readonly id: string; readonly name: string }
  /** What they are to do. */
  readonly text: string | null
  /** The request that they stand for: the first of those who were asked one after the other. */
  readonly place: string
  readonly requestedAt: Iso
  readonly alertedAt: Iso | null
  /** Channel of the message that was out first. */
  readonly alertedBy?: string | null
  readonly acceptedAt: Iso | null
  readonly enRouteAt: Iso | null
  readonly onTaskAt: Iso | null
  readonly endedAt: Iso | null
  readonly eta: Iso | null
  /** When it is asked about next, by itself. */
  readonly dueAt: Iso | null
  readonly late: boolean
  readonly ticket: string | null
  readonly inPlaceBy: { readonly id: string; readonly name: string } | null
  readonly revertBy: Iso | null
  /** The incident that they were taken from. */
  readonly takenFrom: string | null
  readonly queueMs: number | null
  readonly confirmMs: number | null
  readonly travelMs: number | null
  readonly onTaskMs: number | null
  readonly consumedMs: number | null
}

/** One line of an incident's append-only log. */
export interface TimelineRow {
  readonly seq: number
  readonly at: Iso
  readonly type: string
  readonly actor: { readonly id: string; readonly name: string | null; readonly role: string } | null
  readonly text: string | null
  readonly data: Readonly<Record<string, unknown>>
}
