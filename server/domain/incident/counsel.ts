import { targetName, type Directory, type Person } from '../escalation/directory.ts'
import type { CategorySettings, IncidentSettings, Target } from '../incident-settings.ts'
import type { TextId } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import type { IncidentRecord, PersonId } from './incident.ts'

/** Somebody besides the owner had a say in it: was consulted, helped, or answered an escalation (R18). */
export interface Counsel {
  readonly person: PersonId
  /** Who wrote it down. */
  readonly by: PersonId
  readonly at: Instant
  readonly way: 'consulted' | 'helped' | 'answered'
  readonly text: TextId | null
  /** Which of those whom categories ask for they were then: `role:duty-manager`. */
  readonly as: readonly string[]
}

/** So many a record carries. */
const MOST_COUNSEL = 20
export const withCounsel = ({ counsel }: Pick<IncidentRecord, 'counsel'>, one: Counsel): readonly Counsel[] => [...counsel, one].slice(-MOST_COUNSEL)

type Categories = Pick<IncidentSettings, 'categories'>
type Asked = NonNullable<CategorySettings['consult']>

const isOne = (target: Target, { id, aliases, role, teams }: Person, { onCall }: Directory): boolean => {
  if ('role' in target) return role === target.role
  if ('person' in target) return id === target.person || aliases.includes(target.person)
  if ('team' in target) return teams.includes(target.team)
  return 'rota' in target && (onCall[target.rota] ?? []).includes(id)
}

/** Which of those whom the site's categories ask for somebody is now: their other names stay outside the log. */
export const capacitiesOf = (person: Person, { categories }: Categories, directory: Directory): readonly string[] => {
  const named = Object.values(categories).flatMap(({ consult }) => consult?.with ?? [])
  return [...new Set(named.filter((target) => isOne(target, person, directory)).map(targetName))]
}

/** What the category of a record asks for before it is resolved; null: nothing. */
export const counselAsked = ({ category, type }: Pick<IncidentRecord, 'category' | 'type'>, { categories }: Categories): Asked | null => (category === null || type === 'problem' ? null : (categories[category]?.consult ?? null))

/** An answered escalation always does; whoever was asked must be one of those who are named. */
export const isCounselled = ({ counsel }: Pick<IncidentRecord, 'counsel'>, asked: Asked | null): boolean => {
  if (asked === null) return true
  const names = asked.with?.map(targetName) ?? null
  return counsel.some(({ way, as }) => way === 'answered' || names === null || as.some((name) => names.includes(name)))
}

export const askedNames = (asked: Asked): readonly string[] => asked.with?.map(targetName) ?? []
