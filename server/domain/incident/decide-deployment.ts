import { candidatesFor, nextFor, sentRoles, type Busy, type Candidate } from '../deployment/candidates.ts'
import { elsewhere, gravest } from '../deployment/commitments.ts'
import { isAsking, isConfirmed, isLive, isOver, type Deployment } from '../deployment/deployment.ts'
import { personNamed, resolvedTargets } from '../escalation/directory.ts'
import { onDutyAt } from '../escalation/duty.ts'
import type { Target } from '../incident-settings.ts'
import type { CommandOf } from './commands.ts'
import { leads } from './decide-progress.ts'
import type { IncidentEvent } from './events.ts'
import { systemActor, type Actor, type IncidentRecord } from './incident.ts'
import { isoOf } from '../time.ts'
import { latestArrival } from './limits.ts'
import { refuse, type Decision, type Situation } from './situation.ts'
import { stamp } from './stamps.ts'

type Requested = Extract<IncidentEvent, { type: 'deployment-requested' }>

const busyWords: Readonly<Record<Busy, string>> = {
  here: 'is on this incident already',
  p1: 'is on a P1 incident',
  committed: 'is on another incident',
  'asked-elsewhere': 'is asked for another incident and has not answered yet',
  'shift-over': 'is not on shift',
  unreachable: 'can be reached by no channel',
  'on-contact': 'is with a caller',
  ringing: 'is being rung',
  'wrap-up': 'is in wrap-up',
  break: 'is on a break or away',
  'signed-out': 'is signed out',
  'not-responding': 'does not answer calls',
}

/** People of this role command; others speak for themselves alone. */
const commands = ({ role }: Actor): boolean => role === 'supervisor' || role === 'duty-manager' || role === 'admin'

/** One after the other within a change: `d` and the version of the event. */
export const deploymentIdAt = (record: Pick<IncidentRecord, 'version'>, index: number): string => `d${record.version + 1 + index}`

/** The next of those who could have the place, asked by itself. */
export const askNext = (record: IncidentRecord, missed: Deployment, { directory, now, index }: Pick<Situation, 'directory' | 'now'> & { readonly index: number }): Requested | null => {
  const person = nextFor(record, missed.place, missed.pool, onDutyAt(directory, now))
  if (person === null) return null
  return { type: 'deployment-requested', at: now, by: systemActor, deployment: deploymentIdAt(record, index), person, resource: null, pool: missed.pool, place: missed.place, text: missed.text, preempts: null, despite: null, reason: null, people: [person] }
}

/** Why nobody can be of this role, rota or team, with those that there are; null: it is one. */
const unknownPool = (pool: Target, { people, onCall, rotas }: Situation['directory']): string | null => {
  const [kind = '', name = ''] = Object.entries(pool)[0] ?? []
  const known = kind === 'role' ? sentRoles : kind === 'rota' ? [...new Set([...Object.keys(onCall), ...(rotas?.keys() ?? [])])] : [...new Set(people.flatMap(({ teams }) => teams))]
  return known.includes(name) ? null : `"${name}" is no ${kind} that can be sent; there are: ${known.join(', ') || 'none'}`
}

const FREE_NAMED = 5
const freeWords = (all: readonly Candidate[]): string => {
  const free = all.filter(({ busy }) => busy === null)
  if (free.length === 0) return 'nobody else is free now'
  return `free now: ${free.slice(0, FREE_NAMED).map(({ person }) => `"${person}"`).join(', ')}${free.length > FREE_NAMED ? ` and ${free.length - FREE_NAMED} more` : ''}`
}

