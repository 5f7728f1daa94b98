import { personNamed } from '../escalation/directory.ts'
import { instantOf, isoOf, later } from '../time.ts'
import type { CommandOf } from './commands.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord, PersonId } from './incident.ts'
import { levelAnswered } from './decide-counsel.ts'
import { HANDOVER_LAPSES, latestSnooze, SLIP } from './limits.ts'
import { lateClocks, ofKind, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const answering = (record: IncidentRecord, situation: Situation): { readonly answersLevel?: number } => {
  const level = levelAnswered(record, situation)
  return level === null ? {} : { answersLevel: level }
}

/** Taking an incident that nobody has taken yet. */
export const taken = (record: IncidentRecord, situation: Situation): readonly IncidentEvent[] =>
  record.state === 'open' ? [{ type: 'acknowledged', ...stamp(situation), receivedAt: situation.receivedAt, ...answering(record, situation) }] : []

/** The first owns it; a second gets success, the owner's name, and joins as helper. The owner's own, again, ends a snooze and renews the lease. */
export const acknowledge = (record: IncidentRecord, situation: Situation): Decision => {
  const { id } = situation.actor
  if (record.state === 'open') return { events: [...lateClocks(record, ofKind('response'), situation), ...taken(record, situation)] }
  if (record.owner === id) return { events: record.snoozedUntil !== null || record.lease?.prompted === true ? [{ type: 'acknowledged', ...stamp(situation), receivedAt: situation.receivedAt }] : [] }
  const answers = answering(record, situation)
  // Whoever had joined before an escalation reached them answers that too.
  const said = record.helpers.includes(id) && (answers.answersLevel === undefined || record.counsel.some(({ person, way }) => person === id && way === 'answered'))
  return { events: said ? [] : [{ type: 'helper-joined', ...stamp(situation), ...answers }] }
}

/** Within 10 s the ladder goes on as if nothing had been, and whoever acknowledged needs no reason; later it goes on where it stood, the time since not counted. */
export const unacknowledge = (record: IncidentRecord, command: CommandOf<'unacknowledge'>, situation: Situation): Decision => {
  const { stoodAt } = record.ownership
  const slip = stoodAt !== null && situation.receivedAt - stoodAt.stoppedAt <= SLIP
  if (slip && record.owner !== situation.actor.id && command.reason === null) return refuse('reason_required', `incident ${record.ref} was acknowledged by ${record.owner ?? 'nobody'}: who takes back what another did gives a reason`)
  if (!slip && command.reason === null) return refuse('reason_required', `incident ${record.ref} was acknowledged more than 10 s ago: taking that back needs a reason`)
  const nextDueAt = stoodAt === null ? null : slip ? stoodAt.nextDueAt : instantOf(situation.now + Math.max(0, stoodAt.nextDueAt - stoodAt.stoppedAt))
  return { events: [{ type: 'unacknowledged', ...stamp(situation), reason: command.reason, nextDueAt }] }
}

const personOf = (id: PersonId, { directory }: Situation): PersonId | null => personNamed(directory, id)?.id ?? null
/** Whoever has it gives orders: an account that can only look could not. null: they can. */
export const cannotCommand = (record: IncidentRecord, id: PersonId, { code, may }: { readonly code: string; readonly may: string }, { directory }: Situation): Decision | null => {
  const account = personNamed(directory, id)
  if (account?.cannotCommand !== true) return null
  return refuse(code, `incident ${record.ref}: "${id}" has the role ${account.role}, which cannot ${code === 'cannot_accept' ? 'accept an incident' : 'command incidents'}; ${may} supervisors, duty managers, administrators, whoever is on a rota, and people of the settings who are no stakeholders`)
}
const unknownPerson = (id: PersonId): Decision => refuse('unknown_person', `there is no person "${id}" on this site`)

/** Names who is to work on it; taking it is still theirs to do, so response clock and ladder run on. Whoever may command may name themselves, as they may acknowledge. */
export const assign = (record: IncidentRecord, command: CommandOf<'assign'>, situation: Situation): Decision => {
  const { id: self } = situation.actor
  const person = personOf(command.person, situation) ?? (command.person === self ? self : null)
  if (person === null) return unknownPerson(command.person)
  const fault = cannotCommand(record, person, { code: 'cannot_command', may: 'it may be assigned to' }, situation)
  if (fault !== null) return fault
  return { events: record.owner === person ? [] : [{ type: 'assigned', ...stamp(situation), person, before: record.owner }] }
}

export const offerHandover = (record: IncidentRecord, command: CommandOf<'offer-handover'>, situation: Situation): Decision => {
  const to = personOf(command.to, situation)
  if (to === null) return unknownPerson(command.to)
  const fault = cannotCommand(record, to, { code: 'cannot_accept', may: 'it may be offered to' }, situation)
  if (fault !== null) return fault
  if (to === record.owner) return refuse('already_owner', `incident ${record.ref} is theirs already`)
  return { events: [{ type: 'handover-offered', ...stamp(situation), to, lapsesAt: later(situation.now, HANDOVER_LAPSES) }] }
}

/** Only who it was offered to may take it; the offerer stays the owner until then. */
export const acceptHandover = (record: IncidentRecord, situation: Situation): Decision => {
  const { handover, ref, owner } = record
  if (handover === null || situation.receivedAt > handover.lapsesAt) return refuse('no_handover_offered', `incident ${ref} is not offered to anybody now`)
  if (handover.to !== situation.actor.id) return refuse('offered_to_another', `incident ${ref} was offered to somebody else`)
  return { events: [{ type: 'handover-accepted', ...stamp(situation), before: owner }] }
}

export const snooze = (record: IncidentRecord, { until }: CommandOf<'snooze'>, situation: Situation): Decision => {
  const latest = latestSnooze(record.priority, situation.now)
  if (until <= situation.now) return refuse('snooze_in_the_past', `incident ${record.ref}: until must lie in the future`)
  if (until > latest) return refuse('snooze_too_long', `incident ${record.ref} is ${record.priority ?? 'without priority'}: it may be snoozed until ${isoOf(latest)} at most`)
  return { events: [{ type: 'snoozed', ...stamp(situation), until }] }
}
