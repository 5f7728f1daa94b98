import type { Target } from '../incident-settings.ts'
import type { StakeholderState } from '../incident/commands.ts'
import type { PersonId } from '../incident/incident.ts'
import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import type { PersonalChannel } from './contact-plan.ts'

export type DeliveryType =
  | 'escalation.fired'
  | 'incident.opened'
  | 'incident.acknowledged'
  | 'incident.updated'
  | 'incident.escalated'
  | 'incident.breached'
  | 'incident.resolved'
  | 'incident.closed'
  | 'stakeholder.update'
  /** Told to people only: words for stakeholders wait for them. */
  | 'update.awaits'
  /** Told to people only: a colleague asks for help. */
  | 'help.asked'
  /** Told to people only: what happens with a major incident, and which part they have in it. */
  | 'major.message'
  | 'major.role'
  /** Told to people only: the meeting of a review, or one of its actions, is late. */
  | 'follow-up.overdue'
  /** Told to people only: a log that was begun in a hurry is not whole. */
  | 'log.incomplete'
  /** Told to people only. */
  | 'clock.warned'
  | 'reminder'
  | 'handover.offered'
  | 'incident.assigned'
  /** Whoever is sent for, or is asked how it stands. */
  | 'deployment.asked'
  /** What became of somebody who was sent for. */
  | 'deployment.news'
  | 'rota.handover'
  | 'rota.changed'
  | 'test.page'

/** What `escalation.fired` says of its level; kept with the row, because a later level must not change it. */
export interface FiredLevel {
  readonly ladder: 'ownership' | 'deadline'
  readonly clock: string | null
  readonly level: number
  readonly cycle: number
  readonly dueAt: Instant
  readonly firedAt: Instant
  /** As the policy names them. */
  readonly targets: readonly Target[]
}

/** `none`: a person without any route; the row is there so that it can be seen that nobody was told. */
export type DeliveryChannel = 'webhook' | PersonalChannel | 'none'

/** One message to one receiver by one channel, before it is sent. */
export interface Delivery {
  /** Incident, generation, cycle, level, receiver, channel, purpose: unique for ever, so nothing is sent twice. */
  readonly id: string
  /** Empty for a test page, which belongs to no incident. */
  readonly ref: string
  readonly type: DeliveryType
  readonly channel: DeliveryChannel
  /** Name of the webhook or room in the settings, else the person. */
  readonly target: string
  /** null: a machine or a room is told. */
  readonly person: PersonId | null
  /** Channels left for this person when this one fails. */
  readonly then: readonly PersonalChannel[]
  /** Another channel failed before it. */
  readonly follows?: true
  readonly happenedAt: Instant
  /** Not to be sent before: quiet hours, business hours. */
  readonly notBefore: Instant
  /** Held to one a minute and person, and told together with what waited; further tries and channels of it likewise, by channel. */
  readonly paced: boolean
  readonly level: FiredLevel | null
  /** The clock that breached or runs down. */
  readonly breach: { readonly clock: string; readonly dueAt: Instant } | null
  /** The ladder whose end cancels the row; null: told in any case. */
  readonly fence: { readonly ladder: 'ownership' | 'deadline'; readonly generation: number } | null
  readonly urgent: boolean
  /** The deployment that it is about. */
  readonly deployment?: string
  /** What stakeholders are told, in the words that were written for them. */
  readonly said?: { readonly text: TextId; readonly state: StakeholderState; readonly nextUpdateAt: Instant | null }
}

/** The message that a person gets by their next channel when this one failed; null: there is none left. */
export const byNextChannel = (delivery: Delivery, now: Instant): Delivery | null => {
  const [channel, ...then] = delivery.then
  const { ref, type, target, person, happenedAt, paced, level, breach, fence, urgent, said, deployment } = delivery
  if (channel === undefined || person === null) return null
  // Named one by one: what became of the row that failed is no part of the one that follows.
  const same = { ref, type, target, person, happenedAt, paced, level, breach, fence, urgent, ...(said === undefined ? {} : { said }), ...(deployment === undefined ? {} : { deployment }) }
  return { ...same, id: delivery.id.replace(`/person:${person}/${delivery.channel}/`, `/person:${person}/${channel}/`), channel, then, follows: true, notBefore: now }
}
