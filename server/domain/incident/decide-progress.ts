import type { CommandOf } from './commands.ts'
import { missingForClosing } from './closing.ts'
import type { IncidentRecord } from './incident.ts'
import { latestReview, pausesResolution } from './limits.ts'
import { isoOf } from '../time.ts'
import { lateClocks, ofIncident, ofKind, stamp } from './stamps.ts'
import { boundWords } from './bound.ts'
import { counselFault } from './decide-counsel.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

export const leads = ({ actor }: Situation): boolean => actor.role === 'duty-manager' || actor.role === 'admin'

/** Whoever was told that something is wrong hears that it is over before it is. */
export const owedWord = (record: IncidentRecord): Decision | null =>
  record.updates.sent > 0 && !record.updates.closing ? refuse('closing_message_owed', `incident ${record.ref}: tell its stakeholders first (update-stakeholders with state resolved)`) : null

export const hold = (record: IncidentRecord, { reason, reviewAt }: CommandOf<'hold'>, situation: Situation): Decision => {
  const { now, rules } = situation
  if (record.priority === 'P1' && !leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref} is P1: only a duty manager may put it on hold`)
  if (reviewAt <= now) return refuse('review_in_the_past', `incident ${record.ref}: reviewAt must lie in the future`)
  if (record.replyUnread && reason === 'waiting-for-reporter') return refuse('customer_replied', `incident ${record.ref}: the customer has answered meanwhile; read it and write a note before waiting for them again`)
  const latest = latestReview(record, now, rules)
  if (reviewAt > latest) return refuse('review_too_late', `incident ${record.ref} is ${record.priority ?? 'without priority'}: its hold must be reviewed by ${isoOf(latest)}`)
  return { events: [...lateClocks(record, ofKind('resolution'), situation), { type: 'held', ...stamp(situation), reason, reviewAt, pauses: pausesResolution(reason) }] }
}

/** An answer ends the waiting for it; every other hold goes on. */
export const customerReply = (record: IncidentRecord, { text }: CommandOf<'customer-reply'>, situation: Situation): Decision => {
  const waited = record.hold?.reason === 'waiting-for-reporter'
  return { events: [{ type: 'customer-replied', ...stamp(situation), text }, ...(waited ? [{ type: 'resumed' as const, ...stamp(situation), why: 'customer-replied' as const }] : [])] }
}

export const resume = (_record: IncidentRecord, situation: Situation): Decision => ({ events: [{ type: 'resumed', ...stamp(situation), why: 'asked' }] })

export const resolve = (record: IncidentRecord, { code, text, serviceRestored }: CommandOf<'resolve'>, situation: Situation): Decision => {
  if (!serviceRestored) return refuse('service_not_restored', `incident ${record.ref} is resolved only when the service is restored: check it, then send serviceRestored true`)
  const on = boundWords(record)
  if (on !== '') return refuse('resources_not_released', `incident ${record.ref} is resolved when what was sent for it is released (release-deployment): ${on}`)
  const unasked = counselFault(record, situation)
  if (unasked !== null) return unasked
  return { events: [...lateClocks(record, ofIncident, situation), { type: 'resolved', ...stamp(situation), receivedAt: situation.receivedAt, code, text, serviceRestored }] }
}

/** Within the window; later a new incident is logged and linked. The grace for its clocks is given once (INCIDENTS 2.11 row 5). */
export const reopen = (record: IncidentRecord, { reason, take }: CommandOf<'reopen'>, situation: Situation): Decision => {
  if (record.confirmUntil !== null && situation.receivedAt > record.confirmUntil) return refuse('window_over', `incident ${record.ref} could be reopened until ${isoOf(record.confirmUntil)}: log a new incident`)
  return { events: [{ type: 'reopened', ...stamp(situation), reason, take, graceGiven: record.reopens === 0 }] }
}

export const close = (record: IncidentRecord, situation: Situation): Decision => {
  const missing = missingForClosing(record)
  return missing.length === 0 ? { events: [{ type: 'closed', ...stamp(situation), why: 'asked' }] } : refuse('not_complete', `incident ${record.ref} cannot be closed yet; missing: ${missing.join('; ')}`)
}

/** Clocks end without a verdict, but what was late by then stays late, also where nobody has recorded it yet. */
const lateBefore = (record: IncidentRecord, situation: Situation) => lateClocks(record, () => true, situation)

/** Whoever was told that something is wrong hears that it is not, since nothing follows. */
export const cancel = (record: IncidentRecord, { reason, withdrawn }: CommandOf<'cancel'>, situation: Situation): Decision =>
  (withdrawn === true ? null : owedWord(record)) ?? { events: [...lateBefore(record, situation), { type: 'cancelled', ...stamp(situation), reason }] }

/** What goes on elsewhere keeps its weight: nothing that counts is lost by a merge. */
const weighsLess = (record: IncidentRecord, into: string, target: NonNullable<CommandOf<'merge'>['target']>, situation: Situation): Decision | null => {
  if (record.type === 'incident' && target.type !== 'incident') return refuse('target_no_incident', `${into} is of type ${target.type}, which has neither clocks nor a ladder: incident ${record.ref} can be merged into an incident`)
  if (record.drill !== target.drill) return refuse('target_of_other_kind', `${into} is ${target.drill ? 'a drill' : 'no drill'}, incident ${record.ref} is ${record.drill ? 'one' : 'not'}: drills are merged into drills alone`)
  if (record.major && !target.major && !leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref} is major and ${into} is not: only a duty manager may merge it`)
  return null
}

export const merge = (record: IncidentRecord, { into, targetActive, target = null }: CommandOf<'merge'>, situation: Situation): Decision => {
  if (into === record.ref) return refuse('same_incident', `incident ${record.ref} cannot be merged into itself`)
  const lighter = target === null || !targetActive ? null : weighsLess(record, into, target, situation)
  if (lighter !== null) return lighter
  return targetActive ? { events: [...lateBefore(record, situation), { type: 'merged', ...stamp(situation), into }] } : refuse('target_not_active', `incident ${into} is not active: ${record.ref} cannot be merged into it`)
}
