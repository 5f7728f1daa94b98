import type { Deployment } from '../deployment/deployment.ts'
import type { IncidentEvent } from '../incident/events.ts'
import type { IncidentRecord, PersonId } from '../incident/incident.ts'
import type { DeliveryType } from './delivery.ts'

/** Who hears of one deployment: whoever is asked gets buttons, everybody else the news. */
export interface DeploymentTelling {
  readonly people: readonly PersonId[]
  readonly type: Extract<DeliveryType, 'deployment.asked' | 'deployment.news'>
  readonly deployment: string
}

const news = (deployment: string, people: readonly PersonId[]): readonly DeploymentTelling[] => (people.length === 0 ? [] : [{ people, type: 'deployment.news', deployment }])

/** The person themselves has something to answer. */
const both = (record: IncidentRecord, id: string, people: readonly PersonId[]): readonly DeploymentTelling[] => {
  const person = record.deployments.find((one) => one.id === id)?.person ?? null
  return [...(person !== null && people.includes(person) ? [{ people: [person], type: 'deployment.asked' as const, deployment: id }] : []), ...news(id, people.filter((other) => other !== person))]
}

/** What ended with the incident: nobody drives to what is over. */
const endedWith = ({ deployments }: IncidentRecord, event: IncidentEvent): readonly (Deployment & { readonly person: PersonId })[] =>
  deployments.flatMap((one) => (one.person !== null && one.endedAt === event.at && (one.state === 'stood-down' || one.state === 'reassigned') && one.person !== event.by.id ? [{ ...one, person: one.person }] : []))

export const deploymentTellings = (event: IncidentEvent, record: IncidentRecord): readonly DeploymentTelling[] => {
  switch (event.type) {
    case 'deployment-requested':
    case 'deployment-unanswered':
    case 'deployment-late':
    case 'deployment-still-on':
      return both(record, event.deployment, event.people)
    case 'deployment-answered':
    case 'deployment-ended':
      return news(event.deployment, event.people)
    case 'resolved':
    case 'cancelled':
    case 'merged':
      return endedWith(record, event).flatMap(({ id, person }) => news(id, [person]))
    default:
      return []
  }
}
