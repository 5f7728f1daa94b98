import { isConfirmed, type Deployment } from '../deployment/deployment.ts'
import { isoOf } from '../time.ts'
import type { IncidentRecord } from './incident.ts'

/** People who are on it still, and things that stand: nothing is over while somebody is on the way (INCIDENTS 2.2). */
export const bound = (record: IncidentRecord): readonly Deployment[] => record.deployments.filter(isConfirmed)
export const boundWords = (record: IncidentRecord): string =>
  bound(record)
    .map(({ id, person, resource, state, eta }) => `${id} (${person ?? resource?.name ?? ''} ${state}${state === 'on-task' || eta === null ? '' : `, ETA ${isoOf(eta)}`})`)
    .join(', ')
