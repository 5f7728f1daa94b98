import type { Deployment } from '../deployment/deployment.ts'
import type { TextId } from '../platform-events.ts'
import type { Counsel } from './counsel.ts'
import type { MajorIncident } from './major.ts'
import type { ProblemCourse } from './problem.ts'
import type { IncidentReview } from './review.ts'
import type { Instant } from '../time.ts'

export type Priority = 'P1' | 'P2' | 'P3' | 'P4'
export type Scale = 1 | 2 | 3 | 4
export type IncidentState = 'draft' | 'open' | 'acknowledged' | 'in-progress' | 'on-hold' | 'resolved' | 'closed' | 'cancelled' | 'merged'
export type IntakeChannel = 'voice' | 'email' | 'chat' | 'web' | 'in-person' | 'radio' | 'monitoring'
export type RecordType = 'incident' | 'complaint' | 'service-request' | 'enquiry' | 'problem'
/** Register number of a person; names never enter the log. */
export type PersonId = string

export type ClockKind = 'response' | 'update' | 'resolution' | 'regulatory' | 'audience'
export type ClockState = 'running' | 'paused' | 'met' | 'breached' | 'void'

/** Truth is the list of running segments; `dueAt` is a cache that is recomputed after every event. */
export interface SlaClock {
  readonly kind: ClockKind
  /** Clocks of the law are told apart by name, those of audiences by their key in the register; others have none. */
  readonly name: string | null
  readonly state: ClockState
  readonly generation: number
  readonly targetMs: number | null
  readonly targetDays: number | null
  /** A target in days ends with the last working day's close instead of the wall-clock time of the start. */
  readonly endOfDay: boolean
  readonly calendar: string
  readonly calendarVersion: number
  readonly startedAt: Instant
  readonly segments: readonly { readonly from: Instant; readonly to: Instant | null }[]
  readonly dueAt: Instant | null
  /** True due time of a breach that happened; stays for ever. */
  readonly breachedAt: Instant | null
  readonly stoppedAt: Instant | null
  /** Minimum reaction after a new priority: `dueAt` is never before it. */
  readonly notBefore: Instant | null
  /** An update promised for this instant replaces the cadence. */
  readonly promisedAt: Instant | null
  /** Working ms added to the target once, when a reopened incident would breach at once. */
  readonly graceMs: number
  /** Highest share of the target that was warned of in this generation; 0 before the first. */
  readonly warned: number
  /** A breach that is still open is told at `at`: for the first time (P3 and P4 wait for their hours) or again. */
  readonly reminder: { readonly at: Instant; readonly told: number } | null
  /** Who declared the breach excused; it stays a breach. */
  readonly excused: { readonly at: Instant; readonly by: PersonId } | null
}

export interface LadderPosition {
  /** ownership and deadline ladders; the generation fences timers. */
  readonly generation: number
  /** When this generation began; null: with the incident. */
  readonly since: Instant | null
  /** `ended`: every cycle is over and nobody took it; supervisors are told again until somebody does. */
  readonly state: 'idle' | 'running' | 'stopped' | 'ended'
  readonly level: number
  readonly cycle: number
  /** When the next level fires, by Redis TIME. */
  readonly nextDueAt: Instant | null
  /** Where an acknowledgement stopped the ladder, so that taking it back goes on from there. */
  readonly stoodAt: { readonly nextDueAt: Instant; readonly stoppedAt: Instant; readonly ended: boolean } | null
  /** Told less than two minutes before the priority changed (`person:sam`, `webhook:noc`): not told again in its first cycle. */
  readonly spared: readonly string[]
  /** The last pass over all levels reached nobody. */
  readonly unmanned: boolean
}

/** Who did something: a person's id and role, or the system. Names are kept sealed beside the log. */
export interface Actor {
  readonly id: PersonId
  readonly role: string
}
/** Since when it is known, whichever of the records that are one by now said so. */
export const knownSince = ({ reportedAt, firstReportedAt = reportedAt }: Pick<IncidentRecord, 'reportedAt' | 'firstReportedAt'>): Instant => (firstReportedAt < reportedAt ? firstReportedAt : reportedAt)

export const systemActor: Actor = { id: 'system', role: 'system' }

/** Free texts and personal fields of an incident, kept sealed outside the log. */
export type TextField = 'title' | 'nature' | 'location' | 'reporter' | 'callerId' | 'resolution' | 'customFields'

