import type { IncidentEvent } from '../incident/events.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import { calendarFor, type Rules } from '../incident/rules.ts'
import type { IncidentSettings } from '../incident-settings.ts'
import type { Delivery, DeliveryType } from './delivery.ts'
import type { Directory, ResolvedTarget } from './directory.ts'
import { levelKey, levelOf, personalDeliveries, saidIn } from './plan-personal.ts'

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
    case 'reclassified':
    case 'merged':
    case 'assigned':
    case 'handover-accepted':
    case 'categorised':
    case 'snooze-ended':
    case 'lease-lost':
    case 'major-proposed':
    case 'major-declared':
    case 'sending-stopped':
    case 'major-cancelled':
    case 'stood-down':
    case 'deployment-requested':
    case 'deployment-answered':
    case 'deployment-unanswered':
    case 'deployment-ended':
      return 'incident.updated'
    default:
      return null
  }
}

/** A machine or a room: told what a policy addresses to it, plus the types it subscribes to. */
interface Station {
  readonly channel: 'webhook' | 'slack' | 'teams'
  readonly name: string
}

/** Stations by name with the types they subscribe to. */
export type Subscriptions = Partial<Pick<IncidentSettings, 'webhooks' | 'slack' | 'teams'>>

const addressedIn = (targets: readonly ResolvedTarget[]): readonly Station[] =>
  targets.flatMap(({ webhook, room }): readonly Station[] => [...(webhook === null ? [] : [{ channel: 'webhook' as const, name: webhook }]), ...(room === undefined ? [] : [room])])

const subscribersOf = ({ webhooks = {}, slack = {}, teams = {} }: Subscriptions, type: DeliveryType): readonly Station[] => {
  const tables = [['webhook', webhooks], ['slack', slack], ['teams', teams]] as const
  return tables.flatMap(([channel, table]) => Object.entries(table).flatMap(([name, { types }]) => (types.includes(type) ? [{ channel, name }] : [])))
}

const once = (stations: readonly Station[]): readonly Station[] => [...new Map(stations.map((station) => [`${station.channel}:${station.name}`, station])).values()]

export interface DeliveryQuestion {
  readonly events: readonly IncidentEvent[]
  /** The record after the events; `firstVersion` is the version of the first of them. */
  readonly record: IncidentRecord
  readonly firstVersion: number
  readonly subscriptions: Subscriptions
  /** How people are reached now; absent: people are told nothing. */
  readonly contacts?: Directory['contacts'] | undefined
  readonly rules: Rules
}

const stationDeliveries = (event: IncidentEvent, version: number, record: IncidentRecord, subscriptions: Subscriptions): readonly Delivery[] => {
  const rowFor = ({ channel, name }: Station, type: DeliveryType, id: string): Delivery => ({
    id,
    ref: record.ref,
    type,
    channel,
    target: name,
    person: null,
    then: [],
    happenedAt: event.at,
    notBefore: event.at,
    paced: false,
    level: event.type === 'level-fired' ? levelOf(event) : null,
    breach: event.type === 'clock-breached' ? { clock: event.name ?? event.clock, dueAt: event.dueAt } : null,
    fence: event.type === 'level-fired' && type === 'escalation.fired' ? { ladder: event.ladder, generation: event.generation } : null,
    urgent: record.priority === 'P1' || record.priority === 'P2',
    ...(event.type === 'deployment-requested' ? { deployment: event.deployment } : {}),
    ...saidIn(event),
  })
  const named = typeOf(event)
  // What is called an incident is one: whoever is woken by those is not woken by an enquiry.
  const type = named !== null && named.startsWith('incident.') && record.type !== 'incident' ? null : named
  const told = type === null ? [] : subscribersOf(subscriptions, type).map((station) => rowFor(station, type, `${record.ref}/v${version}/${type}/${station.channel}:${station.name}`))
  // A thing that is sent for has a channel that is meant for it (R25).
  if (event.type === 'deployment-requested') return [...addressedIn(event.targets ?? []).map((station) => rowFor(station, 'deployment.asked', `${record.ref}/v${version}/deployment.asked/${station.channel}:${station.name}`)), ...told]
  if (event.type !== 'level-fired') return told
  const fired = once([...addressedIn(event.targets), ...subscribersOf(subscriptions, 'escalation.fired')])
  return [...fired.map((station) => rowFor(station, 'escalation.fired', `${levelKey(record.ref, event)}/${station.channel}:${station.name}/escalation.fired`)), ...told]
}

/** Rows for the outbox. A station gets what a policy addresses to it, plus the types it subscribes to, each once; people get what concerns them. */
export const plannedDeliveries = ({ events, record, firstVersion, subscriptions, contacts = {}, rules }: DeliveryQuestion): readonly Delivery[] => {
  const service = calendarFor(rules, 'service', record)
  const rows = events.flatMap((event, index) => [...stationDeliveries(event, firstVersion + index, record, subscriptions), ...personalDeliveries({ event, version: firstVersion + index, record, contacts, service })])
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

/** Ladders whose pending rows are void after the change: those with an older generation. */
export const cancelledFences = (before: IncidentRecord | null, after: IncidentRecord): readonly { readonly ladder: 'ownership' | 'deadline'; readonly below: number }[] => {
  if (before === null) return []
  return (['ownership', 'deadline'] as const).flatMap((ladder) => (after[ladder].generation > before[ladder].generation ? [{ ladder, below: after[ladder].generation }] : []))
}
