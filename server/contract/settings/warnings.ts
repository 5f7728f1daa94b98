import type { Role } from '../roles.ts'
import type { SettingsDocument } from './defaults.ts'
import type { SettingsFault } from './fault-words.ts'

/** How many people who can sign in or be reached have each role; people of the settings are counted by the caller of `settingsWarnings`. */
export type PeopleByRole = Readonly<Partial<Record<Role, number>>>

const humanKinds = ['role', 'person', 'rota', 'team'] as const

const reaches = (target: object, document: SettingsDocument, byRole: PeopleByRole): boolean => {
  for (const kind of humanKinds) {
    const name: unknown = Object.entries(target).find(([key]) => key === kind)?.[1]
    if (typeof name !== 'string') continue
    if (kind === 'person') return Object.hasOwn(document.people, name)
    if (kind === 'rota') return (document.rotas[name]?.layers.length ?? 0) > 0 || (document.rotas[name]?.overrides.length ?? 0) > 0
    if (kind === 'team') return (document.teams[name]?.people.length ?? 0) > 0
    return Object.entries(byRole).some(([role, count]) => role === name && count > 0) || Object.values(document.people).some((person) => person.role === name)
  }
  return false
}

/** What is saved all the same but should be seen: ladders that reach nobody, and calendars that run out. */
export const settingsWarnings = (document: SettingsDocument, byRole: PeopleByRole): readonly SettingsFault[] => {
  const warnings: SettingsFault[] = []
  for (const [name, { ownership }] of Object.entries(document.policies)) {
    const levels = ownership?.levels ?? []
    const path = `policies.${name}.ownership`
    if (levels.length === 0 || levels.every(({ targets }) => targets.length === 0)) warnings.push({ path, code: 'no_levels', detail: `the policy "${name}" has no level with a target: its incidents escalate to nobody` })
    else if (!levels.some(({ targets }) => targets.some((target) => reaches(target, document, byRole)))) warnings.push({ path, code: 'no_human', detail: `the policy "${name}" reaches no human: nobody has a role it names and no person, team or rota of it has people` })
  }
  return warnings
}
