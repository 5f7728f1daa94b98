import type { SettingsDocument } from '../../server/contract/settings.ts'
import { roles } from '../../server/contract/roles.ts'
import type { Choice } from './settings-document.ts'

export type Policy = SettingsDocument['policies'][string]
export type Level = NonNullable<Policy['ownership']>['levels'][number]
export type Target = Level['targets'][number]
export type TargetKind = 'role' | 'person' | 'rota' | 'team' | 'slack' | 'teams' | 'webhook'
export const targetKinds: readonly TargetKind[] = ['role', 'person', 'rota', 'team', 'slack', 'teams', 'webhook']

/** `{role: 'supervisor'}` -> `role:supervisor`, the same text as in an incident's ladder. */
export const targetText = (target: Target): string => Object.entries(target).map(([kind, id]) => `${kind}:${String(id)}`).join('')

export const targetOf = (text: string): Target | null => {
  const at = text.indexOf(':')
  const [kind, id] = [text.slice(0, at), text.slice(at + 1)]
  switch (kind) {
    case 'role': {
      const role = roles.find((known) => known === id)
      return role === undefined ? null : { role }
    }
    case 'person': return { person: id }
    case 'rota': return { rota: id }
    case 'team': return { team: id }
    case 'slack': return { slack: id }
    case 'teams': return { teams: id }
    case 'webhook': return { webhook: id }
    default: return null
  }
}

type Known = Pick<SettingsDocument, 'people' | 'rotas' | 'teams' | 'channels'>
const named = (table: Readonly<Record<string, { readonly name?: string | undefined }>>, kind: TargetKind): readonly Choice[] => Object.entries(table).map(([id, { name }]) => ({ value: `${kind}:${id}`, label: name ?? id }))

/** Whom a level can tell, by kind; roles that are no people cannot be woken. */
export const targetChoices = (document: Known, users: readonly Choice[], roleName: (role: string) => string): Readonly<Record<TargetKind, readonly Choice[]>> => ({
  role: roles.filter((role) => role !== 'display' && role !== 'source').map((role) => ({ value: `role:${role}`, label: roleName(role) })),
  person: [...named(document.people, 'person'), ...users.filter(({ value }) => !Object.hasOwn(document.people, value)).map(({ value, label }) => ({ value: `person:${value}`, label }))],
  rota: named(document.rotas, 'rota'),
  team: named(document.teams, 'team'),
  slack: Object.keys(document.channels.slack).map((id) => ({ value: `slack:${id}`, label: id })),
  teams: Object.keys(document.channels.teams).map((id) => ({ value: `teams:${id}`, label: id })),
  webhook: Object.keys(document.channels.webhooks).map((id) => ({ value: `webhook:${id}`, label: id })),
})

/** When each level is told, in ms after the opening: waits add up. */
export const levelTimes = (levels: readonly Pick<Level, 'waitMs'>[]): readonly number[] => {
  let at = 0
  return levels.map(({ waitMs }) => (at += waitMs))
}
