import type { DeploymentRow } from '../contract/rows.ts'
import { figuresOf, type Deployment } from '../domain/deployment/deployment.ts'
import type { PersonId } from '../domain/incident/incident.ts'
import type { TextId } from '../domain/platform-events.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import type { NamesById, TextsById } from './incident-row.ts'

export const textIdsOfDeployments = (deployments: readonly Deployment[]): readonly TextId[] => deployments.flatMap(({ text, ticket }) => [text ?? [], ticket ?? []].flat())
export const peopleOfDeployments = (deployments: readonly Deployment[]): readonly PersonId[] => deployments.flatMap(({ person, by, inPlaceBy }) => [person ?? [], by, inPlaceBy ?? []].flat())

const iso = (at: Instant | null): string | null => (at === null ? null : isoOf(at))

/** One person or thing that was sent for, as the contract shows it. */
export const toDeploymentRow = (deployment: Deployment, texts: TextsById, people: NamesById): DeploymentRow => {
  const named = (id: PersonId) => ({ id, name: people.get(id) ?? id })
  const { id, person, resource, state, text, ticket, place, dueAt, preempts } = deployment
  return {
    id,
    person: person === null ? null : named(person),
    resource,
    state,
    by: named(deployment.by),
    text: text === null ? null : (texts.get(text) ?? null),
    place,
    requestedAt: isoOf(deployment.requestedAt),
    alertedAt: iso(deployment.alertedAt),
    alertedBy: deployment.alertedBy ?? null,
    acceptedAt: iso(deployment.acceptedAt),
    enRouteAt: iso(deployment.enRouteAt),
    onTaskAt: iso(deployment.onTaskAt),
    endedAt: iso(deployment.endedAt),
    eta: iso(deployment.eta),
    dueAt: iso(dueAt),
    late: (state === 'accepted' || state === 'en-route') && deployment.asked > 0,
    ticket: ticket === null ? null : (texts.get(ticket) ?? null),
    inPlaceBy: deployment.inPlaceBy === null ? null : named(deployment.inPlaceBy),
    revertBy: iso(deployment.revertBy),
    takenFrom: preempts?.ref ?? null,
    ...figuresOf(deployment),
  }
}
