import { onDutyAt } from '../escalation/duty.ts'
import { resolvedTargets } from '../escalation/directory.ts'
import { recipientsOf } from '../escalation/recipients.ts'
import type { CommandOf } from './commands.ts'
import { isHeardBy } from './audience-clocks.ts'
import { leads } from './decide-progress.ts'
import type { IncidentRecord, PendingUpdate, PersonId } from './incident.ts'
import { lateClocks, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

type Words = Omit<CommandOf<'update-stakeholders'>, 'type'>

/** "Nothing new" is worth saying twice; the third time somebody finds out more first (INCIDENTS 2.10). */
const MOST_NO_CHANGE = 2

const needsApproval = ({ priority }: IncidentRecord, { rules }: Situation): boolean => priority !== null && rules.settings.updates.approve.includes(priority)

const promiseFault = (record: IncidentRecord, { nextUpdateAt }: Pick<Words, 'nextUpdateAt'>, situation: Situation): Decision | null =>
  nextUpdateAt !== null && nextUpdateAt <= situation.now ? refuse('next_update_in_the_past', `incident ${record.ref}: nextUpdateAt must lie in the future`) : null

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
  const fault = promiseFault(record, command, situation)
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
  return promiseFault(record, pending, situation) ?? told(record, pending, { update, writtenBy: pending.by, alone }, situation)
}

/** The one who wrote it may take it back; it is refused with a reason, which they read. */
export const rejectUpdate = (record: IncidentRecord, { update, reason }: CommandOf<'reject-update'>, situation: Situation): Decision =>
  pendingFault(record, update) ?? { events: [{ type: 'update-rejected', ...stamp(situation), update, writtenBy: record.pendingUpdate?.by ?? '', reason }] }
