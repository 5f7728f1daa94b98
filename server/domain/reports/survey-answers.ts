import type { ContactFigures, LateAnswer } from '../contact-figures.ts'
import type { AgentNumber, TextId } from '../platform-events.ts'
import { DAY, instantOf, type Instant } from '../time.ts'

/** One answer of a customer, and whether somebody owes them a call. */
export interface SurveyAnswer {
  readonly contactId: string
  readonly queue: string
  readonly agent: AgentNumber | null
  readonly at: Instant
  /** From 1 to 5. */
  readonly score: number
  readonly comment: TextId | null
  /** A score of 2 or less opens one, due within a day. */
  readonly followUp: { readonly dueAt: Instant; readonly state: 'open' | 'late' | 'done'; readonly doneAt: Instant | null } | null
}

const OPENS_AT_MOST = 2

const followUpOf = (score: number, at: Instant, doneAt: Instant | null, asOf: Instant): SurveyAnswer['followUp'] => {
  const dueAt = instantOf(at + DAY)
  return score > OPENS_AT_MOST ? null : { dueAt, state: doneAt !== null ? 'done' : asOf > dueAt ? 'late' : 'open', doneAt }
}

/** Of a contact that nobody knows any more: the answer itself says its queue. */
export const loneAnswerOf = ({ contactId, queue, at, score, comment }: LateAnswer, doneAt: Instant | null, asOf: Instant): SurveyAnswer => ({ contactId, queue: queue ?? '', agent: null, at, score, comment, followUp: followUpOf(score, at, doneAt, asOf) })

/** What of a contact its answer is told from. */
export type SurveyedContact = Pick<ContactFigures, 'contactId' | 'queue' | 'agent' | 'queuedAt' | 'surveyScore' | 'surveyAt' | 'surveyComment'>

export const surveyedContactOf = ({ contactId, queue, agent, queuedAt, surveyScore, surveyAt, surveyComment }: SurveyedContact): SurveyedContact => ({ contactId, queue, agent, queuedAt, surveyScore, surveyAt, surveyComment })

export const surveyAnswerOf = (contact: SurveyedContact, doneAt: Instant | null, asOf: Instant): SurveyAnswer | null => {
  const { surveyScore: score, surveyAt: at, contactId, queue, agent, surveyComment: comment } = contact
  if (score === null || at === null) return null
  return { contactId, queue, agent, at, score, comment, followUp: followUpOf(score, at, doneAt, asOf) }
}
