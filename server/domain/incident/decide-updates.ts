import { onDutyAt } from '../escalation/duty.ts'
import { resolvedTargets } from '../escalation/directory.ts'
import { forEverybody, recipientsOf } from '../escalation/recipients.ts'
import { isoOf } from '../time.ts'
import type { CommandOf } from './commands.ts'
import { isHeardBy } from './audience-clocks.ts'
import { leads } from './decide-progress.ts'
import type { IncidentRecord, PendingUpdate, PersonId } from './incident.ts'
import { latestPromise } from './promise.ts'
import { lateClocks, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

type Words = Omit<CommandOf<'update-stakeholders'>, 'type'>

/** "Nothing new" is worth saying twice; the third time somebody finds out more first (INCIDENTS 2.10). */
const MOST_NO_CHANGE = 2

const needsApproval = ({ priority }: IncidentRecord, { rules }: Situation): boolean => priority !== null && rules.settings.updates.approve.includes(priority)

/** What is promised lies ahead, and not so far that nobody waits for it. */
const promiseFault = (record: IncidentRecord, { nextUpdateAt, audience }: Pick<Words, 'nextUpdateAt' | 'audience'>, { now, rules }: Situation): Decision | null => {
  if (nextUpdateAt === null) return null
  if (nextUpdateAt <= now) return refuse('next_update_in_the_past', `incident ${record.ref}: nextUpdateAt must lie in the future`)
  const latest = latestPromise(record, audience, now, rules)
  return nextUpdateAt > latest ? refuse('next_update_too_late', `incident ${record.ref} is ${record.major ? 'major' : (record.priority ?? 'without priority')}: nextUpdateAt may be ${isoOf(latest)} at the latest`) : null
}

/** Words for somebody: a group that the register does not know, or that nobody is in any more, hears nothing. A site without a register calls its audiences as it likes. */
const unheard = (record: IncidentRecord, words: Pick<Words, 'audience' | 'state'>, { directory }: Situation): Decision | null => {
  const { stakeholders = {} } = directory
  if (forEverybody(words.audience) || Object.keys(stakeholders).length === 0 || recipientsOf(record, words, directory).length > 0) return null
  const heard = ['all', 'public', ...Object.entries(stakeholders).flatMap(([name, { people }]) => (people.length > 0 ? [name] : []))]
  const why = Object.hasOwn(stakeholders, words.audience) ? 'nobody is in the audience' : 'there is no audience'
  return refuse('audience_empty', `incident ${record.ref}: ${why} "${words.audience}", so nobody would hear it; audiences are ${heard.join(', ')}`)
}

const wordsFault = (record: IncidentRecord, words: Words, situation: Situation): Decision | null => promiseFault(record, words, situation) ?? unheard(record, words, situation)

/** A qualifying update restarts the update clock; the time it names for the next one is the promise that clock keeps. */
const told = (record: IncidentRecord, words: Words, approval: { readonly update: string | null; readonly writtenBy: PersonId; readonly alone: boolean } | null, situation: Situation): Decision => {
  const { text, state, audience, nextUpdateAt, noChange = false } = words
  const people = recipientsOf(record, { audience, state }, situation.directory)
  return { events: [...lateClocks(record, (clock) => isHeardBy(clock, words, record, situation.rules), situation), { type: 'stakeholders-updated', ...stamp(situation), text, state, audience, nextUpdateAt, people, ...(noChange ? { noChange } : {}), ...(approval === null ? {} : { approval }) }] }
}

/** Whoever may approve and is there: duty managers on duty, but for whoever wrote it. */
const approversOf = ({ actor, directory, now }: Situation): readonly PersonId[] => [...new Set(resolvedTargets([{ role: 'duty-manager' }], onDutyAt(directory, now)).flatMap(({ people }) => people))].filter((person) => person !== actor.id)

/** Written by somebody who leads it goes out at once, and the log says that nobody else looked at it (PRACTICE 3). */
export const updateStakeholders = (record: IncidentRecord, command: CommandOf<'update-stakeholders'>, situation: Situation): Decision => {
  const { text, state, audience, nextUpdateAt, noChange = false } = command
  const fault = wordsFault(record, command, situation)
  if (fault !== null) return fault
  if (noChange && record.updates.noChange >= MOST_NO_CHANGE) return refuse('no_change_again', `incident ${record.ref}: its last ${MOST_NO_CHANGE} updates said that nothing had changed; say what is known, what is being done, or when it will be known`)
  if (!needsApproval(record, situation)) return told(record, command, null, situation)
  const { id } = situation.actor
  if (leads(situation)) return told(record, command, { update: null, writtenBy: id, alone: true }, situation)
  return { events: [{ type: 'update-drafted', ...stamp(situation), update: `u${record.version + 1}`, text, state, audience, nextUpdateAt, noChange, people: approversOf(situation) }] }
}

const pendingFault = (record: IncidentRecord, update: string): Decision | null => {
  const { pendingUpdate } = record
  if (pendingUpdate === null) return refuse('no_pending_update', `incident ${record.ref} has no update that waits for approval`)
  return pendingUpdate.id === update ? null : refuse('update_changed', `incident ${record.ref}: the update that waits is "${pendingUpdate.id}", not "${update}": read it first`)
}

/** Two pairs of eyes: whoever wrote it approves it only if they lead, and then the log says so. */
export const approveUpdate = (record: IncidentRecord, { update }: CommandOf<'approve-update'>, situation: Situation): Decision => {
  const fault = pendingFault(record, update)
  const pending: PendingUpdate | null = record.pendingUpdate
  if (fault !== null || pending === null) return fault ?? { events: [] }
  const alone = pending.by === situation.actor.id
  if (alone && !leads(situation)) return refuse('own_words', `incident ${record.ref}: somebody else must approve an update than whoever wrote it`)
  return wordsFault(record, pending, situation) ?? told(record, pending, { update, writtenBy: pending.by, alone }, situation)
}

/** The one who wrote it may take it back; it is refused with a reason, which they read. */
export const rejectUpdate = (record: IncidentRecord, { update, reason }: CommandOf<'reject-update'>, situation: Situation): Decision =>
  pendingFault(record, update) ?? { events: [{ type: 'update-rejected', ...stamp(situation), update, writtenBy: record.pendingUpdate?.by ?? '', reason }] }