/** Somebody is asked who is free; who is not, only for a reason; who is on a P1, only by a duty manager who takes them from it. */
export const deploy = (record: IncidentRecord, command: CommandOf<'deploy'>, situation: Situation): Decision => {
  const { resource } = command
  if (resource !== null) return deployThing(record, { ...command, resource }, situation)
  if (command.inPlace || command.revertBy !== null) return refuse('only_for_resources', `incident ${record.ref}: inPlace and revertBy are for a resource; somebody who is there already is confirmed with confirm-deployment and the answer on-task`)
  const directory = onDutyAt(situation.directory, situation.now)
  const named = command.person === null ? null : personNamed(situation.directory, command.person)
  if (command.person !== null && named === null) return refuse('unknown_person', `there is no person "${command.person}" on this site`)
  const pool = command.pool ?? (named === null ? null : { role: named.role })
  const unknown = named === null && pool !== null ? unknownPool(pool, directory) : null
  if (unknown !== null) return refuse('unknown_pool', `incident ${record.ref}: ${unknown}`)
  const all = candidatesFor(record, directory, command.person === null ? pool : null)
  const candidate = named === null ? all.find(({ busy }) => busy === null) : all.find(({ person }) => person === named.id)
  if (candidate === undefined) return named === null ? refuse('nobody_free', `incident ${record.ref}: nobody of those is free now; candidates says who is where`) : refuse('not_deployable', named.tokenHolder === true ? `"${named.id}" is whoever holds ADMIN_TOKEN: nobody who can be sent` : `"${named.id}" is a ${named.role}: they are told, not sent`)
  const { busy, commitment, person } = candidate
  const words = busy === null ? '' : `"${person}" ${busyWords[busy]}${commitment === null ? '' : ` (${commitment.ref})`}`
  if (busy === 'here') return refuse('deployed_already', `incident ${record.ref}: ${words}`)
  if (busy === 'p1' && !leads(situation)) return refuse('committed_elsewhere', `incident ${record.ref}: ${words}; only a duty manager may take them from it`)
  if (busy === 'p1' && !(command.preempt && command.reason !== null)) return refuse('committed_elsewhere', `incident ${record.ref}: ${words}; taking them from it needs preempt true and a reason`)
  if (busy !== null && command.reason === null) return refuse('not_free', `incident ${record.ref}: ${words}; asking them all the same needs a reason; ${freeWords(all)}`)
  const id = deploymentIdAt(record, 0)
  const preempts = busy === 'p1' && commitment !== null ? { ref: commitment.ref, deployment: commitment.deployment } : null
  return { events: [{ type: 'deployment-requested', ...stamp(situation), deployment: id, person, resource: null, pool, place: id, text: command.text, preempts, despite: busy, reason: command.reason, people: [person] }] }
}

/** A thing is asked for; whoever puts it in place at once says so, with until when. */
const deployThing = (record: IncidentRecord, command: CommandOf<'deploy'> & { readonly resource: string }, situation: Situation): Decision => {
  const known = situation.directory.resources?.[command.resource]
  if (known === undefined) return refuse('unknown_resource', `"${command.resource}" is not a resource of this site: ${Object.keys(situation.directory.resources ?? {}).join(', ') || 'the settings name none'}`)
  if (record.deployments.some((deployment) => deployment.resource?.id === command.resource && isLive(deployment))) return refuse('deployed_already', `incident ${record.ref}: "${command.resource}" is on this incident already`)
  if (command.revertBy !== null && !command.inPlace) return refuse('not_in_place', `incident ${record.ref}: revertBy needs inPlace true; a resource that is only asked for is given its revertBy when it is confirmed (confirm-deployment)`)
  if (command.revertBy !== null && command.revertBy <= situation.now) return refuse('revert_in_the_past', `incident ${record.ref}: revertBy must lie in the future`)
  const id = deploymentIdAt(record, 0)
  const resource = { id: command.resource, name: known.name, type: known.type }
  const targets = resolvedTargets(known.alert.flatMap(({ priorities, target }) => (record.priority !== null && (priorities === null || priorities.includes(record.priority)) ? [target] : [])), onDutyAt(situation.directory, situation.now))
  const requested: IncidentEvent = { type: 'deployment-requested', ...stamp(situation), deployment: id, person: null, resource, pool: null, place: id, text: command.text, preempts: null, despite: null, reason: command.reason, people: [], ...(targets.length === 0 || command.inPlace ? {} : { targets }) }
  return { events: command.inPlace ? [requested, { type: 'deployment-answered', ...stamp(situation), deployment: id, answer: 'on-task', eta: null, ticket: null, reason: null, revertBy: command.revertBy, onBehalf: false, people: [] }] : [requested] }
}

/** What may be done by whom with a deployment, or why not. */
const found = (record: IncidentRecord, id: string, { actor }: Situation): Deployment | { readonly refused: Decision } => {
  const deployment = record.deployments.find((one) => one.id === id)
  if (deployment === undefined) return { refused: refuse('no_such_deployment', `incident ${record.ref} has no deployment "${id}"`) }
  if (isOver(deployment)) return { refused: refuse('deployment_over', `incident ${record.ref}: deployment ${id} is over (${deployment.state})`) }
  return deployment.person === actor.id || commands(actor) ? deployment : { refused: refuse('not_yours', `incident ${record.ref}: deployment ${id} is somebody else’s to answer`) }
}

