import type { IncidentRecord, PersonId, Priority } from '../incident/incident.ts'
import { isConfirmed, isLive } from './deployment.ts'

/** A person whom an incident has, or has asked. */
export interface Commitment {
  readonly person: PersonId
  readonly ref: string
  readonly deployment: string
  readonly priority: Priority | null
  /** False: asked, and nothing is said yet. */
  readonly confirmed: boolean
}

/** What one incident binds: a pure function of it, kept beside the incidents so that all of them can be read at once. */
export const commitmentsIn = ({ ref, priority, deployments }: Pick<IncidentRecord, 'ref' | 'priority' | 'deployments'>): readonly Commitment[] =>
  deployments.flatMap((deployment) => (deployment.person !== null && isLive(deployment) ? [{ person: deployment.person, ref, deployment: deployment.id, priority, confirmed: isConfirmed(deployment) }] : []))

/** Those of a person on other incidents. */
export const elsewhere = (commitments: readonly Commitment[], person: PersonId, ref: string): readonly Commitment[] => commitments.filter((one) => one.person === person && one.ref !== ref)

/** The one that nobody may have a second time: P1 work they said they do. */
export const gravest = (commitments: readonly Commitment[]): Commitment | null => commitments.find(({ priority, confirmed }) => priority === 'P1' && confirmed) ?? null

