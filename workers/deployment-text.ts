import { isAsking, type Deployment } from '../server/domain/deployment/deployment.ts'
import type { IncidentRecord } from '../server/domain/incident/incident.ts'
import type { Rules } from '../server/domain/incident/rules.ts'
import type { Instant } from '../server/domain/time.ts'
import type { OutboxRow } from '../server/redis/incident-log.ts'

interface Question {
  readonly row: Pick<OutboxRow, 'person' | 'deployment'>
  readonly record: Pick<IncidentRecord, 'deployments' | 'mergedInto'>
  readonly rules: Rules
}

/** What the person themselves is asked, or told that they need not do any more. */
const toThem = ({ state, eta, dueAt }: Deployment, time: (at: Instant) => string, mergedInto: string | null): string => {
  switch (state) {
    case 'requested':
    case 'alerted':
      return `You are asked to come: accept with the time when you will be there, or decline${dueAt === null ? '' : `, by ${time(dueAt)}`}. Then the next one is asked too.`
    case 'no-answer':
    case 'unreachable':
      return 'You were asked to come, and the next one has been asked too: if you can come, say when.'
    case 'accepted':
    case 'en-route':
      return `You said that you would be there${eta === null ? '' : ` by ${time(eta)}`}. Are you? Say that you are there, or a new time.`
    case 'on-task':
      return 'You are on it still, as far as anybody knows: release yourself when you have left it.'
    case 'reassigned':
      return mergedInto === null ? 'You are taken from it for another incident.' : `It was merged into ${mergedInto}: you are on that one now.`
    case 'stood-down':
      return 'You are not needed for it any more: thank you.'
    case 'released':
    case 'declined':
      return 'You are released from it: thank you.'
    default: {
      const never: never = state
      return never
    }
  }
}

/** The others hear what became of it, without a name: who it is stands on the page. */
const toOthers = (deployment: Deployment, record: Question['record'], time: (at: Instant) => string): string => {
  const { state, resource, eta, revertBy, place, id, asked } = deployment
  const what = resource === null ? 'Somebody who was sent for' : resource.name
  const next = record.deployments.some((other) => other.place === place && other.id !== id && isAsking(other)) ? ' The next one is asked.' : ' Nobody else is asked: send somebody by hand.'
  switch (state) {
    case 'requested':
    case 'alerted':
      return `${what} is asked for and has not answered yet.`
    case 'no-answer':
      return `${what} has not answered.${resource === null ? next : ' Nobody has confirmed it.'}`
    case 'unreachable':
      return `${what} does not come and cannot be reached.${next}`
    case 'declined':
      return `${what} has declined.${next}`
    case 'accepted':
    case 'en-route':
      if (asked === 0) return `${what} comes${eta === null ? '' : `, there by ${time(eta)}`}.`
      return `${what} is late${eta === null ? '' : `: due at ${time(eta)}`}.`
    case 'on-task':
      // Answered while the question about it waited for its minute.
      if (asked === 0) return `${what} is ${resource === null ? 'there' : 'in place'}.`
      return revertBy === null ? `${what} is still on it: is that so?` : `${what} is still in place, and was to be taken back by ${time(revertBy)}: is it still needed?`
    case 'reassigned':
      return `${what} was taken from it for another incident.`
    case 'stood-down':
    case 'released':
      return `${what} is on it no more.`
    default: {
      const never: never = state
      return never
    }
  }
}

/** Written at the moment of sending, from how it stands then. */
export const deploymentLines = ({ row, record, rules }: Question): readonly string[] => {
  const deployment = record.deployments.find(({ id }) => id === row.deployment)
  if (deployment === undefined) return []
  const time = (at: Instant): string => new Intl.DateTimeFormat('en-GB', { timeZone: rules.settings.timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
  return [deployment.person !== null && row.person === deployment.person ? toThem(deployment, time, record.mergedInto) : toOthers(deployment, record, time)]
}
