import type { ContactFigures } from '../floor.ts'
import { instantOf, QUARTER_HOUR, type Instant } from '../time.ts'

/** Contacts of one queue that ended in one quarter hour, and whose customer did not come again within D: cohorts of any day, week or zone are sums of these. */
export interface CohortRow {
  readonly from: Instant
  /** Null: the whole site, where an interaction over several queues counts once. */
  readonly queue: string | null
  /** Answered inbound contacts, whether or not their customer is known. */
  readonly answered: number
  /** Interactions of known customers. */
  readonly eligible: number
  readonly resolvedAtFirst: number
}

export interface CohortTally {
  /** Contacts from before the range until D after it, oldest first. */
  readonly add: (contact: ContactFigures) => void
  /** Rows of what ended before `before`, and forgets it: nothing that is still to come may repeat it. */
  readonly take: (before: Instant) => readonly CohortRow[]
}

export interface CohortRange {
  readonly from: Instant
  readonly to: Instant
  /** D of a queue, or of the site. */
  readonly windowMs: (queue: string | null) => number
}

interface Ended {
  readonly queue: string | null
  readonly at: Instant
  readonly interaction: string
  repeated: boolean
  readonly resolved: boolean | null
}

const interactionOf = ({ rootContactId, contactId }: ContactFigures): string => rootContactId ?? contactId
const quarterOf = (at: Instant): Instant => instantOf(Math.floor(at / QUARTER_HOUR) * QUARTER_HOUR)

/** Not eligible: unknown customers, our own calls, whoever was not answered; a transfer within one interaction is no repeat. */
export const cohortTally = ({ from, to, windowMs }: CohortRange): CohortTally => {
  const byCustomer = new Map<string, Ended[]>()
  let answered: { readonly queue: string | null; readonly at: Instant }[] = []

  return {
    add: (contact) => {
      if (contact.direction === 'out') return
      const interaction = interactionOf(contact)
      const { subject, queuedAt, endedAt, outcome, resolved } = contact
      const known = subject === null ? [] : (byCustomer.get(subject) ?? [])
      for (const one of known) if (one.interaction !== interaction && queuedAt > one.at && queuedAt - one.at <= windowMs(one.queue)) one.repeated = true
      if (outcome !== 'answered' || endedAt === null || endedAt < from || endedAt >= to) return
      const counted = [null, contact.queue].map((queue) => ({ queue, at: endedAt, interaction, repeated: false, resolved }))
      answered.push(...counted)
      // The last leg of an interaction speaks for it.
      if (subject !== null) byCustomer.set(subject, [...known.filter((one) => one.interaction !== interaction || !counted.some(({ queue }) => queue === one.queue)), ...counted])
    },
    take: (before) => {
      const rows = new Map<string, { from: Instant; queue: string | null; answered: number; eligible: number; resolvedAtFirst: number }>()
      const rowOf = (queue: string | null, at: Instant) => {
        const key = JSON.stringify([quarterOf(at), queue])
        const row = rows.get(key) ?? { from: quarterOf(at), queue, answered: 0, eligible: 0, resolvedAtFirst: 0 }
        rows.set(key, row)
        return row
      }
      for (const { queue, at } of answered) if (at < before) rowOf(queue, at).answered += 1
      answered = answered.filter(({ at }) => at >= before)
      for (const [subject, all] of byCustomer) {
        for (const { queue, at, repeated, resolved } of all) {
          if (at >= before) continue
          rowOf(queue, at).eligible += 1
          if (!repeated && resolved !== false) rowOf(queue, at).resolvedAtFirst += 1
        }
        const rest = all.filter(({ at }) => at >= before)
        if (rest.length === 0) byCustomer.delete(subject)
        else byCustomer.set(subject, rest)
      }
      return [...rows.values()].sort((a, b) => a.from - b.from || ((a.queue ?? '') < (b.queue ?? '') ? -1 : 1))
    },
  }
}
