import { resolvedTarget, type Directory, type Person, type Presence } from '../escalation/directory.ts'
import type { IncidentRecord, PersonId } from '../incident/incident.ts'
import type { Target } from '../incident-settings.ts'
import { elsewhere, gravest, type Commitment } from './commitments.ts'
import { isLive } from './deployment.ts'

/** Why somebody is not free now. */
export const busyReasons = ['here', 'p1', 'committed', 'asked-elsewhere', 'shift-over', 'unreachable', 'on-contact', 'ringing', 'wrap-up', 'break', 'signed-out', 'not-responding'] as const
export type Busy = (typeof busyReasons)[number]

/** Somebody who could be sent, and whether they are free now. */
export interface Candidate {
  readonly person: PersonId
  readonly role: string
  readonly onDuty: boolean
  /** null: free. */
  readonly busy: Busy | null
  /** What binds them elsewhere. */
  readonly commitment: Commitment | null
  /** What the platform says; null: they are not on it. */
  readonly presence: Presence | null
}

/** People of these roles are sent; stakeholders are told. */
export const sentRoles: readonly string[] = ['agent', 'supervisor', 'duty-manager', 'admin']

const busyBy: Readonly<Partial<Record<Presence['state'], Busy>>> = { 'on-contact': 'on-contact', ringing: 'ringing', acw: 'wrap-up', aux: 'break', offline: 'signed-out', unreachable: 'not-responding' }

const busyOf = ({ id }: Person, record: Pick<IncidentRecord, 'ref' | 'deployments'>, directory: Directory, bound: readonly Commitment[]): Busy | null => {
  if (record.deployments.some((deployment) => deployment.person === id && isLive(deployment))) return 'here'
  if (gravest(bound) !== null) return 'p1'
  if (bound.some(({ confirmed }) => confirmed)) return 'committed'
  if (bound.length > 0) return 'asked-elsewhere'
  if (directory.offShift?.includes(id) === true) return 'shift-over'
  const plan = directory.contacts?.[id]
  if (plan !== undefined && plan.urgent.length + plan.routine.length === 0) return 'unreachable'
  const presence = directory.presence?.[id]
  return presence === undefined ? null : (busyBy[presence.state] ?? null)
}

/** On duty first, then whoever the platform knows to be available, then the others; the longest in their state first. */
const order = (a: Candidate, b: Candidate): number => {
  const rank = ({ busy, onDuty, presence }: Candidate): number => (busy === null ? 0 : 10) + (onDuty ? 0 : 2) + (presence?.state === 'available' ? 0 : 1)
  return rank(a) - rank(b) || (a.presence?.since ?? 0) - (b.presence?.since ?? 0) || (a.person < b.person ? -1 : 1)
}

/** Who could be sent now, the best first; everybody else with the reason why not (INCIDENTS 2.12). `directory`: as it is at the moment (`onDutyAt`). */
export const candidatesFor = (record: Pick<IncidentRecord, 'ref' | 'deployments'>, directory: Directory, pool: Target | null = null): readonly Candidate[] => {
  const within = pool === null ? null : new Set(resolvedAll(pool, directory))
  return directory.people
    .filter(({ id, role, tokenHolder }) => sentRoles.includes(role) && tokenHolder !== true && (within === null || within.has(id)))
    .map((person): Candidate => {
      const bound = elsewhere(directory.commitments ?? [], person.id, record.ref)
      return { person: person.id, role: person.role, onDuty: person.onDuty, busy: busyOf(person, record, directory, bound), commitment: bound.find(({ confirmed }) => confirmed) ?? bound[0] ?? null, presence: directory.presence?.[person.id] ?? null }
    })
    .sort(order)
}

/** Of a role everybody, not only those on duty: who is not, comes later. */
const resolvedAll = (pool: Target, directory: Directory): readonly PersonId[] => ('role' in pool ? directory.people.filter(({ role }) => role === pool.role).map(({ id }) => id) : resolvedTarget(pool, directory).people)

/** Who is asked when nobody came: free, and not asked for this place before. */
export const nextFor = (record: Pick<IncidentRecord, 'ref' | 'deployments'>, place: string, pool: Target | null, directory: Directory): PersonId | null => {
  if (pool === null) return null
  const tried = new Set(record.deployments.flatMap(({ person, place: of }) => (of === place && person !== null ? [person] : [])))
  return candidatesFor(record, directory, pool).find(({ busy, person }) => busy === null && !tried.has(person))?.person ?? null
}
