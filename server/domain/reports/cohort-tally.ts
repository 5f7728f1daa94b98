import type { ContactFigures } from '../contact-figures.ts'
import { addVerdict, emptyCohortSums, type CohortSums, type CohortVerdict } from '../kpi/cohort-sums.ts'
import type { AgentNumber, Channel } from '../platform-events.ts'
import { HOUR, instantOf, QUARTER_HOUR, type Instant } from '../time.ts'

/** Contacts of one queue that ended in one quarter hour, and whose customer did not come again within D: cohorts of any day, week or zone are sums of these. */
export interface CohortRow extends Readonly<CohortSums> {
  readonly from: Instant
  /** Null: the whole site, where an interaction over several queues counts once. */
  readonly queue: string | null
}

/** An answered contact behind the rows. */
export interface CohortContact {
  readonly leg: CohortLeg
  /** By the rows of its queue and by D of it; by those of the site. */
  readonly inQueue: CohortVerdict
  readonly inSite: CohortVerdict
}

export interface CohortLeg {
  readonly contactId: string
  readonly legId: string
  readonly queue: string
  readonly channel: Channel
  /** Whoever handled it last; null where no agent is named. */
  readonly agent: AgentNumber | null
  readonly endedAt: Instant
}

export interface CohortTally {
  /** Contacts from before the range until D after it, oldest first. */
  readonly add: (contact: ContactFigures) => void
  /** Rows of what ended before `before`, and forgets it: nothing that is still to come may repeat it. `tell` hears of each contact behind them. */
  readonly take: (before: Instant, tell?: (contact: CohortContact) => void) => readonly CohortRow[]
}

export interface CohortRange {
  readonly from: Instant
  readonly to: Instant
  /** D of a queue, or of the site. */
  readonly windowMs: (queue: string | null) => number
}

/** A contact that ended in a range began at most so long before: floors and books hold none that lasted longer. */
export const BEGAN_MS = 50 * HOUR

interface Ended extends CohortLeg {
  readonly interaction: string
  readonly known: boolean
  readonly resolved: boolean | null
  /** The last leg of an interaction speaks for it: of those in its queue, and of all in the site. */
  speaksInQueue: boolean
  speaksInSite: boolean
  againInQueue: boolean
  againInSite: boolean
}

const interactionOf = ({ rootContactId, contactId }: ContactFigures): string => rootContactId ?? contactId
const verdictOf = ({ known, resolved }: Ended, speaks: boolean, again: boolean): CohortVerdict => (!known || !speaks ? 'none' : again || resolved === false ? 'again' : 'resolved')

/** Not eligible: unknown customers, our own calls, whoever was not answered; a transfer within one interaction is no repeat. */
export const cohortTally = ({ from, to, windowMs }: CohortRange): CohortTally => {
  const byCustomer = new Map<string, Ended[]>()
  let counted: Ended[] = []

  return {
    add: (contact) => {
      if (contact.direction === 'out') return
      const interaction = interactionOf(contact)
      const { contactId, legId, queue, channel, agent, subject, queuedAt, endedAt, outcome, resolved } = contact
      const handled = outcome === 'answered' && endedAt !== null && endedAt - queuedAt <= BEGAN_MS
      const before = subject === null ? [] : (byCustomer.get(subject) ?? [])
      for (const one of before) {
        const gap = queuedAt - one.endedAt
        const [inQueue, inSite] = [gap <= windowMs(one.queue), gap <= windowMs(null)]
        if (one.interaction !== interaction) {
          if (gap > 0 && inQueue) one.againInQueue = true
          if (gap > 0 && inSite) one.againInSite = true
        } else if (handled) {
          if (inQueue && one.queue === queue) one.speaksInQueue = false
          if (inSite) one.speaksInSite = false
        }
      }
      if (!handled || endedAt < from || endedAt >= to) return
      const ended: Ended = { contactId, legId, queue, channel, agent, endedAt, interaction, known: subject !== null, resolved, speaksInQueue: true, speaksInSite: true, againInQueue: false, againInSite: false }
      counted.push(ended)
      if (subject !== null) byCustomer.set(subject, [...before, ended])
    },
    take: (before, tell) => {
      const rows = new Map<string | null, Map<number, CohortSums>>()
      const count = (queue: string | null, endedAt: Instant, verdict: CohortVerdict): void => {
        const quarters = rows.get(queue) ?? new Map<number, CohortSums>()
        rows.set(queue, quarters)
        const quarter = Math.floor(endedAt / QUARTER_HOUR) * QUARTER_HOUR
        const row = quarters.get(quarter) ?? emptyCohortSums()
        quarters.set(quarter, row)
        addVerdict(row, verdict)
      }
      const rest: Ended[] = []
      for (const one of counted) {
        if (one.endedAt >= before) {
          rest.push(one)
          continue
        }
        const inQueue = verdictOf(one, one.speaksInQueue, one.againInQueue)
        const inSite = verdictOf(one, one.speaksInSite, one.againInSite)
        count(null, one.endedAt, inSite)
        count(one.queue, one.endedAt, inQueue)
        tell?.({ leg: one, inQueue, inSite })
      }
      counted = rest
      for (const [subject, all] of byCustomer) {
        const later = all.filter(({ endedAt }) => endedAt >= before)
        if (later.length === 0) byCustomer.delete(subject)
        else if (later.length < all.length) byCustomer.set(subject, later)
      }
      return [...rows]
        .flatMap(([queue, quarters]) => [...quarters].map(([quarter, row]) => ({ from: instantOf(quarter), queue, ...row })))
        .sort((a, b) => a.from - b.from || ((a.queue ?? '') < (b.queue ?? '') ? -1 : 1))
    },
  }
}
