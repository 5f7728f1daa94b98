import type { Instant } from './time.ts'

/** What a platform says happened, after the door: validated, personal data replaced by tokens, agents by register numbers. */

export type Channel = 'voice' | 'chat' | 'email' | 'task'
export type Direction = 'in' | 'out'
/** Number of an agent in the site's register: names and platform ids never enter the log. */
export type AgentNumber = number & { readonly agentNumber?: true }
/** Random token that stands for a customer; found and erased through the site's subjects table. */
export type SubjectToken = string
/** Id of a free text kept sealed outside the log. */
export type TextId = string

/** As sources say it, after mapping busy, held -> on-contact; wrapup -> acw; paused, not_responding -> aux. The log and the fold know them by their place here. */
export const REPORTED_STATES = ['offline', 'available', 'ringing', 'on-contact', 'acw', 'aux'] as const
export type ReportedAgentState = (typeof REPORTED_STATES)[number]

export interface FactEnvelope {
  /** The sender's stable id, the key against duplicates. */
  readonly id: string
  /** Source clock. */
  readonly occurredAt: Instant
  /** Source id as in the settings document, or null for a direct POST that names none. */
  readonly source: string | null
  /** The source's own order, or null. */
  readonly seq: number | null
}

export interface ContactRef {
  readonly contactId: string
  /** The visit; null: a queued event opens a visit, later ones go to the newest visit in that queue. */
  readonly legId: string | null
  readonly rootContactId: string | null
  readonly queueId: string | null
  readonly channel: Channel | null
  readonly direction: Direction | null
}

type Contact<T extends string, Extra = object> = FactEnvelope & ContactRef & { readonly type: T } & Extra
type OfAgent = { readonly agent: AgentNumber | null }

/** `previousEndAt`: when the same subject's previous contact ended, asked at the door (7 days back at most); null when unknown. */
type OfSubject = { readonly subject: SubjectToken | null; readonly previousEndAt: Instant | null }

export type ContactFact =
  | Contact<'contact.created', OfSubject & { readonly priority: number | null }>
  | Contact<'contact.queued', OfSubject & { readonly position: number | null; readonly waitingInQueue: number | null }>
  | Contact<'contact.refused', { readonly reason: 'closed' | 'full' | 'no_agents' | 'diverted' }>
  | Contact<'contact.offered', OfAgent & { readonly attempt: number | null }>
  | Contact<'contact.offer_missed', OfAgent & { readonly ringMs: number | null; readonly reason: 'no_answer' | 'rejected' | 'failed' | 'withdrawn' }>
  | Contact<'contact.answered', OfAgent & { readonly waitMs: number | null; readonly ringMs: number | null }>
  | Contact<'contact.held', OfAgent & { readonly by: string | null }>
  | Contact<'contact.resumed', OfAgent & { readonly by: string | null }>
  | Contact<'contact.transferred', OfAgent & { readonly kind: 'blind' | 'attended' | null; readonly toQueueId: string | null; readonly toAgent: AgentNumber | null; readonly toExternal: boolean; readonly talkMs: number | null; readonly holdMs: number | null; readonly waitMs: number | null }>
  /** `uncertain`: AMI without Hangup frames cannot tell an abandon from a time-out. */
  | Contact<'contact.abandoned', { readonly waitMs: number | null; readonly position: number | null; readonly uncertain: boolean }>
  | Contact<'contact.left_queue', { readonly reason: 'timeout' | 'key' | 'no_agents' | 'moved'; readonly waitMs: number | null }>
  /** `talkMs` excludes hold when `holdMs` is known. `resolved`: disposition for FCR. */
  | Contact<'contact.ended', OfAgent & { readonly by: 'agent' | 'customer' | 'system' | null; readonly talkMs: number | null; readonly holdMs: number | null; readonly waitMs: number | null; readonly resolved: boolean | null }>
  | Contact<'contact.wrapped', OfAgent & { readonly acwMs: number | null; readonly code: string | null; readonly resolved: boolean | null }>
  | Contact<'contact.reopened', { readonly previousEndAt: Instant | null }>
  | Contact<'contact.callback_requested', { readonly dueAt: Instant | null; readonly promisedUntil: Instant | null }>
  | Contact<'contact.callback_attempted', OfAgent & { readonly attempt: number | null }>
  | Contact<'contact.callback_connected', OfAgent>
  | Contact<'contact.callback_failed', { readonly attempt: number | null; readonly final: boolean }>
  | Contact<'contact.failed', { readonly reason: 'trunk' | 'server' | 'forced' }>
  /** `from`: who wrote it; what a bot or an automatic answer writes is no response. Its `direction` is the conversation's, which a message does not tell. */
  | Contact<'contact.message', OfAgent & { readonly from: 'customer' | 'person' | 'machine' }>
  | Contact<'survey.sent', object>
  | Contact<'survey.received', { readonly score: number | null; readonly scaleMin: number; readonly scaleMax: number; readonly comment: TextId | null; readonly resolved: boolean | null }>

export type AgentFact =
  | (FactEnvelope & { readonly type: 'agent.state'; readonly agent: AgentNumber; readonly state: ReportedAgentState; readonly reason: string | null; readonly since: Instant | null; readonly queues: readonly string[] | null; readonly team: string | null; readonly plannedEndAt: Instant | null })
  | (FactEnvelope & { readonly type: 'agent.queue_joined' | 'agent.queue_left'; readonly agent: AgentNumber; readonly queueId: string })

export interface SnapshotContact {
  readonly contactId: string
  readonly queueId: string
  readonly enqueuedAt: Instant
  readonly position: number | null
}
export interface SnapshotAgent {
  readonly agent: AgentNumber
  readonly state: ReportedAgentState
  readonly reason: string | null
  readonly since: Instant | null
  readonly queues: readonly string[]
}

export type SourceFact =
  /** The platform restarted (`restart`) or the link was lost (`link`): its live state must be dropped or read again. */
  | (FactEnvelope & { readonly type: 'source.reset'; readonly reason: 'restart' | 'link' })
  /** Authoritative waiting list and agent states of the queues named in `queues`. */
  | (FactEnvelope & { readonly type: 'source.snapshot'; readonly queues: readonly string[]; readonly waiting: readonly SnapshotContact[]; readonly agents: readonly SnapshotAgent[] })

export type Fact = ContactFact | AgentFact | SourceFact
export type FactType = Fact['type']
