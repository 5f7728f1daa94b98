import { isConfirmed, isOver } from '../deployment/deployment.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import { isOver as isMajorOver } from '../incident/major.ts'
import { owedFollowUps } from '../incident/review.ts'
import { SECOND, type Instant } from '../time.ts'
import type { Delivery } from './delivery.ts'

/** What a try by a channel came to. */
export type TryOutcome =
  | { readonly kind: 'accepted'; readonly detail: string; readonly reference?: string; readonly receiptWithinMs?: number }
  | { readonly kind: 'delivered'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly afterMs: number | null; readonly here?: true }
  | { readonly kind: 'unknown'; readonly detail: string }
  | { readonly kind: 'refused' | 'gone'; readonly detail: string }

/** What follows from it. */
export type AfterTry =
  /** Over for this channel; `next`: the person's next channel is tried at once. */
  | { readonly kind: 'over'; readonly state: 'accepted' | 'delivered' | 'failed' | 'unknown' | 'dead'; readonly next: boolean }
  /** Looked at again: for the receipt, or for another try. */
  | { readonly kind: 'again'; readonly state: 'accepted' | 'queued' | 'unknown'; readonly afterMs: number }

/** An unknown message is sent again soon, under the same reference. */
const UNKNOWN_AGAIN = 5 * SECOND

/** `retryAfter`: what the channel would wait after this try; null: it gives up. */
export const afterTry = (delivery: Pick<Delivery, 'urgent' | 'then'>, outcome: TryOutcome, retryAfter: number | null): AfterTry => {
  const next = delivery.then.length > 0
  const given = (): AfterTry => ({ kind: 'over', state: next ? 'failed' : 'dead', next })
  switch (outcome.kind) {
    case 'accepted':
      return outcome.receiptWithinMs === undefined ? { kind: 'over', state: 'accepted', next: false } : { kind: 'again', state: 'accepted', afterMs: outcome.receiptWithinMs }
    case 'delivered':
      return { kind: 'over', state: 'delivered', next: false }
    case 'unknown':
      // A duplicate is better than silence, but only where somebody waits (INCIDENTS 2.9).
      if (!delivery.urgent) return { kind: 'over', state: 'unknown', next: false }
      return retryAfter === null ? given() : { kind: 'again', state: 'unknown', afterMs: Math.min(retryAfter, UNKNOWN_AGAIN) }
    case 'failed':
      // Somebody must hear of a P1 or P2 now: the next channel does not wait for this one's schedule.
      if (retryAfter === null || (next && delivery.urgent && outcome.here !== true)) return given()
      return { kind: 'again', state: 'queued', afterMs: outcome.afterMs ?? retryAfter }
    case 'refused':
    case 'gone':
      return given()
    default: {
      const never: never = outcome
      return never
    }
  }
}

/** The message of a newer stage says all that an older one could: each person hears the present stage, once by each channel. */
const toldOfNewerStage = ({ majorIncident }: IncidentRecord, person: Delivery['person'], happenedAt: Instant): boolean => majorIncident !== null && happenedAt < majorIncident.since && person !== null && (majorIncident.told ?? []).includes(person)

/** False: what the row was to tell is not so any more, and nobody is told (INCIDENTS 2.1 rule 2, 2.7). */
export const stillDue = (record: IncidentRecord, { fence, type, person, deployment, happenedAt }: Pick<Delivery, 'fence' | 'type' | 'person' | 'deployment' | 'happenedAt'>): boolean => {
  if (fence !== null && record[fence.ladder].generation !== fence.generation) return false
  if (type === 'reminder' || type === 'incident.assigned') return record.owner === person
  if (type === 'handover.offered') return record.handover?.to === person
  if (type === 'log.incomplete') return record.completion !== null
  if (type === 'follow-up.overdue') return owedFollowUps(record).length > 0
  if (type === 'help.asked') return record.help?.answeredBy === null
  if (type === 'deployment.asked') return record.deployments.some((one) => one.id === deployment && !isOver(one) && (!isConfirmed(one) || one.asked > 0))
  if (type === 'update.awaits') return record.pendingUpdate !== null
  if (type === 'major.message') return !toldOfNewerStage(record, person, happenedAt)
  if (type === 'major.role') return record.majorIncident !== null && !isMajorOver(record.majorIncident) && Object.values(record.majorIncident.roles).some((holder) => holder === person)
  return true
}
