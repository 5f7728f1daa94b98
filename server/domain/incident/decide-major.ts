import { onDutyAt } from '../escalation/duty.ts'
import { personNamed, resolvedTargets } from '../escalation/directory.ts'
import type { CommandOf } from './commands.ts'
import { cannotCommand } from './decide-ownership.ts'
import { leads, owedWord } from './decide-progress.ts'
import type { IncidentRecord, PersonId } from './incident.ts'
import { isOver, methaneFields } from './major.ts'
import { afterLateAudiences, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const dutyManagers = ({ directory, now }: Situation): readonly PersonId[] => resolvedTargets([{ role: 'duty-manager' }], onDutyAt(directory, now)).flatMap(({ people }) => people)
/** Who hears its messages: everybody at work on it, and the duty managers; not whoever sends them. */
const concerned = ({ owner, helpers, majorIncident }: IncidentRecord, situation: Situation): readonly PersonId[] =>
  [...new Set([...(owner === null ? [] : [owner]), ...helpers, ...Object.values(majorIncident?.roles ?? {}), ...dutyManagers(situation)])].filter((person) => person !== situation.actor.id)
const mayLead = ({ majorIncident }: IncidentRecord, situation: Situation): boolean => leads(situation) || majorIncident?.roles.lead === situation.actor.id
const runs = ({ majorIncident }: IncidentRecord): boolean => majorIncident !== null && !isOver(majorIncident)
const notMajor = ({ ref }: IncidentRecord): Decision => refuse('not_major', `incident ${ref} is neither proposed nor declared as major`)

/** By anybody, and by the rules: it stands by until a duty manager decides. */
export const proposeMajor = (record: IncidentRecord, { text }: CommandOf<'propose-major'>, situation: Situation): Decision =>
  runs(record) ? { events: [] } : { events: [{ type: 'major-proposed', ...stamp(situation), text, people: concerned(record, situation) }] }

export const declareMajor = (record: IncidentRecord, { text }: CommandOf<'declare-major'>, situation: Situation): Decision => {
  if (!leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref}: only a duty manager may declare a major incident; propose-major asks one to`)
  return { events: record.major ? [] : afterLateAudiences(record, [{ type: 'major-declared', ...stamp(situation), text, people: concerned(record, situation) }], situation) }
}

/** Enough have come: nobody else is sent. */
export const stopSending = (record: IncidentRecord, { text }: CommandOf<'stop-sending'>, situation: Situation): Decision => {
  if (!record.major) return notMajor(record)
  if (!mayLead(record, situation)) return refuse('needs_lead', `incident ${record.ref}: whoever leads the major incident, or a duty manager, says that no more are needed`)
  return { events: record.majorIncident?.stage === 'stop-sending' ? [] : [{ type: 'sending-stopped', ...stamp(situation), text, people: concerned(record, situation) }] }
}

/** Never by itself, and not before a closing update. */
export const standDown = (record: IncidentRecord, { text }: CommandOf<'stand-down'>, situation: Situation): Decision => {
  if (!leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref}: only a duty manager may stand a major incident down`)
  if (!record.major) return { events: [] }
  return owedWord(record) ?? { events: afterLateAudiences(record, [{ type: 'stood-down', ...stamp(situation), text, people: concerned(record, situation) }], situation) }
}

/** A proposal that is turned down, or one that was declared in error. */
export const cancelMajor = (record: IncidentRecord, { reason }: CommandOf<'cancel-major'>, situation: Situation): Decision => {
  if (!runs(record) && !record.major) return notMajor(record)
  if (!leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref}: only a duty manager may cancel a major incident, or turn its proposal down`)
  const owed = record.major ? owedWord(record) : null
  return owed ?? { events: afterLateAudiences(record, [{ type: 'major-cancelled', ...stamp(situation), reason, people: concerned(record, situation) }], situation) }
}

/** One person a slot; null frees it. */
export const assignRole = (record: IncidentRecord, { role, person }: CommandOf<'assign-role'>, situation: Situation): Decision => {
  if (!runs(record)) return notMajor(record)
  if (!mayLead(record, situation)) return refuse('needs_lead', `incident ${record.ref}: whoever leads the major incident, or a duty manager, gives its roles`)
  const before = record.majorIncident?.roles[role] ?? null
  const found = person === null ? null : (personNamed(situation.directory, person)?.id ?? null)
  if (person !== null && found === null) return refuse('unknown_person', `there is no person "${person}" on this site`)
  const fault = found === null ? null : cannotCommand(record, found, { code: 'cannot_command', may: 'a role may be given to' }, situation)
  if (fault !== null) return fault
  return { events: found === before ? [] : [{ type: 'role-assigned', ...stamp(situation), role, person: found, before }] }
}

/** The first report, and what is learnt later: each field as it was last said; what stood there stays in the log. */
export const reportMethane = (record: IncidentRecord, { texts }: CommandOf<'report-methane'>, situation: Situation): Decision => {
  if (!runs(record)) return notMajor(record)
  const filled = methaneFields.filter((field) => texts[field] !== undefined)
  return filled.length === 0 ? refuse('nothing_given', `incident ${record.ref}: name at least one of ${methaneFields.join(', ')}`) : { events: [{ type: 'methane-reported', ...stamp(situation), filled, texts }] }
}
