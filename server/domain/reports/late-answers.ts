import type { ContactFigures, LateAnswer } from '../contact-figures.ts'
import { SURVEY_OPEN_MS } from '../fold/leg-view.ts'

/** Gives contacts of history, oldest first, the answers that came after their book was made; each answer to one visit. */
export const withLateAnswers = (answers: readonly LateAnswer[]): ((contact: ContactFigures) => ContactFigures) => {
  if (answers.length === 0) return (contact) => contact
  const waiting = new Map(answers.map((answer) => [answer.contactId, answer]))
  return (contact) => {
    const answer = waiting.get(contact.contactId)
    if (answer === undefined || contact.outcome !== 'answered' || (answer.queue !== null && answer.queue !== contact.queue)) return contact
    if (answer.at < contact.queuedAt || answer.at - (contact.endedAt ?? contact.queuedAt) > SURVEY_OPEN_MS) return contact
    // One that was edited since: the last word counts.
    if (contact.surveyAt !== null && contact.surveyAt >= answer.at) return contact
    waiting.delete(contact.contactId)
    return { ...contact, surveyScore: answer.score, surveyAt: answer.at, surveyComment: answer.comment }
  }
}
