import type { CanonicalEvent } from '../../server/contract/events.ts'

/** Who called before: follows the simulation's events, so that the door can be told when a customer's last contact ended. */
export interface Returning {
  /** Follows the events; gives customers who come back in them, with the end of their contact before. */
  readonly follow: (events: readonly CanonicalEvent[]) => ReadonlyMap<string, number>
}

const WEEK = 604_800_000
const PRUNE_ABOVE = 60_000

export const createReturning = (): Returning => {
  const owners = new Map<string, string>()
  const ended = new Map<string, number>()

  const prune = (now: number): void => {
    if (ended.size < PRUNE_ABOVE) return
    for (const [ref, at] of ended) if (now - at > WEEK) ended.delete(ref)
  }
  return {
    follow: (events) => {
      const back = new Map<string, number>()
      for (const event of events) {
        const at = Date.parse(event.occurredAt)
        if (event.type === 'contact.queued' && typeof event.customer?.ref === 'string') {
          const { ref } = event.customer
          const before = ended.get(ref)
          if (before !== undefined && at - before <= WEEK) back.set(ref, before)
          owners.set(event.contactId, ref)
        }
        if (event.type === 'contact.abandoned') owners.delete(event.contactId)
        if (event.type === 'contact.ended') {
          const ref = owners.get(event.contactId)
          owners.delete(event.contactId)
          if (ref !== undefined) {
            // Newest last, so that the oldest are found first when the table is cut.
            ended.delete(ref)
            ended.set(ref, at)
          }
        }
      }
      const last = events.at(-1)
      if (last) prune(Date.parse(last.occurredAt))
      return back
    },
  }
}
