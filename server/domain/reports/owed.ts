import type { ContactFigures, LateAnswer } from '../contact-figures.ts'
import type { Instant } from '../time.ts'
import { callbackFigures, callbackRowOf, type CallbackFigures } from './callbacks.ts'
import { loneAnswerOf, surveyAnswerOf, type SurveyAnswer, type SurveyedContact } from './survey-answers.ts'

/** What customers are owed now: callbacks that were promised, and calls after bad answers. */
export interface Owed {
  readonly callbacks: Pick<CallbackFigures, 'dueNow' | 'oldestDueAt' | 'scheduled' | 'promisedWithinHour'>
  readonly followUps: { readonly open: number; readonly late: number }
}

/** A bad answer, whoever of contact or lone answer tells of it; `settle` says what became of it. */
export interface BadAnswer {
  readonly contactId: string
  readonly settle: (doneAt: Instant | null, asOf: Instant) => SurveyAnswer | null
}

const isBad = (answer: SurveyAnswer | null): boolean => answer !== null && answer.followUp !== null

/**
 * Bad answers since an instant. `late`: of contacts that were history when their answer came; the newest of a contact counts, so that one who
 * thought better of it afterwards is owed nothing.
 */
export const badAnswers = (contacts: Iterable<SurveyedContact>, late: readonly LateAnswer[], { since, asOf }: { readonly since: Instant; readonly asOf: Instant }): readonly BadAnswer[] => {
  const newest = new Map(late.map((answer) => [answer.contactId, answer]))
  const found: BadAnswer[] = []
  for (const contact of contacts) {
    const answered = contact.surveyAt
    if (answered === null || answered < since || (newest.get(contact.contactId)?.at ?? 0) > answered) continue
    newest.delete(contact.contactId)
    if (isBad(surveyAnswerOf(contact, null, asOf))) found.push({ contactId: contact.contactId, settle: (doneAt, at) => surveyAnswerOf(contact, doneAt, at) })
  }
  for (const answer of newest.values()) if (answer.at >= since && isBad(loneAnswerOf(answer, null, asOf))) found.push({ contactId: answer.contactId, settle: (doneAt, at) => loneAnswerOf(answer, doneAt, at) })
  return found
}

export const owedOf = ({ callbacks, answers, doneAt, asOf }: { readonly callbacks: readonly ContactFigures[]; readonly answers: readonly BadAnswer[]; readonly doneAt: (contactId: string) => Instant | null; readonly asOf: Instant }): Owed => {
  const { dueNow, oldestDueAt, scheduled, promisedWithinHour } = callbackFigures(callbacks.flatMap((contact) => callbackRowOf(contact, asOf) ?? []), asOf)
  const states = answers.map(({ contactId, settle }) => settle(doneAt(contactId), asOf)?.followUp?.state)
  const count = (state: 'open' | 'late'): number => states.filter((found) => found === state).length
  return { callbacks: { dueNow, oldestDueAt, scheduled, promisedWithinHour }, followUps: { open: count('open'), late: count('late') } }
}
