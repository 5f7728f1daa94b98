import type { Busy } from '../deployment/candidates.ts'
import type { Deployment } from '../deployment/deployment.ts'
import type { ResolvedTarget } from '../escalation/directory.ts'
import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import type { Amendment, DeploymentAnswer, HelpMethod, StakeholderState } from './commands.ts'
import type { MajorIncident, MajorRole, MethaneField } from './major.ts'
import type { IncidentReview, ReviewField, ReviewStage } from './review.ts'
import type { Actor, ClockKind, HoldReason, IncidentRecord, PersonId, Priority, RecordType, Scale, SlaClock } from './incident.ts'

interface Happened {
  readonly at: Instant
  readonly by: Actor
}

interface OfLevel {
  readonly ladder: 'ownership' | 'deadline'
  readonly generation: number
  readonly cycle: number
  readonly level: number
  readonly dueAt: Instant
}

interface OfClock {
  readonly clock: ClockKind
  readonly name: string | null
}

interface UpdateApproval {
  /** null: written and approved in one. */
  readonly update: string | null
  readonly writtenBy: PersonId
  readonly alone: boolean
}

/** Facts of one incident, in the order of its version. */
export type IncidentEvent = Happened &
  (
    | { readonly type: 'opened'; readonly record: IncidentRecord }
    | { readonly type: 'drafted'; readonly record: IncidentRecord }
    /** `receivedAt`: when the server had it; the response clock stops then. */
    | { readonly type: 'acknowledged'; readonly receivedAt: Instant; readonly answersLevel?: number }
    /** `answersLevel`: a higher level of the ladder told them, and not the first. */
    | { readonly type: 'helper-joined'; readonly answersLevel?: number }
    /** `as`: which of those whom categories ask for they are. */
    | { readonly type: 'consulted'; readonly person: PersonId; readonly text: TextId; readonly consultedAt: Instant; readonly as: readonly string[] }
    | { readonly type: 'unacknowledged'; readonly reason: TextId | null; readonly nextDueAt: Instant | null }
    | { readonly type: 'started' }
    /** `from`: what was said in an incident that was merged into this one. */
    | { readonly type: 'note-added'; readonly text: TextId; readonly from?: string }
    | { readonly type: 'resolved'; readonly receivedAt: Instant; readonly code: string; readonly text: TextId; readonly serviceRestored: boolean }
    | { readonly type: 'priority-set'; readonly impact: Scale; readonly urgency: Scale; readonly priority: Priority; readonly overridden: boolean; /** The minimum reaction of this priority is given, for the first time. */ readonly granted: boolean; readonly reason: TextId | null; readonly before: { readonly impact: Scale | null; readonly urgency: Scale | null; readonly priority: Priority | null } }
    | (OfLevel & { readonly type: 'level-fired'; readonly clock: ClockKind | null; /** Of the clock whose deadline it is: its name, and which of its lives (generation); absent in old events. */ readonly name?: string | null; readonly life?: number; readonly firedAt: Instant; readonly targets: readonly ResolvedTarget[]; readonly nextDueAt: Instant | null })
    | (OfLevel & { readonly type: 'level-skipped'; readonly why: 'nobody' | 'superseded' | 'told-just-now'; readonly nextDueAt: Instant | null })
    | { readonly type: 'escalated'; readonly fromLevel: number; readonly toLevel: number; readonly reason: TextId }
    /** Nobody on any level: the organisation's fallback is told. */
    | { readonly type: 'ladder-unmanned'; readonly generation: number; readonly cycle: number; readonly firedAt: Instant; readonly targets: readonly ResolvedTarget[]; readonly nextDueAt: Instant | null }
    | { readonly type: 'ladder-ended'; readonly generation: number; /** When supervisors are told that nobody has it. */ readonly nextDueAt: Instant }
    | (OfClock & { readonly type: 'clock-warned'; readonly share: number; readonly alsoCrossed: readonly number[]; readonly dueAt: Instant; readonly people: readonly PersonId[] })
    | (OfClock & { readonly type: 'clock-breached'; readonly dueAt: Instant; readonly detectedAt: Instant; /** Recorded by a command before anybody was told: where the clock goes on, they are told yet. */ readonly untold?: true })
    /** Still late: told again, or for the first time where the breach fell outside the hours. */
    | (OfClock & { readonly type: 'breach-reminded'; readonly dueAt: Instant; readonly told: number; readonly nextAt: Instant; readonly people: readonly PersonId[] })
    | (OfClock & { readonly type: 'breach-excused'; readonly reason: TextId })
    | (OfClock & { readonly type: 'regulator-reported'; readonly receivedAt: Instant; readonly text: TextId | null })
    | { readonly type: 'recovery-planned'; readonly text: TextId; readonly reviewAt: Instant }
    | { readonly type: 'customer-replied'; readonly text: TextId }
    /** A calendar was edited: due times that moved. */
    | { readonly type: 'clocks-recomputed'; readonly calendarVersion: number; readonly notBeforeAt: Instant; readonly moved: readonly { readonly clock: ClockKind; readonly name: string | null; readonly before: Instant | null; readonly after: Instant | null }[] }
    /** Planned work that holds it back was moved or called off (null). */
    | { readonly type: 'maintenance-moved'; readonly hold: IncidentRecord['maintenance'] }
    /** Every cycle is over: supervisors are told again until somebody takes it. */
    | { readonly type: 'unowned-reminded'; readonly generation: number; readonly firedAt: Instant; readonly people: readonly PersonId[]; readonly nextDueAt: Instant }
    /** The owner can no longer act for it: account disabled, or shift over with the handover not taken. */
    | { readonly type: 'owner-gone'; readonly before: PersonId; readonly why: 'not-here' | 'shift-over' }
    | { readonly type: 'held'; readonly reason: HoldReason; readonly reviewAt: Instant; readonly pauses: boolean }
    | { readonly type: 'resumed'; readonly why: 'asked' | 'review-time' | 'customer-replied' }
    | { readonly type: 'reopened'; readonly reason: TextId | null; readonly take: boolean; readonly graceGiven: boolean }
    | { readonly type: 'closed'; readonly why: 'asked' | 'window-over' }
    /** The window is over, and what still has to be done before it can be closed. */
    | { readonly type: 'review-awaited'; readonly missing: readonly string[] }
    | { readonly type: 'cancelled'; readonly reason: TextId }
    /** It is another kind of thing: it ends here and goes on there. */
    | { readonly type: 'reclassified'; readonly recordType: RecordType; readonly into: string; readonly reason: TextId }
    | { readonly type: 'merged'; readonly into: string }
    /** `deployments`: who was on the other one and goes on here. */
    | { readonly type: 'absorbed'; readonly from: string; readonly deployments?: readonly Deployment[]; /** Who was told of the other one and is owed the end of it. */ readonly owedTo?: readonly PersonId[]; /** Its caller is in danger. */ readonly callerSafe?: false; /** Its clocks of the law, which run on here. */ readonly clocks?: readonly SlaClock[]; /** It was reported earlier. */ readonly reportedAt?: Instant }
    | { readonly type: 'assigned'; readonly person: PersonId; readonly before: PersonId | null }
    | { readonly type: 'handover-offered'; readonly to: PersonId; readonly lapsesAt: Instant }
    | { readonly type: 'handover-accepted'; readonly before: PersonId | null }
    | { readonly type: 'handover-lapsed'; readonly to: PersonId }
    | { readonly type: 'categorised'; readonly category: string; readonly before: string | null; readonly reason: TextId | null }
    | { readonly type: 'snoozed'; readonly until: Instant }
    | { readonly type: 'snooze-ended' }
    /** "Still on it?" */
    | { readonly type: 'lease-prompted'; readonly dueAt: Instant }
    | { readonly type: 'lease-lost'; readonly before: PersonId | null }
    | { readonly type: 'stakeholders-updated'; readonly text: TextId; readonly state: StakeholderState; readonly audience: string; readonly nextUpdateAt: Instant | null; /** Who gets it as a person; absent in old events. */ readonly people?: readonly PersonId[]; readonly noChange?: boolean; /** Where it had to be approved: `by` approved what `writtenBy` wrote; `alone`: nobody else looked at it. */ readonly approval?: UpdateApproval }
    /** Written, and not told before somebody approves it; it takes the place of one that waited. `people` are asked to. */
    | { readonly type: 'update-drafted'; readonly update: string; readonly text: TextId; readonly state: StakeholderState; readonly audience: string; readonly nextUpdateAt: Instant | null; readonly noChange: boolean; readonly people: readonly PersonId[]; /** Written in another incident, which was merged into this one. */ readonly from?: string; readonly writtenBy?: PersonId; readonly writtenAt?: Instant }
    | { readonly type: 'update-rejected'; readonly update: string; readonly writtenBy: PersonId; readonly reason: TextId }
    /** Filled in, or put right; what stood there is kept in `before`. */
    | { readonly type: 'amended'; readonly filled: readonly string[]; readonly texts: IncidentRecord['texts']; readonly fields: Amendment; readonly before: { readonly texts: IncidentRecord['texts']; readonly fields: Amendment }; readonly reason: TextId | null }
    /** Logged in a hurry, and still not whole: whoever logged it and whoever has it are asked. */
    | { readonly type: 'completion-asked'; readonly missing: readonly string[]; readonly people: readonly PersonId[] }
    | { readonly type: 'help-asked'; readonly help: string; readonly text: TextId; readonly dueAt: Instant; readonly people: readonly PersonId[]; /** Asked in another incident, which was merged into this one: by whom, when, and how it stands. */ readonly from?: string; readonly askedBy?: PersonId; readonly askedAt?: Instant; readonly answeredBy?: PersonId | null; readonly escalated?: boolean }
    | { readonly type: 'help-accepted'; readonly help: string }
    | { readonly type: 'help-given'; readonly help: string; readonly method: HelpMethod; readonly text: TextId; /** Whoever helped, when that was not the owner. */ readonly helper?: { readonly person: PersonId; readonly as: readonly string[] } }
    /** Nobody came in time: the duty managers are told. */
    | { readonly type: 'help-unanswered'; readonly help: string; readonly people: readonly PersonId[] }
    /** `despite`: why they were not free, where they were asked all the same. By the system: the next one, because another did not come. */
    | (Pick<Deployment, 'person' | 'resource' | 'pool' | 'place' | 'text' | 'preempts'> & { readonly type: 'deployment-requested'; readonly deployment: string; readonly despite: Busy | null; readonly reason: TextId | null; readonly people: readonly PersonId[]; /** Machines and rooms that are told for a thing. */ readonly targets?: readonly ResolvedTarget[] })
    /** `onBehalf`: somebody else said it for them, who heard it outside the system (R25). */
    | { readonly type: 'deployment-answered'; readonly deployment: string; readonly answer: DeploymentAnswer; readonly eta: Instant | null; readonly ticket: TextId | null; readonly reason: TextId | null; readonly revertBy: Instant | null; readonly onBehalf: boolean; readonly people: readonly PersonId[] }
    /** Not counted on any more: supervisors hear of it, and the next one is asked (`next`). */
    | { readonly type: 'deployment-unanswered'; readonly deployment: string; readonly why: 'no-answer' | 'unreachable' | 'late'; readonly next: string | null; readonly people: readonly PersonId[] }
    /** The time that was given is past: where are they? */
    | { readonly type: 'deployment-late'; readonly deployment: string; readonly people: readonly PersonId[] }
    /** On task for long, or in place for longer than it was meant to be: is it still? */
    | { readonly type: 'deployment-still-on'; readonly deployment: string; readonly people: readonly PersonId[] }
    | { readonly type: 'deployment-ended'; readonly deployment: string; readonly state: 'released' | 'stood-down' | 'reassigned'; readonly why: 'asked' | 'place-taken' | 'pre-empted'; /** The incident that they are on instead. */ readonly to: string | null; readonly reason: TextId | null; readonly people: readonly PersonId[] }
    | { readonly type: 'reviewed'; readonly text: TextId; readonly outcome: 'done' | 'waived' }
    | { readonly type: 'review-written'; readonly filled: readonly ReviewField[]; readonly texts: IncidentReview['texts']; readonly meetingAt: Instant | null }
    | { readonly type: 'review-action-added'; readonly action: string; readonly text: TextId; readonly owner: PersonId; readonly dueAt: Instant; readonly metric: TextId }
    | { readonly type: 'review-action-done'; readonly action: string; readonly text: TextId }
    | { readonly type: 'review-moved'; readonly to: ReviewStage }
    /** The meeting of a review, or one of its actions (by id), is late: told every business day. */
    | { readonly type: 'follow-up-overdue'; readonly what: string; readonly dueAt: Instant; readonly told: number; readonly nextAt: Instant; readonly people: readonly PersonId[] }
    /** `people` are told; absent in old events. */
    | { readonly type: 'major-proposed' | 'major-declared' | 'sending-stopped' | 'stood-down'; readonly text: TextId | null; readonly people?: readonly PersonId[] }
    | { readonly type: 'major-cancelled'; readonly reason: TextId; readonly people: readonly PersonId[] }
    | { readonly type: 'role-assigned'; readonly role: MajorRole; readonly person: PersonId | null; readonly before: PersonId | null }
    | { readonly type: 'methane-reported'; readonly filled: readonly MethaneField[]; readonly texts: MajorIncident['methane'] }
    /** Of an incident: the problem that causes it; null: none after all. */
    | { readonly type: 'problem-linked'; readonly problem: string | null; readonly before: string | null; readonly reason: TextId | null }
    /** Of a problem. */
    | { readonly type: 'incident-linked' | 'incident-unlinked'; readonly incident: string }
    /** It came again after its fix: by an incident, or because somebody says so. */
    | { readonly type: 'problem-recurred'; readonly incident: string | null; readonly reason: TextId | null }
    | { readonly type: 'cause-found' | 'known-error-declared' | 'fix-proposed'; readonly text: TextId }
    | { readonly type: 'problem-fixed'; readonly text: TextId; readonly watchedUntilAt: Instant }
    /** The same thing, reported again under its key. */
    | { readonly type: 'report-attached'; readonly text: TextId | null }
    /** Somebody was told the caller's whole number. */
    | { readonly type: 'caller-revealed'; readonly reason: TextId }
    /** Receipt of a notification: the provider took it, or all tries are spent. */
    | { readonly type: 'delivered' | 'delivery-failed' | 'delivery-replayed' | 'delivery-purged'; readonly delivery: string; readonly channel: string; readonly target: string; readonly attempts: number; readonly detail: string | null; /** No other way is left. */ readonly last?: true }
  )

export type IncidentEventType = IncidentEvent['type']

export type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>
