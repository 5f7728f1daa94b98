import type { Priority } from '../../server/domain/incident/incident.ts'
import type { Instant } from '../../server/domain/time.ts'

/** What people read, rendered from the incident as it is now. Thin: reference, priority, title, links; never a personal field. */
export interface PageText {
  /** Empty for a test page. */
  readonly ref: string
  readonly priority: Priority | null
  /** One line that stands alone on a lock screen. */
  readonly subject: string
  /** What else there is to know, a sentence a line. */
  readonly lines: readonly string[]
  /** Opens the incident, without sign-in for whoever it was sent to. */
  readonly link: string
  /** The link leads to an acknowledgement. */
  readonly canAcknowledge: boolean
  /** Answers by the same way carry it. */
  readonly replyCode: string | null
  readonly urgent: boolean
}

/** What is sent: the same for every channel. */
export interface Message {
  /** The same on every try, so that a receiver can tell a repetition. */
  readonly id: string
  /** Its key in the outbox: receipts name it. */
  readonly delivery: string
  /** Failed tries before this one. */
  readonly attempts: number
  readonly type: string
  readonly happenedAt: Instant
  readonly data: Readonly<Record<string, unknown>>
  readonly text: PageText
}

export type SendOutcome =
  /** `receiptWithinMs`: taken, but only a receipt says that it arrived. `reference`: the provider's own number. */
  | { readonly kind: 'accepted'; readonly detail: string; readonly reference?: string; readonly receiptWithinMs?: number }
  /** It arrived: a receipt says so. */
  | { readonly kind: 'delivered'; readonly detail: string }
  /** Worth another try; `afterMs` is what the receiver asked for. `here`: by this channel before any other. */
  | { readonly kind: 'failed'; readonly detail: string; readonly afterMs: number | null; readonly here?: true }
  /** Handed over without an answer: it may have arrived. */
  | { readonly kind: 'unknown'; readonly detail: string }
  /** No try will ever succeed: to the next channel, or the dead letters. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The receiver wants nothing any more: the channel is disabled. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** It was no longer due when it was about to leave, or nobody could say: nothing left. */
  | { readonly kind: 'withdrawn'; readonly detail: string }

/** Asked as late as a channel can, when nothing but the message itself is left to be sent; never throws. False: it must not leave. */
export type StillDue = () => Promise<boolean>

/** One way to reach somebody. Every adapter passes the same suite. */
export interface Channel {
  /** Throws nothing that a receiver can cause. */
  send(site: string, target: string, message: Message, stillDue?: StillDue): Promise<SendOutcome>
  /** Milliseconds to wait after so many failed tries; null: that was the last. */
  retryAfter(attempts: number): number | null
  /** What the provider knows of a message it took; null: nothing more. */
  ask?(site: string, reference: string): Promise<SendOutcome | null>
}

export type Channels = Readonly<Record<string, Channel>>

/** Waits after the first, second, ... failed try, up to a fifth longer, so that receivers that fell together are not called together. */
export const waitsOf =
  (waits: readonly number[], random: () => number = Math.random) =>
  (attempts: number): number | null => {
    const wait = waits[attempts - 1]
    return wait === undefined ? null : wait * (1 + 0.2 * random())
  }
