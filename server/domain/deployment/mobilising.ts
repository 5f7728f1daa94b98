import type { IncidentRecord, Priority } from '../incident/incident.ts'
import { nearestRank } from '../kpi/percentile.ts'
import type { Instant } from '../time.ts'
import { figuresOf, type Deployment } from './deployment.ts'

/** How soon those who were reached by one channel came. */
export interface Mobilising {
  /** By which the request reached them; `none`: by no message, so somebody asked by word of mouth, or nobody could be reached; `unknown`: by one that was not kept. */
  readonly channel: string
  /** Of the incident as it is; null: all of them. */
  readonly priority: Priority | null
  readonly asked: number
  /** Said that they come, are on their way or there. */
  readonly mobilised: number
  readonly declined: number
  /** Said nothing, or did not come. */
  readonly silent: number
  /** From the request to the message being out. */
  readonly queueMsP50: number | null
  /** From there to their word. */
  readonly confirmMsP50: number | null
  /** From the request to their word. */
  readonly mobiliseMsP50: number | null
  readonly mobiliseMsP90: number | null
}

type Told = Pick<IncidentRecord, 'priority' | 'deployments'>

/** What of an incident the report is made from. What was merged went on in the other incident, and nobody really came to a drill: none of theirs counts. */
export const ofMobilising = ({ queue, priority, deployments, drill, state }: IncidentRecord): Told & Pick<IncidentRecord, 'queue'> => ({ queue, priority, deployments: drill || state === 'draft' || state === 'merged' ? [] : deployments })

interface Request {
  readonly channel: string
  readonly priority: Priority | null
  readonly deployment: Deployment
}

/** Put in place by whoever says so: nobody was asked. */
const atOnce = ({ resource, requestedAt, onTaskAt }: Deployment): boolean => resource !== null && onTaskAt === requestedAt

const saidAt = ({ acceptedAt, enRouteAt, onTaskAt }: Deployment): Instant | null => acceptedAt ?? enRouteAt ?? onTaskAt

const rowOf = (channel: string, priority: Priority | null, requests: readonly Request[]): Mobilising => {
  const all = requests.map(({ deployment }) => deployment)
  const known = (figure: (deployment: Deployment) => number | null): readonly number[] => all.flatMap((deployment) => figure(deployment) ?? [])
  const mobilise = known((deployment) => {
    const said = saidAt(deployment)
    return said === null ? null : Math.max(0, said - deployment.requestedAt)
  })
  const unsaid = all.filter((deployment) => saidAt(deployment) === null)
  return {
    channel,
    priority,
    asked: all.length,
    mobilised: mobilise.length,
    declined: unsaid.filter(({ state }) => state === 'declined').length,
    silent: unsaid.filter(({ state }) => state === 'no-answer' || state === 'unreachable').length,
    queueMsP50: nearestRank(known((deployment) => figuresOf(deployment).queueMs), 0.5),
    confirmMsP50: nearestRank(known((deployment) => (deployment.alertedAt === null ? null : figuresOf(deployment).confirmMs)), 0.5),
    mobiliseMsP50: nearestRank(mobilise, 0.5),
    mobiliseMsP90: nearestRank(mobilise, 0.9),
  }
}

/** Requests of a range by channel, the most used first, and of each channel by priority (PRACTICE 6.4). */
export const mobilisingOf = (incidents: readonly Told[], from: Instant, to: Instant): readonly Mobilising[] => {
  const requests = incidents.flatMap(({ priority, deployments }) =>
    deployments.filter((one) => one.requestedAt >= from && one.requestedAt < to && !atOnce(one)).map((deployment): Request => ({ channel: deployment.alertedBy ?? (deployment.alertedAt === null ? 'none' : 'unknown'), priority, deployment })),
  )
  const count = (channel: string): number => requests.filter((one) => one.channel === channel).length
  const channels = [...new Set(requests.map(({ channel }) => channel))].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))
  return channels.flatMap((channel) => {
    const own = requests.filter((one) => one.channel === channel)
    const priorities = [...new Set(own.flatMap(({ priority }) => priority ?? []))].sort()
    return [rowOf(channel, null, own), ...priorities.map((priority) => rowOf(channel, priority, own.filter((one) => one.priority === priority)))]
  })
}
