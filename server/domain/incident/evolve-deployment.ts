import { isAsking, isLive, type Deployment, type DeploymentState } from '../deployment/deployment.ts'
import type { Instant } from '../time.ts'
import type { EventOf } from './events.ts'
import type { IncidentRecord, PersonId } from './incident.ts'
import { answerDueFrom, askedAgainFrom, lateFrom, onTaskAskedFrom } from './limits.ts'

const withOne = (record: IncidentRecord, id: string, change: (deployment: Deployment) => Deployment): IncidentRecord => ({ ...record, deployments: record.deployments.map((one) => (one.id === id ? change(one) : one)) })

const none = { alertedAt: null, acceptedAt: null, enRouteAt: null, onTaskAt: null, endedAt: null, eta: null, etaGivenAt: null, asked: 0, unreached: false, ticket: null, inPlaceBy: null, revertBy: null } as const

export const deploymentRequested = (record: IncidentRecord, { deployment: id, person, resource, pool, place, text, preempts, by, at }: EventOf<'deployment-requested'>): IncidentRecord => ({
  ...record,
  deployments: [...record.deployments, { ...none, id, person, resource, pool, place, text, by: by.id === 'system' ? (record.deployments.find((one) => one.id === place)?.by ?? by.id) : by.id, state: 'requested', requestedAt: at, dueAt: answerDueFrom(record, at), preempts }],
})

/** Only what was said is stamped: who goes on task without having said that they come has no acceptance. */
export const deploymentAnswered = (record: IncidentRecord, { deployment: id, answer, eta: given, ticket, revertBy, by, at }: EventOf<'deployment-answered'>): IncidentRecord =>
  withOne(record, id, (before) => {
    if (answer === 'declined') return { ...before, state: 'declined', endedAt: at, dueAt: null }
    const eta = given ?? before.eta
    const etaGivenAt = given === null ? before.etaGivenAt : at
    // Another time of arrival takes nothing back of what was said before.
    const state: DeploymentState = answer === 'accepted' && before.state === 'en-route' ? 'en-route' : answer
    const onTaskAt = answer === 'on-task' ? (before.onTaskAt ?? at) : before.onTaskAt
    const revert = revertBy ?? before.revertBy
    return {
      ...before,
      state,
      eta,
      etaGivenAt,
      ticket: ticket ?? before.ticket,
      acceptedAt: answer === 'accepted' ? (before.acceptedAt ?? at) : before.acceptedAt,
      enRouteAt: answer === 'en-route' ? (before.enRouteAt ?? at) : before.enRouteAt,
      onTaskAt,
      revertBy: revert,
      inPlaceBy: before.person === null && answer === 'on-task' ? (before.inPlaceBy ?? by.id) : before.inPlaceBy,
      asked: 0,
      dueAt: answer === 'on-task' ? (revert ?? onTaskAskedFrom(record, at)) : eta === null || etaGivenAt === null ? null : lateFrom(eta, etaGivenAt),
    }
  })

export const deploymentUnanswered = (record: IncidentRecord, { deployment: id, why }: EventOf<'deployment-unanswered'>): IncidentRecord => withOne(record, id, (before) => ({ ...before, state: why === 'no-answer' ? 'no-answer' : 'unreachable', dueAt: null }))

/** A person is waited for a little longer, then replaced; of a thing it is asked again and again. */
export const deploymentLate = (record: IncidentRecord, { deployment: id, at }: EventOf<'deployment-late'>): IncidentRecord => withOne(record, id, (before) => ({ ...before, asked: before.asked + 1, dueAt: before.person === null ? askedAgainFrom(record, at) : answerDueFrom(record, at) }))

export const deploymentStillOn = (record: IncidentRecord, { deployment: id, at }: EventOf<'deployment-still-on'>): IncidentRecord => withOne(record, id, (before) => ({ ...before, asked: before.asked + 1, dueAt: before.revertBy === null ? onTaskAskedFrom(record, at) : askedAgainFrom(record, at) }))

export const deploymentEnded = (record: IncidentRecord, { deployment: id, state, at }: EventOf<'deployment-ended'>): IncidentRecord => withOne(record, id, (before) => ({ ...before, state, endedAt: at, dueAt: null }))

/** Whatever is still open ends with the incident. */
export const allEnded = ({ deployments }: IncidentRecord, at: Instant, state: 'stood-down' | 'reassigned'): readonly Deployment[] =>
  deployments.map((one) => (isLive(one) ? { ...one, state: one.state === 'on-task' && state === 'stood-down' ? 'released' : state, endedAt: at, dueAt: null } : one))

/** Who was told of the one that was merged into it is told of the end by this one. */
const owedWith = ({ updates }: IncidentRecord, owedTo: readonly PersonId[] | undefined): IncidentRecord['updates'] =>
  owedTo === undefined ? updates : { ...updates, sent: Math.max(1, updates.sent), closing: false, to: [...new Set([...updates.to, ...owedTo])] }

/** Those of an incident that was merged into this one go on here, with what was said and when. */
export const deploymentsMoved = (record: IncidentRecord, { deployments = [], owedTo }: EventOf<'absorbed'>): IncidentRecord => ({ ...record, updates: owedWith(record, owedTo), deployments: [...record.deployments, ...deployments] })

/** `d7` of a message that asks somebody to come. */
const askedBy = (delivery: string): string | null => /\/deployment\.(d[\w.-]+)$/.exec(delivery)?.[1] ?? null
/** The same of a message to the room or machine that is meant for a thing: it is named after the version that asked for it. */
const thingAskedBy = (delivery: string): string | null => {
  const version = /\/v(\d+)\/deployment\.asked\//.exec(delivery)?.[1]
  return version === undefined ? null : `d${version}`
}

const alerted = (before: Deployment, { at, channel }: { readonly at: Instant; readonly channel: string }): Deployment => (before.state === 'requested' ? { ...before, state: 'alerted', alertedAt: at, alertedBy: channel } : before)

/** A receipt: they are alerted; or nothing reached them by any way, which is known at once and not after the wait. */
export const deploymentReceipt = (record: IncidentRecord, event: EventOf<'delivered' | 'delivery-failed' | 'delivery-replayed' | 'delivery-purged'>): IncidentRecord => {
  const thing = thingAskedBy(event.delivery)
  // A thing may have several rooms and machines: that one of them hears nothing says nothing of the others.
  if (thing !== null) return event.type === 'delivered' ? withOne(record, thing, (before) => alerted(before, event)) : record
  const id = askedBy(event.delivery)
  if (id === null || (event.type !== 'delivered' && event.last !== true)) return record
  return withOne(record, id, (before) => {
    if (!isAsking(before)) return before
    if (event.type === 'delivered') return alerted(before, event)
    return before.state === 'requested' ? { ...before, unreached: true, dueAt: event.at } : before
  })
}
