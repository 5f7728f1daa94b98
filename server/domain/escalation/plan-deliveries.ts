import type { IncidentEvent } from '../incident/events.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import type { Target } from '../incident-settings.ts'
import type { ResolvedTarget } from './directory.ts'
import type { Instant } from '../time.ts'

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

/** One message to one receiver by one channel, before it is sent. */
export interface Delivery {
  /** Incident, generation, cycle, level, receiver, channel, purpose: unique in the outbox, so nothing is sent twice. */
  readonly id: string
  readonly ref: string
  readonly type: DeliveryType
  readonly channel: 'webhook'
  /** Name of the webhook in the settings. */
  readonly target: string
  readonly happenedAt: Instant
  readonly level: FiredLevel | null
  /** The clock that breached. */
  readonly breach: { readonly clock: string; readonly dueAt: Instant } | null
  /** The ladder whose end cancels the row; null: told in any case. */
  readonly fence: { readonly ladder: 'ownership' | 'deadline'; readonly generation: number } | null
  readonly urgent: boolean
}

type LevelFired = Extract<IncidentEvent, { type: 'level-fired' }>

const typeOf = (event: IncidentEvent): DeliveryType | null => {
  switch (event.type) {
    case 'opened':
      return 'incident.opened'
    case 'acknowledged':
      return 'incident.acknowledged'
    case 'resolved':
      return 'incident.resolved'
    case 'clock-breached':
      return 'incident.breached'
    case 'level-fired':
      return 'incident.escalated'
    case 'closed':
      return 'incident.closed'
    case 'stakeholders-updated':
      return 'stakeholder.update'
    case 'unacknowledged':
    case 'started':
    case 'priority-set':
    case 'held':
    case 'resumed':
    case 'reopened':
    case 'cancelled':
    case 'merged':
    case 'assigned':
    case 'handover-accepted':
    case 'categorised':
    case 'snooze-ended':
    case 'lease-lost':
    case 'major-declared':
    case 'stood-down':
      return 'incident.updated'
    default:
      return null
  }
}

const levelOf = ({ ladder, clock, level, cycle, dueAt, firedAt, targets }: LevelFired): FiredLevel => ({ ladder, clock, level, cycle, dueAt, firedAt, targets: targets.map(({ target }) => target) })

const webhooksOf = (targets: readonly ResolvedTarget[]): readonly string[] => [...new Set(targets.flatMap(({ webhook }) => (webhook === null ? [] : [webhook])))]

/** Webhooks by name with the types they subscribe to. */
export type Subscriptions = Readonly<Record<string, { readonly types: readonly string[] }>>

export interface DeliveryQuestion {
  readonly events: readonly IncidentEvent[]
  /** The record after the events; `firstVersion` is the version of the first of them. */
  readonly record: IncidentRecord
  readonly firstVersion: number
  readonly subscriptions: Subscriptions
}

/** Rows for the outbox. A webhook gets what a policy addresses to it, plus the types it subscribes to, each once. */
export const plannedDeliveries = ({ events, record, firstVersion, subscriptions }: DeliveryQuestion): readonly Delivery[] => {
  const urgent = record.priority === 'P1' || record.priority === 'P2'
  const rows = events.flatMap((event, index): readonly Delivery[] => {
    const common = { ref: record.ref, channel: 'webhook' as const, happenedAt: event.at, urgent }
    const subscribers = (type: DeliveryType): readonly string[] => Object.entries(subscriptions).flatMap(([name, { types }]) => (types.includes(type) ? [name] : []))
    const type = typeOf(event)
    const told = type === null ? [] : subscribers(type).map((target): Delivery => ({ ...common, id: `${record.ref}/v${firstVersion + index}/${type}/webhook:${target}`, type, target, level: event.type === 'level-fired' ? levelOf(event) : null, breach: event.type === 'clock-breached' ? { clock: event.name ?? event.clock, dueAt: event.dueAt } : null, fence: null }))
    if (event.type !== 'level-fired') return told
    const { ladder, generation, cycle, level, clock } = event
    const key = `${record.ref}/${ladder}${clock === null ? '' : `.${clock}`}/${generation}/${cycle}/${level}`
    const addressed = new Set(webhooksOf(event.targets))
    const fired = [...new Set([...addressed, ...subscribers('escalation.fired')])].map((target): Delivery => ({ ...common, id: `${key}/webhook:${target}/escalation.fired`, type: 'escalation.fired', target, level: levelOf(event), breach: null, fence: { ladder, generation } }))
    return [...fired, ...told]
  })
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

/** Ladders whose pending rows are void after the change: those with an older generation. */
export const cancelledFences = (before: IncidentRecord | null, after: IncidentRecord): readonly { readonly ladder: 'ownership' | 'deadline'; readonly below: number }[] => {
  if (before === null) return []
  return (['ownership', 'deadline'] as const).flatMap((ladder) => (after[ladder].generation > before[ladder].generation ? [{ ladder, below: after[ladder].generation }] : []))
}
