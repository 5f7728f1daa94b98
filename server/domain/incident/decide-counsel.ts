import { onDutyAt } from '../escalation/duty.ts'
import { personNamed, resolvedTargets } from '../escalation/directory.ts'
import { isoOf } from '../time.ts'
import type { CommandOf } from './commands.ts'
import { askedNames, capacitiesOf, counselAsked, isCounselled } from './counsel.ts'
import type { IncidentRecord, PersonId } from './incident.ts'
import { policyOf } from './rules.ts'
import { stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

/** A colleague who is asked is neither whoever works on it nor whoever writes it down; it was after the report and is over. */
export const consult = (record: IncidentRecord, { person, text, consultedAt }: CommandOf<'consult'>, situation: Situation): Decision => {
  const { actor, now, receivedAt } = situation
  const found = personNamed(situation.directory, person)
  if (found === null || found.tokenHolder === true) return refuse('unknown_person', `there is no person "${person}" on this site who could be consulted`)
  if (found.id === actor.id || found.id === record.owner) return refuse('not_a_colleague', `incident ${record.ref}: a colleague is consulted, neither you nor its owner`)
  const at = consultedAt ?? receivedAt
  if (at > now || at < record.reportedAt) return refuse('consulted_at_impossible', `incident ${record.ref}: consultedAt must lie between its report (${isoOf(record.reportedAt)}) and now (${isoOf(now)})`)
  return { events: [{ type: 'consulted', ...stamp(situation), person: found.id, text, consultedAt: at, as: asWhat(found.id, { ...situation, now: at }) }] }
}

/** In which of the capacities that categories ask for somebody speaks at that instant. */
export const asWhat = (id: PersonId, { directory, rules, now }: Situation): readonly string[] => {
  const found = personNamed(directory, id)
  return found === null ? [] : capacitiesOf(found, rules.settings, onDutyAt(directory, now))
}

/** The level to which whoever acts answers: a higher one told them and the first did not; null: they answer none. */
export const levelAnswered = ({ ownership, policy }: IncidentRecord, { actor, directory, rules, now }: Situation): number | null => {
  const today = onDutyAt(directory, now)
  const levels = policyOf(rules, policy.id).ownership.levels.slice(0, ownership.cycle > 1 ? undefined : ownership.level)
  const level = levels.findIndex(({ targets }) => resolvedTargets(targets, today).some(({ people }) => people.includes(actor.id)))
  return level > 0 ? level + 1 : null
}

/** Why it cannot be resolved yet; null: it can. */
export const counselFault = (record: IncidentRecord, { rules }: Situation): Decision | null => {
  const asked = counselAsked(record, rules.settings)
  if (asked === null || isCounselled(record, asked)) return null
  const who = askedNames(asked)
  return refuse('not_consulted', `incident ${record.ref} is of category "${record.category ?? ''}", which is resolved only after a colleague was consulted (consult {person, text}${who.length === 0 ? '' : `; one of ${who.join(', ')}`}) or an escalation answered (escalate, then acknowledge by whoever it tells)`)
}