/** The row of an incident as the log carries it: no free text, no personal field (`texts` are ids). */
export interface IncidentRecord {
  readonly ref: string
  /** Raised by one with every event: commands compare it. */
  readonly version: number
  /** Raised by events that change what people see of it; receipts of notifications do not. What commands may name. */
  readonly revision: number
  readonly type: RecordType
  readonly category: string | null
  readonly texts: Readonly<Partial<Record<TextField, TextId>>>
  readonly channel: IntakeChannel | null
  readonly service: string | null
  readonly impact: Scale | null
  readonly urgency: Scale | null
  readonly priority: Priority | null
  readonly priorityOverridden: boolean
  readonly state: IncidentState
  readonly owner: PersonId | null
  readonly major: boolean
  /** Its stage, roles and first report; null: nobody ever thought it major. */
  readonly majorIncident: MajorIncident | null
  readonly discreet: boolean
  readonly callerSafe: boolean | null
  readonly snoozedUntil: Instant | null
  readonly reportedAt: Instant
  /** When what was merged into it was reported, where that was earlier: for reporting, not for its due times; absent: nothing was. */
  readonly firstReportedAt?: Instant
  readonly openedAt: Instant | null
  readonly acknowledgedAt: Instant | null
  readonly resolvedAt: Instant | null
  readonly changedAt: Instant
  readonly clocks: readonly SlaClock[]
  readonly ownership: LadderPosition
  readonly deadline: LadderPosition
  /** `audiences`: opened since audiences have cadences of their own; what was opened before goes on without. */
  readonly policy: { readonly id: string; readonly version: number; readonly audiences?: true }
  /** Logged in a hurry (R5): by then its log is to be whole; null: it is. */
  readonly completion: { readonly dueAt: Instant; readonly asked: boolean } | null
  /** A colleague was asked for help; null: nobody asks. */
  readonly help: { readonly id: string; readonly text: TextId; readonly by: PersonId; readonly at: Instant; readonly dueAt: Instant; readonly answeredBy: PersonId | null; readonly escalated: boolean; /** Who was asked; absent: asked by an older version. */ readonly people?: readonly PersonId[] } | null
  /** 0..1, share of the mandatory log fields that are filled. */
  readonly completeness: number
  readonly queue: string | null
  readonly loggedBy: PersonId
  /** Who acknowledged after the owner did. */
  readonly helpers: readonly PersonId[]
  /** Times it was reopened. */
  readonly reopens: number
  readonly firstResolvedAt: Instant | null
  /** Priorities whose minimum reaction was granted in this life; each once, so that toggling buys no time. */
  readonly reactionGranted: readonly Priority[]
  readonly resolutionCode: string | null
  readonly hold: IncidentHold | null
  /** An owner who shows no activity is asked, then loses the incident; null: nobody is waited for. */
  readonly lease: { readonly dueAt: Instant; readonly prompted: boolean } | null
  readonly handover: { readonly to: PersonId; readonly by: PersonId; readonly lapsesAt: Instant } | null
  /** Until then a resolution may be taken back; then the incident closes by itself. */
  readonly confirmUntil: Instant | null
  readonly mergedInto: string | null
  /** Numbers it had while it was taken for something else, oldest first; `successor`: the one under which it goes on as another type. */
  readonly formerRefs: readonly string[]
  readonly successor: string | null
  readonly review: 'none' | 'done' | 'waived'
  /** The document of the review; null: none was begun. */
  readonly pir: IncidentReview | null
  /** Stakeholders were told something; a closing message is owed to them until it is sent. */
  readonly updates: { readonly sent: number; /** So many of them went only to an audience that has a clock of its own. */ readonly aside: number; readonly closing: boolean; /** Everybody who got one as a person. */ readonly to: readonly PersonId[]; /** So many in a row said that nothing had changed. */ readonly noChange: number; /** The newest for everybody whom the incident concerns, and the newest that strangers may read too. */ readonly newest: { readonly all: ToldUpdate | null; readonly public: ToldUpdate | null; /** For one group of the register, by its key; absent: none was told by itself. */ readonly groups?: Readonly<Record<string, ToldUpdate>> } }
  /** Words for stakeholders that wait for somebody to approve them. */
  readonly pendingUpdate: PendingUpdate | null
  /** Whom the ladders told within the last minutes, oldest first; `reached`: there is a receipt of it. */
  readonly told: readonly { readonly to: string; readonly at: Instant; readonly reached?: true }[]
  /** The customer has answered and nobody has shown that they read it. */
  readonly replyUnread: boolean
  /** Reports of the same thing that were attached to it. */
  readonly reports: number
  /** Practice: the real engine, and nothing leaves the house. */
  readonly drill: boolean
  /** The run of a scenario it belongs to; its targets and waits pass so many times as fast. */
  readonly exercise: { readonly id: string; readonly speed: number } | null
  /** Raised by a machine in the middle of planned work: its ladder and clocks begin when that is over. */
  readonly maintenance: { readonly name: string; readonly until: Instant } | null
  /** People and things that were asked for, oldest first. */
  readonly deployments: readonly Deployment[]
  /** Who had a say in it besides its owner, since it was last opened: oldest first, of very many the newest. */
  readonly counsel: readonly Counsel[]
  /** The problem that causes it (a record of that type). */
  readonly problemRef: string | null
  /** Where a problem stands; null in every other record. */
  readonly problem: ProblemCourse | null
}

/** What stakeholders were told, and by when they will hear more. */
export interface ToldUpdate {
  readonly text: TextId
  readonly state: PendingUpdate['state']
  readonly nextUpdateAt: Instant | null
  readonly at: Instant
}

export interface PendingUpdate {
  /** Of this incident: `u7`. */
  readonly id: string
  readonly text: TextId
  readonly state: 'investigating' | 'identified' | 'monitoring' | 'resolved'
  readonly audience: string
  readonly nextUpdateAt: Instant | null
  readonly noChange: boolean
  readonly by: PersonId
  readonly at: Instant
}

/** Reasons for a hold; the first three stop the resolution clock. */
export const holdReasons = ['waiting-for-reporter', 'third-party', 'appointment', 'waiting-for-internal', 'monitoring'] as const
export type HoldReason = (typeof holdReasons)[number]

export interface IncidentHold {
  readonly reason: HoldReason
  readonly reviewAt: Instant
}
