import type { PersonId } from '../incident/incident.ts'
import type { Target } from '../incident-settings.ts'
import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'

/** The first five in their order; the others are the ways in which it ends or is lost (INCIDENTS 2.12). */
export const deploymentStates = ['requested', 'alerted', 'accepted', 'en-route', 'on-task', 'released', 'declined', 'no-answer', 'stood-down', 'reassigned', 'unreachable'] as const
export type DeploymentState = (typeof deploymentStates)[number]

/** What is not a person: somebody switches it on, or telephones it. */
export const resourceTypes = ['ivr-message', 'queue-re-route', 'callback-pool', 'second-site', 'supplier', 'other'] as const
export type ResourceType = (typeof resourceTypes)[number]

/** One person or thing that an incident asks for. Stamps are what happened: a state that was skipped has none. */
export interface Deployment {
  /** Of its incident: `d7`. */
  readonly id: string
  /** null: `resource` is what was asked for. */
  readonly person: PersonId | null
  /** As the settings named it when it was asked for. */
  readonly resource: { readonly id: string; readonly name: string; readonly type: ResourceType } | null
  /** Out of whom the next one is asked when this one does not come; null: of nobody. */
  readonly pool: Target | null
  /** The first request of those that stand for each other: whoever of them accepts has the place. */
  readonly place: string
  /** What to do. */
  readonly text: TextId | null
  readonly by: PersonId
  readonly state: DeploymentState
  readonly requestedAt: Instant
  readonly alertedAt: Instant | null
  /** Channel of the message that was out first. */
  readonly alertedBy?: string
  readonly acceptedAt: Instant | null
  readonly enRouteAt: Instant | null
  readonly onTaskAt: Instant | null
  readonly endedAt: Instant | null
  readonly eta: Instant | null
  readonly etaGivenAt: Instant | null
  /** When it is looked at next, if nobody says anything before. */
  readonly dueAt: Instant | null
  /** So often it was asked about in its state. */
  readonly asked: number
  /** No message reached them. */
  readonly unreached: boolean
  /** Number of the supplier's case. */
  readonly ticket: TextId | null
  /** Who put a thing in place, and until when it is meant to stand. */
  readonly inPlaceBy: PersonId | null
  readonly revertBy: Instant | null
  /** Work that they are taken from. */
  readonly preempts: { readonly ref: string; readonly deployment: string } | null
}

const asking: readonly DeploymentState[] = ['requested', 'alerted']
const confirmed: readonly DeploymentState[] = ['accepted', 'en-route', 'on-task']
/** They were silent, and may come all the same. */
const silent: readonly DeploymentState[] = ['no-answer', 'unreachable']

type InState = Pick<Deployment, 'state'>
export const isAsking = ({ state }: InState): boolean => asking.includes(state)
/** Availability was confirmed: they come, or are there. */
export const isConfirmed = ({ state }: InState): boolean => confirmed.includes(state)
export const isSilent = ({ state }: InState): boolean => silent.includes(state)
export const isLive = (deployment: InState): boolean => isAsking(deployment) || isConfirmed(deployment)
export const isOver = (deployment: InState): boolean => !isLive(deployment) && !isSilent(deployment)

const between = (from: Instant | null, to: Instant | null): number | null => (from === null || to === null ? null : Math.max(0, to - from))

/** How long each part took; null where a stamp is missing, because none is invented. */
export const figuresOf = ({ requestedAt, alertedAt, acceptedAt, enRouteAt, onTaskAt, endedAt }: Deployment) => ({
  /** From the request to the message being out. */
  queueMs: between(requestedAt, alertedAt),
  /** From there to the acceptance. */
  confirmMs: between(alertedAt ?? requestedAt, acceptedAt),
  travelMs: between(enRouteAt ?? acceptedAt, onTaskAt),
  onTaskMs: between(onTaskAt, endedAt),
  /** Bound to the incident, from the first confirmed stamp on. */
  consumedMs: between(acceptedAt ?? enRouteAt ?? onTaskAt, endedAt),
})
