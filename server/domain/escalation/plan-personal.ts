import { natureOf } from '../clock/clock-kinds.ts'
import type { Calendar } from '../clock/calendar.ts'
import type { IncidentEvent } from '../incident/events.ts'
import type { IncidentRecord, PersonId } from '../incident/incident.ts'
import type { Instant } from '../time.ts'
import { endOfQuiet, type ContactPlan } from './contact-plan.ts'
import type { Delivery, DeliveryType, FiredLevel } from './delivery.ts'
import { deploymentTellings } from './deployment-tellings.ts'
import type { ResolvedTarget } from './directory.ts'

/** Who is to be told of one event, and how pressing it is. */
interface Telling {
  readonly people: readonly PersonId[]
  readonly type: DeliveryType
  /** Incident, generation, cycle and level of the key. */
  readonly key: string
  readonly purpose: string
  readonly fence: Delivery['fence']
  readonly level: FiredLevel | null
  readonly breach: Delivery['breach']
  /** The first word about a P1: never bundled, throttled or held for quiet hours. */
  readonly first: boolean
  /** Held to one a minute although it waits for no quiet hours. */
  readonly paced?: true
  readonly deployment?: string
}

export interface PersonalQuestion {
  readonly event: IncidentEvent
  /** Of the event. */
  readonly version: number
  /** The record after all events of the change. */
  readonly record: IncidentRecord
  readonly contacts: Readonly<Record<PersonId, ContactPlan>>
  /** Hours in which P3 and P4 are told. */
  readonly service: Calendar
}

const peopleOf = (targets: readonly ResolvedTarget[]): readonly PersonId[] => [...new Set(targets.flatMap(({ people }) => people))]

type LevelFired = Extract<IncidentEvent, { type: 'level-fired' }>
export const levelOf = ({ ladder, clock, name, level, cycle, dueAt, firedAt, targets }: LevelFired): FiredLevel => ({ ladder, clock: name ?? clock, level, cycle, dueAt, firedAt, targets: targets.map(({ target }) => target) })
/** A level is told once for each deadline: those of two clocks of one kind, and of a clock that began anew, are others. */
const deadlineKey = ({ clock, name, life }: LevelFired): string => (clock === null ? '' : `.${clock}${name == null ? '' : `.${name}`}${life === undefined ? '' : `.${life}`}`)
export const levelKey = (ref: string, event: LevelFired): string => `${ref}/${event.ladder}${deadlineKey(event)}/${event.generation}/${event.cycle}/${event.level}`

const ofWords = ({ clock }: Extract<IncidentEvent, { type: 'clock-warned' | 'clock-breached' }>): boolean => natureOf({ kind: clock }).ofWords

/** What ended, or began anew, in the same change has nothing to ask of anybody. */
const isLateStill = ({ clock: kind, name }: Extract<IncidentEvent, { type: 'clock-breached' }>, { clocks }: IncidentRecord): boolean =>
  clocks.some((clock) => clock.kind === kind && clock.name === name && clock.state === 'breached' && clock.stoppedAt === null)

