import type { ContactResolution, ContactResponses } from '../contact-figures.ts'
import { instantOf, type Instant } from '../time.ts'
import type { LegView } from './leg-view.ts'

const at = (value: number): Instant | null => (value === 0 ? null : instantOf(value))

/** The answers of one conversation; undefined where nobody answered and nobody is awaited. */
export const responsesOfLeg = (view: LegView): ContactResponses | undefined => {
  const { responses, unansweredSince } = view
  if (responses === 0 && unansweredSince === 0) return undefined
  const later = view.firstResponded ? 1 : 0
  let [ms, businessMs] = [0, 0]
  for (let i = later; i < responses; i++) {
    ms += view.respondedAt[i] - view.askedAt[i]
    businessMs += view.responseBusinessMs[i]
  }
  return {
    first: later === 0 ? null : { at: instantOf(view.respondedAt[0]), ms: view.respondedAt[0] - view.askedAt[0], businessMs: view.responseBusinessMs[0], by: view.responder[0] < 0 ? null : view.responder[0] },
    next: responses === later ? null : { n: responses - later, ms, businessMs, firstAt: instantOf(view.respondedAt[later]), lastAt: instantOf(view.respondedAt[responses - 1]) },
    unansweredSince: at(unansweredSince),
    dueAt: at(view.dueAt),
  }
}

/** Undefined of calls, and of conversations that ended otherwise. */
export const resolutionOfLeg = ({ resolutionMs, resolutionBusinessMs, resolvedConversationAt, resolutionSince, reopened }: LegView): ContactResolution | undefined =>
  resolutionMs < 0 ? undefined : { at: at(resolvedConversationAt), ms: resolutionMs, businessMs: resolutionBusinessMs, reopened, runningSince: at(resolutionSince) }
