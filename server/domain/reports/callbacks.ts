import { shareOf } from '../kpi/service-level.ts'
import type { ContactFigures } from '../contact-figures.ts'
import { HOUR, type Instant } from '../time.ts'

/** Requested, then scheduled, due, attempting, and connected or failed. */
export type CallbackState = 'scheduled' | 'due' | 'attempting' | 'connected' | 'failed'

export interface CallbackRow {
  readonly contactId: string
  readonly queue: string
  readonly state: CallbackState
  readonly queuedAt: Instant
  readonly requestedAt: Instant
  readonly dueAt: Instant
  readonly promisedUntil: Instant | null
  readonly attempts: number
  readonly connectedAt: Instant | null
  /** From the original enqueue: for the customer the wait never stopped. */
  readonly customerWaitMs: number | null
  /** Connected within the promise; null while it may still be kept, or where nothing was promised. */
  readonly kept: boolean | null
}

export const callbackRowOf = (contact: ContactFigures, asOf: Instant): CallbackRow | null => {
  const { callback, contactId, queue, queuedAt } = contact
  if (callback === null) return null
  const { dueAt, promisedUntil, attempts, connectedAt, failedAt, requestedAt } = callback
  const state = connectedAt !== null ? 'connected' : failedAt !== null ? 'failed' : attempts > 0 ? 'attempting' : asOf >= dueAt ? 'due' : 'scheduled'
  const kept = promisedUntil === null ? null : connectedAt !== null ? connectedAt <= promisedUntil : failedAt !== null || asOf > promisedUntil ? false : null
  return { contactId, queue, state, queuedAt, requestedAt, dueAt, promisedUntil, attempts, connectedAt, customerWaitMs: connectedAt === null ? null : connectedAt - queuedAt, kept }
}

export interface CallbackFigures {
  readonly dueNow: number
  readonly oldestDueAt: Instant | null
  /** Not yet due: they are no waiting contacts. */
  readonly scheduled: number
  readonly promisedWithinHour: number
  /** Connected within the promised window, of all whose window is over or that were connected. */
  readonly kept: number | null
  readonly keptN: number
  readonly success: number | null
  readonly attemptsPerSuccess: number | null
  readonly customerWaitMsMean: number | null
}

export const callbackFigures = (rows: readonly CallbackRow[], asOf: Instant): CallbackFigures => {
  const count = (of: (row: CallbackRow) => boolean): number => rows.filter(of).length
  const open = rows.filter(({ state }) => state === 'due' || state === 'attempting')
  const connected = rows.filter(({ state }) => state === 'connected')
  const judged = count(({ kept }) => kept !== null)
  return {
    dueNow: open.length,
    oldestDueAt: open.reduce<Instant | null>((oldest, { dueAt }) => (oldest === null || dueAt < oldest ? dueAt : oldest), null),
    scheduled: count(({ state }) => state === 'scheduled'),
    promisedWithinHour: count(({ state, promisedUntil }) => state !== 'connected' && state !== 'failed' && promisedUntil !== null && promisedUntil > asOf && promisedUntil <= asOf + HOUR),
    kept: shareOf({ numerator: count(({ kept }) => kept === true), denominator: judged }),
    keptN: judged,
    success: shareOf({ numerator: connected.length, denominator: connected.length + count(({ state }) => state === 'failed') }),
    attemptsPerSuccess: shareOf({ numerator: rows.reduce((sum, { attempts, state }) => sum + (state === 'connected' || state === 'failed' ? attempts : 0), 0), denominator: connected.length }),
    customerWaitMsMean: shareOf({ numerator: connected.reduce((sum, { customerWaitMs }) => sum + (customerWaitMs ?? 0), 0), denominator: connected.length }),
  }
}
