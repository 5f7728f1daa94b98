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

/** People whom a policy addresses by name, rota or team. */
const addressed = ({ policies, rotas, teams }: SettingsDocument): ReadonlySet<string> => {
  const targets = Object.values(policies).flatMap(({ ownership, deadline }) => [...(ownership?.levels ?? []), ...(deadline?.on ?? [])].flatMap((level) => level.targets))
  return new Set(
    targets.flatMap((target): readonly string[] => {
      if ('person' in target) return [target.person]
      if ('rota' in target) return (rotas[target.rota]?.layers ?? []).flatMap(({ people }) => people)
      return 'team' in target ? (teams[target.team]?.people ?? []) : []
    }),
  )
}

/** Somebody who is to be woken and cannot be (INCIDENTS 2.8). */
const contactWarnings = (document: SettingsDocument): readonly SettingsFault[] =>
  [...addressed(document)].flatMap((name): readonly SettingsFault[] => {
    const person = document.people[name]
    if (person === undefined) return []
    const { email, phone, slack, teams, user, verified = [] } = person
    const path = `people.${name}`
    if ([email, phone, slack, teams, user].every((route) => route === undefined)) return [{ path, code: 'no_channel', detail: `a policy addresses "${name}", who cannot be reached: give an e-mail address, a telephone number, a chat address or the user they sign in as` }]
    return phone !== undefined && !verified.includes('phone') ? [{ path: `${path}.verified`, code: 'not_verified', detail: `a policy addresses "${name}", whose telephone is not known to reach them: send a test page, then list it under verified` }] : []
  })

/** Feeds of holidays reach a year or two ahead (INCIDENTS 2.5): who learns it half a year before has time to add the next ones. */
const KNOWN_AHEAD_DAYS = 180
const DAY_MS = 86_400_000

const holidayWarnings = ({ calendars }: SettingsDocument, today: string): readonly SettingsFault[] =>
  Object.entries(calendars).flatMap(([name, { alwaysOpen, holidays = [] }]): readonly SettingsFault[] => {
    const last = holidays.map((holiday) => (typeof holiday === 'string' ? holiday : holiday.date)).sort().at(-1)
    if (alwaysOpen === true || last === undefined || Date.parse(last) - Date.parse(today) >= KNOWN_AHEAD_DAYS * DAY_MS) return []
    return [{ path: `calendars.${name}.holidays`, code: 'holidays_end', detail: `the last holiday that the calendar "${name}" knows is ${last}, less than ${KNOWN_AHEAD_DAYS} days from ${today}: add the next ones` }]
  })

/** What is saved all the same but should be seen: ladders that reach nobody, and calendars that run out. `today`: "YYYY-MM-DD". */
export const settingsWarnings = (document: SettingsDocument, byRole: PeopleByRole, today: string): readonly SettingsFault[] => {
  const warnings: SettingsFault[] = []
  for (const [name, { ownership }] of Object.entries(document.policies)) {
    const levels = ownership?.levels ?? []
    const path = `policies.${name}.ownership`
    if (levels.length === 0 || levels.every(({ targets }) => targets.length === 0)) warnings.push({ path, code: 'no_levels', detail: `the policy "${name}" has no level with a target: its incidents escalate to nobody` })
    else if (!levels.some(({ targets }) => targets.some((target) => reaches(target, document, byRole)))) warnings.push({ path, code: 'no_human', detail: `the policy "${name}" reaches no human: nobody has a role it names and no person, team or rota of it has people` })
  }
  for (const [name, { consult }] of Object.entries(document.categories)) {
    if (consult?.with !== undefined && !consult.with.some((target) => reaches(target, document, byRole))) warnings.push({ path: `categories.${name}.consult.with`, code: 'no_human', detail: `incidents of the category "${name}" are resolved after one of these was consulted, and nobody is: only an answered escalation resolves them` })
  }
  return [...warnings, ...contactWarnings(document), ...holidayWarnings(document, today)]
}
