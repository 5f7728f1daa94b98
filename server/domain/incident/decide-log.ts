import type { CommandOf } from './commands.ts'
import { judgedAgain } from './decide-priority.ts'
import type { IncidentEvent } from './events.ts'
import type { IncidentRecord, TextField } from './incident.ts'
import { afterLateAudiences, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const scalars = ['channel', 'service', 'callerSafe'] as const

/**
 * Fills what a log lacks, and corrects what is wrong in it. What stood there stays in the log of the incident: another word for
 * something that was said already needs a reason (R36).
 */
export const amend = (record: IncidentRecord, { texts, fields, reason }: CommandOf<'amend'>, situation: Situation): Decision => {
  const textFields = Object.keys(texts) as readonly TextField[]
  const given = scalars.filter((field) => fields[field] !== undefined)
  if (textFields.length + given.length === 0) return refuse('nothing_given', `incident ${record.ref}: name at least one field`)
  const changed = given.filter((field) => fields[field] !== record[field])
  const rewritten = [...textFields.filter((field) => record.texts[field] !== undefined), ...changed.filter((field) => record[field] !== null)]
  if (rewritten.length > 0 && reason === null) return refuse('reason_required', `incident ${record.ref}: ${rewritten.join(', ')} ${rewritten.length === 1 ? 'was' : 'were'} said already; another word needs a reason`)
  if (textFields.length + changed.length === 0) return { events: [] }
  const before = { texts: Object.fromEntries(textFields.flatMap((field) => (record.texts[field] === undefined ? [] : [[field, record.texts[field]]]))), fields: Object.fromEntries(changed.map((field) => [field, record[field]])) }
  const now = Object.fromEntries(changed.map((field) => [field, fields[field]]))
  const events: readonly IncidentEvent[] = [{ type: 'amended', ...stamp(situation), filled: [...textFields, ...changed], texts, fields: now, before, reason }, ...(changed.includes('callerSafe') ? judgedAgain(record, { callerSafe: fields.callerSafe ?? null }, situation) : [])]
  // Of another service others hear.
  return { events: changed.includes('service') ? afterLateAudiences(record, events, situation) : events }
}
