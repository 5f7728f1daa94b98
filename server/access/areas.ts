import { createHash } from 'node:crypto'
import { mayHaveAreas, type Area, type Credential, type Role } from '../contract/roles.ts'
import type { SettingsDocument } from '../contract/settings.ts'

type Groups = Pick<SettingsDocument, 'groups' | 'teams'>

/** A credential as it is on one site: what its areas hold there. */
export type Narrow = (credential: Credential, site: string) => Promise<Credential>

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()

const partOf = (name: string, { groups, teams }: Groups): readonly Area[] => {
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined
  if (group === undefined) return []
  const known = group.teams.flatMap((team) => (Object.hasOwn(teams, team) ? [{ id: team, ...teams[team] }] : []))
  return [{ id: name, queues: unique([...group.queues, ...known.flatMap(({ queues }) => queues ?? [])]), teams: group.teams.length === 0 ? null : unique([...group.teams, ...known.flatMap(({ name: called }) => called ?? [])]) }]
}

/**
 * What groups of a site's settings hold together: their queues, those of their teams, and where a group names teams only
 * agents of these. A name that is no group (any more) holds nothing: access fails closed.
 */
export const areaOfGroups = (names: readonly string[], groups: Groups): Area => {
  const parts = unique(names).flatMap((name) => partOf(name, groups))
  // Two areas of one name but of other queues are two scopes: rooms and answers are shared by the id.
  const content = createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12)
  return { id: `${unique(names).join('+')} ${content}`, queues: unique(parts.flatMap(({ queues }) => queues ?? [])), teams: null, parts }
}

export const openNarrow =
  (settingsOf: (site: string) => Promise<Groups>): Narrow =>
  async (credential, site) =>
    credential.areas == null ? credential : { ...credential, area: areaOfGroups(credential.areas, await settingsOf(site)) }

/** Why areas cannot be given, field by field. */
export const areaFaults = (names: readonly string[], role: Role, known: readonly string[], listed = true): readonly { readonly path: string; readonly code: string; readonly detail: string }[] => {
  if (!mayHaveAreas(role)) return [{ path: listed ? 'areas' : 'area', code: 'contradiction', detail: `the role ${role} is for the whole site: give another role, or no area` }]
  const there = known.length === 0 ? 'there is none' : `there are ${[...known].sort().join(', ')}`
  return names.flatMap((name, index) => (known.includes(name) ? [] : [{ path: listed ? `areas.${index}` : 'area', code: 'unknown_area', detail: `"${name}" is no group of the settings (section groups; ${there})` }]))
}
