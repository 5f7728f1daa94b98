import { isAsking, type Deployment } from '../deployment/deployment.ts'
import { fallbackTargets, resolvedTargets, type Directory } from '../escalation/directory.ts'
import type { Instant } from '../time.ts'
import { askNext } from './decide-deployment.ts'
import type { IncidentEvent } from './events.ts'
import { systemActor, type IncidentRecord, type PersonId } from './incident.ts'

interface DueSituation {
  readonly now: Instant
  /** As it is at the firing. */
  readonly directory: Directory
}

const once = (...lists: readonly (readonly (PersonId | null)[])[]): readonly PersonId[] => [...new Set(lists.flat().filter((id) => id !== null))]
const supervisors = (directory: Directory): readonly PersonId[] => {
  const people = resolvedTargets([{ role: 'supervisor' }], directory).flatMap((target) => target.people)
  return people.length > 0 ? people : fallbackTargets(directory).flatMap((target) => target.people)
}

/** Nobody said anything by the time that was due: silence, a time of arrival that is past, or a task without an end. */
export const deploymentDue = (record: IncidentRecord, deployment: Deployment, { now, directory }: DueSituation): readonly IncidentEvent[] => {
  const stamp = { at: now, by: systemActor, deployment: deployment.id }
  const { person, by, inPlaceBy, asked, state, unreached } = deployment
  if (state === 'on-task') return [{ ...stamp, type: 'deployment-still-on', people: once([person, inPlaceBy, by, record.owner]) }]
  const late = !isAsking(deployment)
  // First the question to whoever said a time. A thing cannot answer, so whoever asked for it is asked again and again.
  if (late && (asked === 0 || person === null)) return [{ ...stamp, type: 'deployment-late', people: once([person, by], person === null && asked > 0 ? [record.owner, ...supervisors(directory)] : []) }]
  const next = askNext(record, deployment, { directory, now, index: 1 })
  // The person is asked once more: they may come all the same, until somebody else does.
  const missed: IncidentEvent = { ...stamp, type: 'deployment-unanswered', why: late ? 'late' : unreached ? 'unreachable' : 'no-answer', next: next?.deployment ?? null, people: once([person, by], supervisors(directory)) }
  return next === null ? [missed] : [missed, next]
}
