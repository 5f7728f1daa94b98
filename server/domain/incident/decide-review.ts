import { personNamed, resolvedTargets, type Directory } from '../escalation/directory.ts'
import { later, HOUR, type Instant } from '../time.ts'
import type { CommandOf } from './commands.ts'
import { leads } from './decide-progress.ts'
import type { IncidentEvent } from './events.ts'
import { systemActor, type IncidentRecord } from './incident.ts'
import { emptyReview, neededForReview, owedFollowUps, reviewFields, type ReviewStage } from './review.ts'
import { calendarFor, type Rules } from './rules.ts'
import { stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const pirOf = ({ pir }: Pick<IncidentRecord, 'pir'>) => pir ?? emptyReview

/** In one sentence, or not at all: only whoever leads may waive it. */
export const review = (record: IncidentRecord, { text, outcome }: CommandOf<'review'>, situation: Situation): Decision =>
  outcome === 'waived' && !leads(situation) ? refuse('needs_duty_manager', `incident ${record.ref}: only a duty manager may waive its review`) : { events: [{ type: 'reviewed', ...stamp(situation), text, outcome }] }

/** Fills the document; what was agreed is agreed, and goes back to a draft before it is changed. */
export const writeReview = (record: IncidentRecord, { texts, meetingAt }: CommandOf<'write-review'>, situation: Situation): Decision => {
  const { stage } = pirOf(record)
  if (stage === 'agreed' || stage === 'closed') return refuse('review_agreed', `incident ${record.ref}: its review is ${stage}; move-review to draft opens it again`)
  const filled = reviewFields.filter((field) => texts[field] !== undefined)
  if (filled.length === 0 && meetingAt === null) return refuse('nothing_given', `incident ${record.ref}: name at least one of ${reviewFields.join(', ')}, or meetingAt`)
  return { events: [{ type: 'review-written', ...stamp(situation), filled, texts, meetingAt }] }
}

export const addReviewAction = (record: IncidentRecord, { text, owner, dueAt, metric }: CommandOf<'add-review-action'>, situation: Situation): Decision => {
  const person = personNamed(situation.directory, owner)?.id ?? null
  if (person === null) return refuse('unknown_person', `there is no person "${owner}" on this site`)
  if (dueAt <= situation.now) return refuse('due_in_the_past', `incident ${record.ref}: dueAt must lie in the future`)
  if (pirOf(record).stage === 'closed') return refuse('review_closed', `incident ${record.ref}: its review is closed`)
  return { events: [{ type: 'review-action-added', ...stamp(situation), action: `a${record.version + 1}`, text, owner: person, dueAt, metric }] }
}

export const completeReviewAction = (record: IncidentRecord, { action, outcome }: CommandOf<'complete-review-action'>, situation: Situation): Decision => {
  const found = pirOf(record).actions.find(({ id }) => id === action)
  if (found === undefined) return refuse('unknown_action', `incident ${record.ref}: its review has no action "${action}"`)
  return { events: found.doneAt === null ? [{ type: 'review-action-done', ...stamp(situation), action, text: outcome }] : [] }
}

const after: Readonly<Record<ReviewStage, readonly ReviewStage[]>> = { draft: ['in-review'], 'in-review': ['agreed', 'draft'], agreed: ['closed', 'draft'], closed: [] }

/** Draft, in review, agreed, closed: the needed fields before others read it, whoever leads agrees, all actions done before it is closed. */
export const moveReview = (record: IncidentRecord, { to }: CommandOf<'move-review'>, situation: Situation): Decision => {
  const { stage, texts, actions } = pirOf(record)
  const refused = (code: string, detail: string, missing?: readonly string[]): Decision => refuse(code, `incident ${record.ref}: ${detail}`, missing === undefined ? {} : { missing })
  if (!after[stage].includes(to)) return refused('not_in_this_stage', `its review is ${stage}, and goes on to ${after[stage].join(' or ') || 'nothing'}`)
  const missing = neededForReview.filter((field) => texts[field] === undefined)
  if (to === 'in-review' && missing.length > 0) return refused('not_complete', `its review still lacks ${missing.join(', ')} (write-review)`, missing)
  if (to === 'agreed' && !leads(situation)) return refused('needs_duty_manager', 'a duty manager agrees to a review')
  const open = actions.filter(({ doneAt }) => doneAt === null).map(({ id }) => id)
  if (to === 'closed' && open.length > 0) return refused('actions_open', `its review has open actions: ${open.join(', ')} (complete-review-action)`)
  return { events: [{ type: 'review-moved', ...stamp(situation), to }] }
}

/** Whoever owes it; a day later whoever supervises too, then the duty managers, every business day until it is done. */
const RUNGS: readonly (readonly string[])[] = [[], ['supervisor'], ['supervisor', 'duty-manager']]

export const remindedOfFollowUp = (record: IncidentRecord, { now, firedAt, rules, directory }: { readonly now: Instant; readonly firedAt: Instant; readonly rules: Rules; readonly directory: Directory }): readonly IncidentEvent[] => {
  const [owed] = owedFollowUps(record)
  if (owed === undefined) return []
  const roles = owed.owner === null && record.owner === null ? ['supervisor', 'duty-manager'] : (RUNGS[Math.min(owed.told, RUNGS.length - 1)] ?? [])
  const owner = owed.owner ?? record.owner
  const people = [...new Set([...(owner === null ? [] : [owner]), ...resolvedTargets(roles.map((role) => ({ role })), directory).flatMap((target) => target.people)])]
  const nextAt = calendarFor(rules, 'service', record).addBusinessDays(firedAt, 1) ?? later(firedAt, 24 * HOUR)
  return [{ type: 'follow-up-overdue', at: now, by: systemActor, what: owed.what, dueAt: owed.dueAt, told: owed.told + 1, nextAt, people }]
}
