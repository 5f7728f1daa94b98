import type { ContactFigures } from '../contact-figures.ts'
import type { QueueSettings } from '../settings.ts'

/** Why contacts were not served. */

export interface LostReason {
  readonly queue: string
  readonly outcome: 'abandoned' | 'flowed-out' | 'system' | 'refused' | 'callback'
  /** Of an abandon how long it had waited; of others what the platform says. */
  readonly reason: string
  readonly contacts: number
  /** Of all that came to the queue in the range. */
  readonly share: number
  readonly waitMsMean: number | null
}

const reasonOf = (contact: ContactFigures, settings: QueueSettings): string => {
  if (contact.outcome !== 'abandoned') return contact.reason ?? 'unknown'
  const wait = contact.waitMs ?? 0
  if (wait <= settings.shortAbandonMs) return 'short'
  if (wait <= settings.target.withinMs) return 'within-target'
  return wait <= 2 * settings.target.withinMs ? 'within-twice-target' : 'long-wait'
}

type Lost = Exclude<ContactFigures['outcome'], 'answered' | 'pending'>
const isLost = (outcome: ContactFigures['outcome']): outcome is Lost => outcome !== 'answered' && outcome !== 'pending'

/** Counts by queue, outcome and reason, most frequent first; a contact at a time, so any range fits. */
export const lostTally = (settingsOf: (queue: string) => QueueSettings) => {
  const offered = new Map<string, number>()
  const found = new Map<string, { readonly queue: string; readonly outcome: Lost; readonly reason: string; contacts: number; waited: number; waits: number }>()
  return {
    add: (contact: ContactFigures): void => {
      offered.set(contact.queue, (offered.get(contact.queue) ?? 0) + 1)
      if (!isLost(contact.outcome)) return
      const reason = reasonOf(contact, settingsOf(contact.queue))
      const key = JSON.stringify([contact.queue, contact.outcome, reason])
      const one = found.get(key) ?? { queue: contact.queue, outcome: contact.outcome, reason, contacts: 0, waited: 0, waits: 0 }
      one.contacts += 1
      if (contact.waitMs !== null) {
        one.waited += contact.waitMs
        one.waits += 1
      }
      found.set(key, one)
    },
    rows: (): readonly LostReason[] =>
      [...found.values()]
        .sort((a, b) => b.contacts - a.contacts || (a.queue < b.queue ? -1 : 1))
        .map(({ queue, outcome, reason, contacts, waited, waits }) => ({ queue, outcome, reason, contacts, share: contacts / (offered.get(queue) ?? contacts), waitMsMean: waits === 0 ? null : Math.round(waited / waits) })),
  }
}