const tellingOf = (event: IncidentEvent, version: number, record: IncidentRecord): Telling | null => {
  const { ref, deadline } = record
  const p1 = record.priority === 'P1'
  const lasting = { ladder: 'deadline', generation: deadline.generation } as const
  const plain = { key: `${ref}/v${version}`, fence: lasting, level: null, breach: null, first: false }
  switch (event.type) {
    case 'level-fired':
      return { people: peopleOf(event.targets), type: 'escalation.fired', key: levelKey(ref, event), purpose: 'escalation', fence: { ladder: event.ladder, generation: event.generation }, level: levelOf(event), breach: null, first: p1 && event.cycle === 1 }
    case 'ladder-unmanned':
      return { ...plain, people: peopleOf(event.targets), type: 'escalation.fired', key: `${ref}/ownership/${event.generation}/${event.cycle}/unmanned`, purpose: 'escalation', fence: { ladder: 'ownership', generation: event.generation }, first: p1 && event.cycle === 1 }
    case 'clock-warned':
      return { ...plain, people: event.people, type: ofWords(event) ? 'reminder' : 'clock.warned', purpose: ofWords(event) ? 'reminder' : 'warning', fence: event.clock === 'response' ? { ladder: 'ownership', generation: record.ownership.generation } : lasting, breach: { clock: event.name ?? event.clock, dueAt: event.dueAt } }
    case 'clock-breached':
      return ofWords(event) && record.owner !== null && isLateStill(event, record) ? { ...plain, people: [record.owner], type: 'reminder', purpose: 'reminder' } : null
    case 'breach-reminded':
      return event.people.length === 0 ? null : { ...plain, people: event.people, type: 'reminder', purpose: 'reminder', breach: { clock: event.name ?? event.clock, dueAt: event.dueAt } }
    case 'unowned-reminded':
      return { ...plain, people: event.people, type: 'escalation.fired', purpose: 'unowned', fence: { ladder: 'ownership', generation: event.generation } }
    case 'lease-prompted':
      return record.owner === null ? null : { ...plain, people: [record.owner], type: 'reminder', purpose: 'reminder' }
    case 'resumed':
      return event.why === 'review-time' && record.owner !== null ? { ...plain, people: [record.owner], type: 'reminder', purpose: 'reminder' } : null
    case 'handover-offered':
      return { ...plain, people: [event.to], type: 'handover.offered', purpose: 'handover' }
    case 'stakeholders-updated':
      return { ...plain, people: event.people ?? [], type: 'stakeholder.update', purpose: 'update', fence: null }
    case 'completion-asked':
      return { ...plain, people: event.people, type: 'log.incomplete', purpose: 'completion' }
    case 'help-asked':
    case 'help-unanswered':
      return { ...plain, people: event.people, type: 'help.asked', purpose: `help.${event.help}`, first: true }
    case 'update-drafted':
      return { ...plain, people: event.people, type: 'update.awaits', purpose: 'approval', fence: null, first: p1 }
    case 'major-proposed':
    case 'major-declared':
    case 'sending-stopped':
    case 'stood-down':
    case 'major-cancelled':
      return { ...plain, people: event.people ?? [], type: 'major.message', purpose: 'major', fence: null, first: true }
    case 'role-assigned':
      return event.person === null || event.by.id === event.person ? null : { ...plain, people: [event.person], type: 'major.role', purpose: `role.${event.role}`, fence: null, first: true }
    case 'follow-up-overdue':
      return { ...plain, people: event.people, type: 'follow-up.overdue', purpose: 'follow-up', fence: null }
    case 'assigned':
      return event.by.id === event.person ? null : { ...plain, people: [event.person], type: 'incident.assigned', purpose: 'assignment' }
    default:
      return null
  }
}

const tellingsOf = (event: IncidentEvent, version: number, record: IncidentRecord): readonly Telling[] => {
  const telling = tellingOf(event, version, record)
  // Whoever is to come within minutes is asked at any hour; what became of it is told to those who wait for it. The request itself waits for
  // nothing; whether they come, are there and are on it still is asked, and told, of all their deployments together, once a minute.
  const paced = event.type === 'deployment-requested' ? {} : ({ paced: true } as const)
  const sent = deploymentTellings(event, record).map(({ people, type, deployment }): Telling => ({ people, type, key: `${record.ref}/v${version}`, purpose: `${type === 'deployment.asked' ? 'deployment' : 'news'}.${deployment}`, fence: null, level: null, breach: null, first: true, ...paced, deployment }))
  return [...(telling === null ? [] : [telling]), ...sent]
}

/** An update is told in the words that were written for those who get it. */
export const saidIn = (event: IncidentEvent): Pick<Delivery, 'said'> => (event.type === 'stakeholders-updated' ? { said: { text: event.text, state: event.state, nextUpdateAt: event.nextUpdateAt } } : {})

/** P3, P4 and what follows an incident wait for business hours, everybody for the end of their quiet hours, but the first word about a P1 for nothing (INCIDENTS 2.6, 2.9). */
const notBeforeOf = ({ first, type }: Telling, at: Instant, { priority }: IncidentRecord, plan: ContactPlan, service: Calendar): Instant => {
  if (first || priority === null) return at
  // What was learnt of the gravest incident wakes nobody.
  const urgent = (priority === 'P1' || priority === 'P2') && type !== 'follow-up.overdue'
  const open = urgent || type === 'handover.offered' ? at : (service.nextWorking(at) ?? at)
  return plan.quiet === null || plan.quiet.letThrough.includes(priority) ? open : endOfQuiet(plan.quiet, open)
}

/** Rows for people: each by the first of their channels; the others follow when it fails. */
export const personalDeliveries = ({ event, version, record, contacts, service }: PersonalQuestion): readonly Delivery[] => {
  const urgent = record.priority === 'P1' || record.priority === 'P2'
  const rows = (telling: Telling): readonly Delivery[] =>
    telling.people.flatMap((person): readonly Delivery[] => {
      const plan = contacts[person]
      if (plan === undefined) return []
      const [channel = 'none' as const, ...then] = urgent ? plan.urgent : plan.routine
      const { key, purpose, type, level, breach, fence, first, paced, deployment } = telling
      return [{ id: `${key}/person:${person}/${channel}/${purpose}`, ref: record.ref, type, channel, target: person, person, then, happenedAt: event.at, notBefore: notBeforeOf(telling, event.at, record, plan, service), paced: paced ?? (!first && type !== 'handover.offered' && type !== 'stakeholder.update'), level, breach, fence, urgent, ...(deployment === undefined ? {} : { deployment }), ...saidIn(event) }]
    })
  return tellingsOf(event, version, record).flatMap(rows)
}
