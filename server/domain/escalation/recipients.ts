import type { StakeholderState } from '../incident/commands.ts'
import type { IncidentRecord, PersonId, Priority } from '../incident/incident.ts'
import type { Directory } from './directory.ts'

/** People who are told of incidents that concern them, though none of theirs to take (INCIDENTS 2.10). */
export interface StakeholderGroup {
  readonly people: readonly PersonId[]
  /** null: of whatever service, category or priority. */
  readonly services: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly priorities: readonly Priority[] | null
}

const holds = <T>(list: readonly T[] | null, value: T | null): boolean => list === null || (value !== null && list.includes(value))
export const concerns = ({ services, categories, priorities }: Omit<StakeholderGroup, 'people'>, { service, category, priority }: IncidentRecord): boolean => holds(services, service) && holds(categories, category) && holds(priorities, priority)

/** `public` goes to everybody whom the incident concerns, and stands on the published status page. */
export const forStrangers = (audience: string): boolean => audience === 'public'
export const forEverybody = (audience: string): boolean => audience === 'all' || forStrangers(audience)

/**
 * Who gets an update: the members now of the group that the audience names, or of every group that the incident concerns (`all`, `public`).
 * The closing message goes to everybody who got an earlier one, too.
 */
export const recipientsOf = (record: IncidentRecord, { audience, state }: { readonly audience: string; readonly state: StakeholderState }, { stakeholders = {} }: Directory): readonly PersonId[] => {
  const groups = forEverybody(audience) ? Object.values(stakeholders).filter((group) => concerns(group, record)) : Object.hasOwn(stakeholders, audience) ? [stakeholders[audience]] : []
  const named = groups.flatMap((group) => group?.people ?? [])
  return [...new Set([...named, ...(state === 'resolved' ? record.updates.to : [])])]
}