/** Availability counts when it is confirmed by word and by time (R23). Whoever answers for another is written down as such. */
export const confirmDeployment = (record: IncidentRecord, command: CommandOf<'confirm-deployment'>, situation: Situation): Decision => {
  const deployment = found(record, command.deployment, situation)
  if ('refused' in deployment) return deployment.refused
  const { answer, eta, reason, ticket, revertBy } = command
  const { now, actor } = situation
  const at = `incident ${record.ref}: deployment ${deployment.id}`
  const answered: IncidentEvent = { type: 'deployment-answered', ...stamp(situation), deployment: deployment.id, answer, eta, ticket, reason, revertBy, onBehalf: deployment.person !== null && deployment.person !== actor.id, people: [] }
  if (answer === 'declined') {
    if (deployment.state === 'on-task') return refuse('on_task', `${at} is on task; release-deployment ends it`)
    const after: IncidentRecord = { ...record, deployments: record.deployments.map((one) => (one.id === deployment.id ? { ...one, state: 'declined' } : one)) }
    const taken = placeTaken(after, deployment)
    const next = taken ? null : askNext(after, deployment, { ...situation, index: 1 })
    return { events: [{ ...answered, people: deployment.by === actor.id ? [] : [deployment.by] }, ...(next === null ? [] : [next])] }
  }
  if (placeTaken(record, deployment)) return refuse('place_taken', `${at}: somebody else comes meanwhile; thank you`)
  if (deployment.state === 'on-task' && answer !== 'on-task') return refuse('on_task', `${at} is on task already`)
  if (eta !== null && eta <= now) return refuse('eta_in_the_past', `${at}: the time of arrival must lie in the future; on-task says that they are there`)
  const latest = latestArrival(now)
  if (eta !== null && deployment.person !== null && eta > latest) return refuse('eta_too_far', `${at}: whoever is sent for is there within 24 hours, by ${isoOf(latest)}; who cannot come by then declines, and the next one is asked`)
  if (answer !== 'on-task' && eta === null && (answer === 'accepted' || deployment.eta === null)) return refuse('eta_required', `${at}: say when they will be there (eta); it does not count before`)
  if (revertBy !== null && revertBy <= now) return refuse('revert_in_the_past', `${at}: revertBy must lie in the future`)
  const bound = deployment.person === null ? null : gravest(elsewhere(situation.directory.commitments ?? [], deployment.person, record.ref).filter(({ ref }) => ref !== deployment.preempts?.ref))
  if (bound !== null) return refuse('committed_elsewhere', `${at}: they are on P1 incident ${bound.ref}; nobody is on two`)
  return { events: [answered, ...othersOf(record, deployment).map((other): IncidentEvent => ({ type: 'deployment-ended', ...stamp(situation), deployment: other.id, state: 'stood-down', why: 'place-taken', to: null, reason: null, people: other.person === null ? [] : [other.person] }))] }
}

const ofPlace = (record: IncidentRecord, { id, place }: Deployment): readonly Deployment[] => record.deployments.filter((other) => other.place === place && other.id !== id)
const placeTaken = (record: IncidentRecord, deployment: Deployment): boolean => !isConfirmed(deployment) && ofPlace(record, deployment).some((other) => isConfirmed(other) || other.state === 'released')
const othersOf = (record: IncidentRecord, deployment: Deployment): readonly Deployment[] => ofPlace(record, deployment).filter(isAsking)

/** On task it is released; before that it is stood down, and told so. */
export const releaseDeployment = (record: IncidentRecord, { deployment: id, reason }: CommandOf<'release-deployment'>, situation: Situation): Decision => {
  const deployment = found(record, id, situation)
  if ('refused' in deployment) return deployment.refused
  const { person } = deployment
  return { events: [{ type: 'deployment-ended', ...stamp(situation), deployment: id, state: deployment.state === 'on-task' ? 'released' : 'stood-down', why: 'asked', to: null, reason, people: person === null || person === situation.actor.id ? [] : [person] }] }
}

/** The other side of a pre-emption: whoever asked for them, and whoever has the incident, hear that they are gone. */
export const loseDeployment = (record: IncidentRecord, { deployment: id, to }: CommandOf<'lose-deployment'>, situation: Situation): Decision => {
  const deployment = record.deployments.find((one) => one.id === id)
  if (deployment === undefined || !isLive(deployment)) return { events: [] }
  const people = [...new Set([deployment.by, ...(record.owner === null ? [] : [record.owner])])].filter((person) => person !== situation.actor.id)
  const ended: IncidentEvent = { type: 'deployment-ended', ...stamp(situation), deployment: id, state: 'reassigned', why: 'pre-empted', to, reason: null, people }
  const after: IncidentRecord = { ...record, deployments: record.deployments.map((one) => (one.id === id ? { ...one, state: 'reassigned' } : one)) }
  const next = askNext(after, deployment, { ...situation, index: 1 })
  return { events: [ended, ...(next === null ? [] : [next])] }
}

/** Deployments of another incident under ids of this one: `d7` of both are two. */
export const renamed = (deployments: readonly Deployment[], { version }: Pick<IncidentRecord, 'version'>): readonly Deployment[] => deployments.map((one) => ({ ...one, id: `${one.id}.${version + 1}`, place: `${one.place}.${version + 1}` }))
