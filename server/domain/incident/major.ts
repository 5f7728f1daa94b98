import { isConfirmed } from '../deployment/deployment.ts'
import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import type { IncidentRecord, PersonId } from './incident.ts'

/** Slots of a major incident, each one person. */
export const majorRoles = ['lead', 'deputy', 'scribe', 'internal-comms', 'customer-comms', 'resources'] as const
export type MajorRole = (typeof majorRoles)[number]

/** Messages of a major incident in their order; `stood-down` and `cancelled` end it. */
export const majorStages = ['standby', 'declared', 'stop-sending', 'stood-down', 'cancelled'] as const
export type MajorStage = (typeof majorStages)[number]

/** METHANE but its M, which is the stage: exact location, type, hazards, access, numbers affected, services there and needed. */
export const methaneFields = ['exactLocation', 'kind', 'hazards', 'access', 'numbers', 'services'] as const
export type MethaneField = (typeof methaneFields)[number]

export interface MajorIncident {
  readonly stage: MajorStage
  readonly since: Instant
  /** When it was declared; absent: it was not, or by an older version. */
  readonly declaredAt?: Instant
  /** Who knows of the stage: those who were told of it, and whoever set it. Absent in records of older versions. */
  readonly told?: readonly PersonId[]
  readonly roles: Readonly<Partial<Record<MajorRole, PersonId>>>
  readonly methane: Readonly<Partial<Record<MethaneField, TextId>>>
}

export const isOver = ({ stage }: Pick<MajorIncident, 'stage'>): boolean => stage === 'stood-down' || stage === 'cancelled'

/** More than so many cannot be led by one person. */
export const MOST_DIRECT_REPORTS = 7

/** Everybody at work on it whom the lead leads: roles, helpers, the owner and whoever was deployed, each once. */
export const directReports = ({ majorIncident, helpers, owner, deployments }: Pick<IncidentRecord, 'majorIncident' | 'helpers' | 'owner' | 'deployments'>): readonly PersonId[] => {
  if (majorIncident === null || isOver(majorIncident)) return []
  const everybody = new Set([...Object.values(majorIncident.roles), ...helpers, ...deployments.filter(isConfirmed).flatMap(({ person }) => person ?? []), ...(owner === null ? [] : [owner])])
  if (majorIncident.roles.lead !== undefined) everybody.delete(majorIncident.roles.lead)
  return [...everybody]
}
