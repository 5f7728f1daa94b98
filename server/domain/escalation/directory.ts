import type { Commitment } from '../deployment/commitments.ts'
import type { AgentState } from '../agent-figures.ts'
import type { IncidentSettings, Policy, ResourceSettings, Target } from '../incident-settings.ts'
import type { Instant } from '../time.ts'
import type { ContactPlan } from './contact-plan.ts'
import type { PersonId } from '../incident/incident.ts'
import type { StakeholderGroup } from './recipients.ts'
import type { Rota } from './rota.ts'

/** Someone who can be told, as known at this moment. */
export interface Person {
  readonly id: PersonId
  /** Other names under which a policy may address them. */
  readonly aliases: readonly string[]
  readonly role: string
  readonly teams: readonly string[]
  readonly onDuty: boolean
  /** Whoever holds `ADMIN_TOKEN`: told as an administrator, but nobody on the floor who could be sent. */
  readonly tokenHolder?: true
  /** A stakeholder, or an account whose role commands no incident and whom the people of the settings do not name: told, on no rota, and nobody who could accept one. */
  readonly cannotCommand?: true
}

/** Who and what can be reached now; asked at fire time, never stored with the policy. */
export interface Directory {
  readonly people: readonly Person[]
  /** Names of the webhooks that exist and are not disabled. */
  readonly webhooks: readonly string[]
  /** Rota -> who is on call now, in order. */
  readonly onCall: Readonly<Record<string, readonly PersonId[]>>
  /** Rooms of chat platforms that exist. */
  readonly rooms?: readonly Room[]
  /** How each person is reached now; who is absent here is known by role alone. */
  readonly contacts?: Readonly<Record<PersonId, ContactPlan>>
  /** Rotas as they are set; who is on call is asked of them at each instant. */
  readonly rotas?: ReadonlyMap<string, Rota>
  /** Accounts that were disabled or no longer reach the site: what they own needs another owner. */
  readonly gone?: readonly PersonId[]
  /** Groups that are told of incidents, by name. */
  readonly stakeholders?: Readonly<Record<string, StakeholderGroup>>
  /** In a rota, and on call in none now. */
  readonly offShift?: readonly PersonId[]
  /** Whom incidents have or have asked; `commitmentsVersion` is raised by every change of them. */
  readonly commitments?: readonly Commitment[]
  readonly commitmentsVersion?: number
  /** What the platform says of people who are agents too; who is absent is not on it. */
  readonly presence?: Readonly<Record<PersonId, Presence>>
  /** What is not a person and can be sent for, by id: as it is set today. */
  readonly resources?: Readonly<Record<string, ResourceSettings>>
}

/** What an agent does now. */
export interface Presence {
  readonly state: AgentState
  readonly reason: string | null
  /** null: not seen there today. */
  readonly since: Instant | null
}

/** A named channel of a chat platform. */
export interface Room {
  readonly channel: 'slack' | 'teams'
  readonly name: string
}

export interface ResolvedTarget {
  readonly target: Target
  readonly people: readonly PersonId[]
  readonly webhook: string | null
  readonly room?: Room
}

/** `{role}`: everyone with it on duty, else all with it. */
const withRole = (role: string, { people }: Directory): readonly PersonId[] => {
  const all = people.filter((person) => person.role === role)
  const onDuty = all.filter((person) => person.onDuty)
  return (onDuty.length > 0 ? onDuty : all).map(({ id }) => id)
}

const isNamed = ({ id, aliases }: Pick<Person, 'id' | 'aliases'>, name: string): boolean => id === name || aliases.includes(name)
/** Whoever is called so: by the id of the account, the sign-in name, or the key in the settings; null: nobody of this site. */
export const personNamed = ({ people }: Pick<Directory, 'people'>, name: string): Person | null => people.find((person) => isNamed(person, name)) ?? null

