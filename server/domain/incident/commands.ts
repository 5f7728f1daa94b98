import type { Deployment } from '../deployment/deployment.ts'
import type { Target } from '../incident-settings.ts'
import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import type { MajorRole, MethaneField } from './major.ts'
import type { ReviewField, ReviewStage } from './review.ts'
import type { ClockKind, HoldReason, IncidentRecord, IntakeChannel, PersonId, RecordType, Scale, SlaClock, TextField } from './incident.ts'

/** What a person logs, after the door: free texts are ids. */
export interface Report {
  readonly ref: string
  readonly draft: boolean
  readonly type: RecordType
  readonly category: string | null
  readonly texts: Readonly<Partial<Record<TextField, TextId>>>
  /** True when the caller withheld the number. */
  readonly callerIdWithheld: boolean
  readonly callerSafe: boolean | null
  readonly channel: IntakeChannel | null
  readonly service: string | null
  /** null: not judged yet, in a draft alone. */
  readonly impact: Scale | null
  readonly urgency: Scale | null
  readonly reportedAt: Instant
  readonly queue: string | null
  readonly drill?: boolean
  readonly exercise?: IncidentRecord['exercise']
}

/** What completes a draft; what is absent stays as the draft has it. */
export type Completion = Partial<Pick<Report, 'type' | 'category' | 'callerSafe' | 'channel' | 'service' | 'impact' | 'urgency' | 'reportedAt' | 'queue'>> & Pick<Report, 'texts'>

/** Fields of the log besides those that have commands of their own (category, impact and urgency). */
export type Amendment = Partial<Pick<Report, 'channel' | 'service' | 'callerSafe'>>

export const helpMethods = ['advice', 'beside', 'joined-call', 'took-over', 'other'] as const
export type HelpMethod = (typeof helpMethods)[number]

export const deploymentAnswers = ['accepted', 'declined', 'en-route', 'on-task'] as const
export type DeploymentAnswer = (typeof deploymentAnswers)[number]

/** Words of a stakeholder update, and of nothing else. */
export const stakeholderStates = ['investigating', 'identified', 'monitoring', 'resolved'] as const
export type StakeholderState = (typeof stakeholderStates)[number]

