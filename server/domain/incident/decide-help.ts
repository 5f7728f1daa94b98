import { onDutyAt } from '../escalation/duty.ts'
import { personNamed, resolvedTargets } from '../escalation/directory.ts'
import type { CommandOf } from './commands.ts'
import { asWhat } from './decide-counsel.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord, PersonId } from './incident.ts'
import { helpDueFrom } from './limits.ts'
import { stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const othersOf = (role: string, { actor, directory, now }: Situation): readonly PersonId[] => [...new Set(resolvedTargets([{ role }], onDutyAt(directory, now)).flatMap(({ people }) => people))].filter((person) => person !== actor.id)

/** A colleague is asked, by name or whoever supervises; unanswered it goes to the duty managers (R33). */
export const askHelp = (record: IncidentRecord, { text, person }: CommandOf<'ask-help'>, situation: Situation): Decision => {
  if (record.help !== null) return refuse('help_asked_already', `incident ${record.ref}: help was asked for already ("${record.help.id}"); answer-help says how it ended`)
  const named = person === null ? null : (personNamed(situation.directory, person)?.id ?? null)
  if (person !== null && named === null) return refuse('unknown_person', `there is no person "${person}" on this site`)
  return { events: [{ type: 'help-asked', ...stamp(situation), help: `h${record.version + 1}`, text, dueAt: helpDueFrom(record, situation.now), people: named === null ? othersOf('supervisor', situation) : [named] }] }
}

/** First somebody comes; how they helped, and what came of it, is said at the end, by them or by whoever asked. */
export const answerHelp = (record: IncidentRecord, { help, method, outcome }: CommandOf<'answer-help'>, situation: Situation): Decision => {
  const asked = record.help
  const { id } = situation.actor
  if (asked === null || asked.id !== help) return refuse('no_such_help', `incident ${record.ref}: ${asked === null ? 'nobody asks for help' : `help is asked for as "${asked.id}", not "${help}"`}`)
  if (method !== null || outcome !== null) {
    if (method === null || outcome === null) return refuse('method_and_outcome', `incident ${record.ref}: say both, how it was helped (method) and what came of it (outcome)`)
    if (asked.answeredBy === null && asked.by === id) return refuse('not_answered', `incident ${record.ref}: nobody has come to help yet; answer-help without method and outcome is how somebody comes`)
    const person = asked.answeredBy ?? id
    const helper = person === record.owner ? {} : { helper: { person, as: asWhat(person, situation) } }
    return { events: [...(asked.answeredBy === null ? [accepted(help, situation)] : []), { type: 'help-given', ...stamp(situation), help, method, text: outcome, ...helper }] }
  }
  if (asked.by === id) return refuse('own_help', `incident ${record.ref}: somebody else must answer than whoever asked`)
  if (asked.answeredBy === id) return { events: [] }
  if (asked.answeredBy !== null) return refuse('answered_already', `incident ${record.ref}: somebody helps already`)
  return { events: [accepted(help, situation)] }
}

const accepted = (help: string, situation: Situation): IncidentEvent => ({ type: 'help-accepted', ...stamp(situation), help })