const roomOf = (channel: Room['channel'], name: string, target: Target, { rooms = [] }: Directory): ResolvedTarget => {
  const room = rooms.find((known) => known.channel === channel && known.name === name)
  return { target, people: [], webhook: null, ...(room === undefined ? {} : { room }) }
}

export const resolvedTarget = (target: Target, directory: Directory): ResolvedTarget => {
  if ('slack' in target) return roomOf('slack', target.slack, target, directory)
  if ('teams' in target) return roomOf('teams', target.teams, target, directory)
  if ('webhook' in target) return { target, people: [], webhook: directory.webhooks.includes(target.webhook) ? target.webhook : null }
  if ('role' in target) return { target, people: withRole(target.role, directory), webhook: null }
  if ('person' in target) return { target, people: directory.people.filter((person) => isNamed(person, target.person)).map(({ id }) => id), webhook: null }
  if ('team' in target) return { target, people: directory.people.filter(({ teams }) => teams.includes(target.team)).map(({ id }) => id), webhook: null }
  return { target, people: directory.onCall[target.rota] ?? [], webhook: null }
}

export const reachesAnyone = (targets: readonly ResolvedTarget[]): boolean => targets.some(({ people, webhook, room }) => people.length > 0 || webhook !== null || room !== undefined)

export const resolvedTargets = (targets: readonly Target[], directory: Directory): readonly ResolvedTarget[] => targets.map((target) => resolvedTarget(target, directory))

/** Somebody a message gets to; whoever holds `ADMIN_TOKEN` sits at no desk, and of people without a known way nothing is promised. */
const isReached = (id: PersonId, { people, contacts }: Directory): boolean => people.find((person) => person.id === id)?.tokenHolder !== true && (contacts === undefined || (contacts[id]?.urgent.length ?? 0) > 0)

/** When a whole ladder reaches nobody: whoever leads, duty managers and admins alike; where a message gets to none of them the supervisors too, else every person there is. */
export const fallbackTargets = (directory: Directory): readonly ResolvedTarget[] => {
  const withRoles = (...roles: readonly string[]) => resolvedTargets(roles.map((role) => ({ role })), directory).filter(({ people }) => people.length > 0)
  const reaches = (targets: readonly ResolvedTarget[]) => targets.some(({ people }) => people.some((id) => isReached(id, directory)))
  const found = [withRoles('duty-manager', 'admin'), withRoles('duty-manager', 'admin', 'supervisor')].find(reaches)
  return found ?? [{ target: { role: 'admin' }, people: directory.people.map(({ id }) => id), webhook: null }]
}

/** How a telling is remembered. */
export const tellingsOf = (targets: readonly ResolvedTarget[]): readonly string[] => [...new Set(targets.flatMap(({ people, webhook, room }) => [...people.map((id) => `person:${id}`), ...(webhook === null ? [] : [`webhook:${webhook}`]), ...(room === undefined ? [] : [`${room.channel}:${room.name}`])]))]

/** The targets without those who were told a moment ago. */
export const withoutSpared = (targets: readonly ResolvedTarget[], spared: readonly string[]): readonly ResolvedTarget[] =>
  spared.length === 0
    ? targets
    : targets.map(({ target, people, webhook, room }) => ({
        target,
        people: people.filter((id) => !spared.includes(`person:${id}`)),
        webhook: webhook !== null && spared.includes(`webhook:${webhook}`) ? null : webhook,
        ...(room === undefined || spared.includes(`${room.channel}:${room.name}`) ? {} : { room }),
      }))

export const targetName = (target: Target): string => Object.entries(target).map(([kind, id]) => `${kind}:${String(id)}`).join(' ')

/** The same with what people call it in the place of its id: `rota:Engineers on call`. */
export const targetCalled = (target: Target, { targetNames = {} }: Pick<IncidentSettings, 'targetNames'>): string => {
  const name = targetName(target)
  const called = targetNames[name]
  return called === undefined ? name : `${name.slice(0, name.indexOf(':'))}:${called}`
}

export type Ladder = Policy['ownership']
