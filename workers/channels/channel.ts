import type { Instant } from '../../server/domain/time.ts'

/** What is sent: the same for every channel, rendered from the incident as it is now. */
export interface Message {
  /** The same on every try, so that a receiver can tell a repetition. */
  readonly id: string
  readonly type: string
  readonly happenedAt: Instant
  readonly data: Readonly<Record<string, unknown>>
}

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly detail: string }
  /** Worth another try; `afterMs` is what the receiver asked for. */
  | { readonly kind: 'failed'; readonly detail: string; readonly afterMs: number | null }
  /** No try will ever succeed: to the dead letters. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The receiver wants nothing any more: the channel is disabled. */
  | { readonly kind: 'gone'; readonly detail: string }

/** One way to reach somebody. Every adapter passes the same suite. */
export interface Channel {
  /** Throws nothing that a receiver can cause. */
  send(site: string, target: string, message: Message): Promise<SendOutcome>
  /** Milliseconds to wait after so many failed tries; null: that was the last. */
  retryAfter(attempts: number): number | null
}

export type Channels = Readonly<Record<string, Channel>>
