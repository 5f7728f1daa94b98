import { HOUR, later, type Instant } from '../time.ts'
import type { TextId } from '../platform-events.ts'
import type { IncidentRecord, PersonId } from './incident.ts'
import { calendarFor, type Rules } from './rules.ts'

export const reviewStages = ['draft', 'in-review', 'agreed', 'closed'] as const
export type ReviewStage = (typeof reviewStages)[number]

/** What a post-incident review says; its timeline is the log of the incident. */
export const reviewFields = ['impact', 'kpiLoss', 'rootCause', 'contributingCauses', 'wentWell', 'luck', 'lessons'] as const
export type ReviewField = (typeof reviewFields)[number]
/** Without these nobody can agree to it. */
export const neededForReview: readonly ReviewField[] = ['impact', 'rootCause', 'lessons']

/** Told when it is due, and again every business day until it is done. */
interface FollowUp {
  readonly dueAt: Instant
  readonly told: number
  readonly nextAt: Instant
}

export interface ReviewAction extends FollowUp {
  /** Of this incident: `a7`. */
  readonly id: string
  readonly text: TextId
  readonly owner: PersonId
  /** The figure by which one sees that it helped. */
  readonly metric: TextId
  readonly doneAt: Instant | null
  readonly outcome: TextId | null
}

/** The document of a review (PIR). */
export interface IncidentReview {
  readonly stage: ReviewStage
  /** When people are to meet over it; null: nobody has to. */
  readonly meeting: FollowUp | null
  /** When they do, or did. */
  readonly meetingAt: Instant | null
  readonly texts: Readonly<Partial<Record<ReviewField, TextId>>>
  readonly actions: readonly ReviewAction[]
  readonly agreedAt: Instant | null
}

export const emptyReview: IncidentReview = { stage: 'draft', meeting: null, meetingAt: null, texts: {}, actions: [], agreedAt: null }

const followUp = (dueAt: Instant): FollowUp => ({ dueAt, told: 0, nextAt: dueAt })

/** P1 and major: within three calendar days; P2 within five business days. A late P3 or P4 owes one line, and no meeting (PRACTICE 1). */
export const meetingDue = (record: IncidentRecord, resolvedAt: Instant, rules: Rules): FollowUp | null => {
  if (record.type === 'problem') return null
  if (record.priority === 'P1' || record.major) return followUp(later(resolvedAt, 72 * HOUR))
  if (record.priority !== 'P2') return null
  return followUp(calendarFor(rules, 'service', record).addBusinessDays(resolvedAt, 5) ?? later(resolvedAt, 168 * HOUR))
}
export const newAction = ({ dueAt, ...action }: Pick<ReviewAction, 'id' | 'text' | 'owner' | 'metric' | 'dueAt'>): ReviewAction => ({ ...action, ...followUp(dueAt), doneAt: null, outcome: null })

export interface OwedFollowUp extends FollowUp {
  /** `meeting`, or the id of an action. */
  readonly what: string
  /** null: whoever has the incident. */
  readonly owner: PersonId | null
}

/** What of a review is still to be done, whatever became of the incident: the soonest first. */
export const owedFollowUps = ({ state, review, pir }: Pick<IncidentRecord, 'state' | 'review' | 'pir'>): readonly OwedFollowUp[] => {
  if (pir === null || (state !== 'resolved' && state !== 'closed')) return []
  const { meeting, meetingAt, stage, actions } = pir
  const unmet = meeting !== null && meetingAt === null && stage === 'draft' && review === 'none' && state === 'resolved'
  const open = actions.filter(({ doneAt }) => doneAt === null).map(({ id, owner, dueAt, told, nextAt }) => ({ what: id, owner, dueAt, told, nextAt }))
  return [...(unmet ? [{ what: 'meeting', owner: null, ...meeting }] : []), ...open].sort((a, b) => a.nextAt - b.nextAt)
}