/** Orders to one incident, after the door: free texts are ids. */
export type IncidentCommand =
  | { readonly type: 'open'; readonly with: Completion }
  | { readonly type: 'acknowledge' }
  | { readonly type: 'unacknowledge'; readonly reason: TextId | null }
  | { readonly type: 'start' }
  | { readonly type: 'note'; readonly text: TextId }
  | { readonly type: 'amend'; readonly texts: Report['texts']; readonly fields: Amendment; readonly reason: TextId | null }
  /** `person`: null asks whoever supervises. */
  | { readonly type: 'ask-help'; readonly text: TextId; readonly person: PersonId | null }
  /** Without method and outcome: somebody comes. With both: it is over. */
  | { readonly type: 'answer-help'; readonly help: string; readonly method: HelpMethod | null; readonly outcome: TextId | null }
  /** A colleague was asked about it, outside the system or in it: who, when, and what they said. */
  | { readonly type: 'consult'; readonly person: PersonId; readonly text: TextId; readonly consultedAt: Instant | null }
  | { readonly type: 'resolve'; readonly code: string; readonly text: TextId; readonly serviceRestored: boolean }
  | { readonly type: 'set-priority'; readonly impact: Scale; readonly urgency: Scale }
  | { readonly type: 'set-priority'; readonly priority: 'P1' | 'P2' | 'P3' | 'P4'; readonly reason: TextId }
  | { readonly type: 'escalate'; readonly level: number; readonly reason: TextId }
  | { readonly type: 'hold'; readonly reason: HoldReason; readonly reviewAt: Instant }
  | { readonly type: 'resume' }
  /** `take`: the reopener owns it; else the ladder begins at level 1. */
  | { readonly type: 'reopen'; readonly reason: TextId | null; readonly take: boolean }
  | { readonly type: 'close' }
  /** `withdrawn`: a successor that came too late; what was told, and is owed, is the original's. */
  | { readonly type: 'cancel'; readonly reason: TextId; readonly withdrawn?: true }
  /** `into`: the record that it goes on as, which is written before. */
  | { readonly type: 'reclassify'; readonly recordType: RecordType; readonly reason: TextId; readonly into: string }
  /** `targetActive`: whether the other incident, when it was read, could take another in. */
  | { readonly type: 'merge'; readonly into: string; readonly targetActive: boolean; /** What the other one is, where it can be taken in. */ readonly target?: Pick<IncidentRecord, 'type' | 'drill' | 'major'> | null }
  /** The other side of a merge: the graver impact is kept. */
  | { readonly type: 'absorb'; readonly from: string; readonly impact: Scale | null; readonly urgency: Scale | null; readonly deployments: readonly Deployment[]; /** What the other one told its stakeholders. */ readonly updates?: Pick<IncidentRecord['updates'], 'sent' | 'to' | 'closing'>; /** Its priority, whether its caller is in danger, and its clocks of the law. */ readonly priority?: IncidentRecord['priority']; readonly callerSafe?: boolean | null; readonly clocks?: readonly SlaClock[]; /** Words of it that nobody has approved yet, and its call for help that is still open. */ readonly pendingUpdate?: IncidentRecord['pendingUpdate']; readonly help?: IncidentRecord['help']; /** Since when it was known. */ readonly reportedAt?: Instant }
  | { readonly type: 'assign'; readonly person: PersonId }
  | { readonly type: 'offer-handover'; readonly to: PersonId }
  | { readonly type: 'accept-handover' }
  | { readonly type: 'categorise'; readonly category: string; readonly reason: TextId | null }
  | { readonly type: 'snooze'; readonly until: Instant }
  /** `noChange`: nothing new is known, and that is said. */
  | { readonly type: 'update-stakeholders'; readonly text: TextId; readonly state: StakeholderState; readonly audience: string; readonly nextUpdateAt: Instant | null; readonly noChange?: boolean }
  /** `update`: the one that the user read; another one is refused. */
  | { readonly type: 'approve-update'; readonly update: string }
  | { readonly type: 'reject-update'; readonly update: string; readonly reason: TextId }
  | { readonly type: 'review'; readonly text: TextId; readonly outcome: 'done' | 'waived' }
  | { readonly type: 'write-review'; readonly texts: Readonly<Partial<Record<ReviewField, TextId>>>; readonly meetingAt: Instant | null }
  /** `metric`: the figure by which one sees that it helped. */
  | { readonly type: 'add-review-action'; readonly text: TextId; readonly owner: PersonId; readonly dueAt: Instant; readonly metric: TextId }
  | { readonly type: 'complete-review-action'; readonly action: string; readonly outcome: TextId }
  | { readonly type: 'move-review'; readonly to: ReviewStage }
  | { readonly type: 'propose-major'; readonly text: TextId | null }
  | { readonly type: 'declare-major'; readonly text: TextId | null }
  | { readonly type: 'stop-sending'; readonly text: TextId | null }
  | { readonly type: 'stand-down'; readonly text: TextId | null }
  | { readonly type: 'cancel-major'; readonly reason: TextId }
  | { readonly type: 'assign-role'; readonly role: MajorRole; readonly person: PersonId | null }
  | { readonly type: 'report-methane'; readonly texts: Readonly<Partial<Record<MethaneField, TextId>>> }
  /** A breach that was nobody's fault: it stays recorded, reports show it apart. `name`: of a regulatory clock. */
  | { readonly type: 'excuse-breach'; readonly clock: ClockKind; readonly name: string | null; readonly reason: TextId }
  /** The regulator was told: its clock stops. `text` is what was told, and the reasons when it is late. */
  | { readonly type: 'report-regulator'; readonly name: string; readonly text: TextId | null }
  /** What is late has a plan: no reminder before `reviewAt`. */
  | { readonly type: 'plan-recovery'; readonly text: TextId; readonly reviewAt: Instant }
  /** Somebody is asked by name, or the first who is free of a pool, or a thing. `preempt`: taken from a P1. `inPlace`: whoever says so has put the thing in place. */
  | { readonly type: 'deploy'; readonly person: PersonId | null; readonly resource: string | null; readonly pool: Target | null; readonly text: TextId | null; readonly reason: TextId | null; readonly preempt: boolean; readonly inPlace: boolean; readonly revertBy: Instant | null }
  /** Whether and when they come, that they are on the way, that they are there. */
  | { readonly type: 'confirm-deployment'; readonly deployment: string; readonly answer: DeploymentAnswer; readonly eta: Instant | null; readonly ticket: TextId | null; readonly reason: TextId | null; readonly revertBy: Instant | null }
  | { readonly type: 'release-deployment'; readonly deployment: string; readonly reason: TextId | null }
  /** The other side of a pre-emption; nobody orders it. */
  | { readonly type: 'lose-deployment'; readonly deployment: string; readonly to: string }
  /** The customer answered, on whatever channel. */
  | { readonly type: 'customer-reply'; readonly text: TextId }
  /** null: it is none of that problem's after all. `found`: whether there was such a problem when it was read. */
  | { readonly type: 'link-problem'; readonly problem: string | null; readonly found: boolean; readonly reason: TextId | null }
  /** The other side of a link. */
  | { readonly type: 'take-in'; readonly incident: string; readonly reportedAt: Instant }
  | { readonly type: 'let-go'; readonly incident: string }
  /** How people get by until it is fixed. */
  | { readonly type: 'declare-known-error'; readonly workaround: TextId; readonly cause: TextId | null }
  | { readonly type: 'propose-fix'; readonly text: TextId }
  /** It is fixed, and watched for so many days. */
  | { readonly type: 'fix'; readonly text: TextId; readonly watchDays: number }

export type CommandType = IncidentCommand['type']

/** A command that cannot be carried out now. */
export interface Refused {
  readonly code: string
  /** Names the thing and says what would be accepted. */
  readonly detail: string
  /** Fields without which it cannot be done: all of them. */
  readonly missing?: readonly string[]
}
export type CommandOf<T extends CommandType> = Extract<IncidentCommand, { type: T }>
