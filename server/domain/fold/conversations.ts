import type { LegView } from './leg-view.ts'

/** A written conversation that is not over; `unansweredSince` and `dueAt` are 0 while nobody waits for an answer. */
export interface Conversation {
  readonly unansweredSince: number
  readonly dueAt: number
}

/** The open written conversations of each queue, by their legs. */
export class Conversations {
  readonly #ofQueue = new Map<number, Map<number, Conversation>>()

  replace(leg: number, before: LegView, after: LegView): void {
    if (before.isOpen) this.#ofQueue.get(before.queue)?.delete(leg)
    if (!after.isOpen) return
    const known = this.#ofQueue.get(after.queue) ?? new Map<number, Conversation>()
    known.set(leg, { unansweredSince: after.unansweredSince, dueAt: after.dueAt })
    this.#ofQueue.set(after.queue, known)
  }

  of(queue: number): Iterable<Conversation> {
    return this.#ofQueue.get(queue)?.values() ?? []
  }
}
