import type { AgentNumber, Channel, SubjectToken, TextId } from './platform-events.ts'
import type { Instant } from './time.ts'

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
