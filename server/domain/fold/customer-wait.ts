import { LEG, LEG_STRIDE, NONE } from '../legs.ts'
import type { FloorState } from './floor-state.ts'
import { LegView } from './leg-view.ts'

/** What is read into it is used up before anything else is read: a view is 6 kB, and a queue asks for one of each who waits. */
const VIEW = new LegView()

/** When the visits of a contact, from leg `first` on, first stood in a queue; Infinity where none did. */
const firstQueuedOf = ({ legs, reader }: FloorState, first: number): number => {
  let earliest = Infinity
  for (let leg = first; leg !== NONE; leg = legs.cells[leg * LEG_STRIDE + LEG.next]) {
    reader.read(leg, VIEW)
    if (VIEW.offered && VIEW.queuedAt < earliest) earliest = VIEW.queuedAt
  }
  return earliest
}

/** When the customer of a waiting leg first stood in a queue: of this contact, or of the one that it was passed on from. */
export const firstEnqueuedOf = (state: FloorState, leg: number): number => {
  const { legs, live } = state
  const first = legs.contacts.first[legs.contactOf(leg)]
  const root = legs.roots.get(first) ?? legs.roots.get(leg)
  const since = live.sinceOf(leg)
  if (root === undefined && legs.cells[first * LEG_STRIDE + LEG.next] === NONE) return since
  const before = root === undefined || root === legs.contactIdOf(leg) ? Infinity : firstQueuedOf(state, legs.contacts.firstOf(root))
  return Math.min(since, firstQueuedOf(state, first), before)
}

/** First enqueue of the customer who is longest on the way of those who wait in the queue (METRICS section 1); null when nobody waits. */
export const oldestCustomerSince = (state: FloorState, queue: number): number | null => {
  const { legs, live } = state
  let oldest: number | null = null
  for (let leg = live.oldestWaiting(queue); leg !== NONE; leg = legs.cells[leg * LEG_STRIDE + LEG.after]) {
    const since = firstEnqueuedOf(state, leg)
    if (oldest === null || since < oldest) oldest = since
  }
  return oldest
}
