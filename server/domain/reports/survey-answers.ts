import type { ContactFigures } from '../floor.ts'
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

export const surveyAnswerOf = (contact: ContactFigures, doneAt: Instant | null, asOf: Instant): SurveyAnswer | null => {
  const { surveyScore: score, surveyAt: at, contactId, queue, agent, surveyComment: comment } = contact
  if (score === null || at === null) return null
  const dueAt = instantOf(at + DAY)
  return { contactId, queue, agent, at, score, comment, followUp: score > OPENS_AT_MOST ? null : { dueAt, state: doneAt !== null ? 'done' : asOf > dueAt ? 'late' : 'open', doneAt } }
}
