import type { LateAnswer } from '../contact-figures.ts'
import { LEG, LEG_STRIDE, NONE } from '../legs.ts'
import { HOUR, instantOf } from '../time.ts'
import type { FloorState } from './floor-state.ts'
import { LegView } from './leg-view.ts'

/** The book of a day is made from contacts up to 48 hours after they came: what is said later is not in it. */
const BOOKED_MS = 46 * HOUR

/** Answers that no book will have with their contact: it came too long before, or is not known here. Of these contacts, or of all. */
export const readLateAnswers = (state: FloorState, contactIds: readonly string[] | null): readonly LateAnswer[] => {
  const { legs, queues, reader } = state
  const view = new LegView()
  const found: LateAnswer[] = []
  const look = (leg: number): void => {
    reader.read(leg, view)
    if (!view.surveyed || (view.offered && view.surveyAt - view.queuedAt <= BOOKED_MS)) return
    const contact = legs.contactOf(leg)
    found.push({ contactId: legs.contacts.ids[contact], queue: view.queue < 0 ? null : queues.ids[view.queue], at: instantOf(view.surveyAt), score: view.surveyScore, comment: legs.comments.get(contact)?.[1] ?? null })
  }
  if (contactIds === null) {
    for (let leg = 0; leg < legs.top; leg++) if (legs.cells[leg * LEG_STRIDE + LEG.used] !== 0) look(leg)
    return found
  }
  for (const id of contactIds) {
    const contact = legs.contacts.of(id)
    if (contact === NONE) continue
    for (let leg = legs.contacts.first[contact]; leg !== NONE; leg = legs.cells[leg * LEG_STRIDE + LEG.next]) look(leg)
  }
  return found
}
