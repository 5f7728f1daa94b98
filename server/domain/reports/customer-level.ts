import type { ContactFigures, ContactOutcome } from '../contact-figures.ts'
import { bucketOf, percentileOf, sketchOf } from '../kpi/percentile.ts'
import { serviceLevelOf, shareOf } from '../kpi/service-level.ts'
import { wholeMs } from '../kpi/whole-ms.ts'
import type { QueueSettings, ServiceTarget } from '../settings.ts'
import { HOUR, type Instant } from '../time.ts'

/**
 * Service level as the customer sees it (METRICS section 2): one judgement an interaction, by a second clock that runs in every queue it
 * stood in and stands while somebody talks to them. It belongs to the queue in which it began and is booked where it ended.
 */
export interface CustomerLevel {
  readonly queue: string
  readonly target: ServiceTarget
  readonly interactions: number
  /** Of these: those that stood in more than one queue, or in one more than once. */
  readonly severalVisits: number
  readonly answered: number
  readonly abandoned: number
  readonly serviceLevel: number | null
  readonly n: number
  /** All waits of an interaction together, of those answered; and until the first agent. */
  readonly waitMsMean: number | null
  readonly waitMsP50: number | null
  readonly waitMsP90: number | null
  readonly firstAgentMsMean: number | null
}

/** A further visit begins at most so long after the one before was over. */
export const FOLLOWS_MS = HOUR

interface Interaction {
  readonly queue: string
  readonly began: Instant
  visits: number
  waitedMs: number
  firstAgentAt: Instant | null
  outcome: ContactOutcome
  outcomeAt: Instant | null
  /** Until when a further visit belongs to it. */
  over: number
}

interface Sums {
  interactions: number
  severalVisits: number
  answered: number
  answeredInTarget: number
  abandoned: number
  shortAbandoned: number
  abandonedInTarget: number
  callbacks: number
  callbacksInTarget: number
  flowedOut: number
  flowedOutInTarget: number
  waitedMs: number
  firstAgentMs: number
  firstAgents: number
  readonly waits: Map<number, number>
}

const noSums = (): Sums => ({ interactions: 0, severalVisits: 0, answered: 0, answeredInTarget: 0, abandoned: 0, shortAbandoned: 0, abandonedInTarget: 0, callbacks: 0, callbacksInTarget: 0, flowedOut: 0, flowedOutInTarget: 0, waitedMs: 0, firstAgentMs: 0, firstAgents: 0, waits: new Map() })

/** Contacts come oldest first, those from before and after the range too, so that no interaction is cut; a contact at a time, so any range fits. */
export const customerLevels = ({ from, to, settingsOf }: { readonly from: Instant; readonly to: Instant; readonly settingsOf: (queue: string) => QueueSettings }) => {
  const open = new Map<string, Interaction>()
  const queues = new Map<string, Sums>()
  let sweptAt = 0

  const book = ({ queue, began, visits, waitedMs, firstAgentAt, outcome, outcomeAt }: Interaction): void => {
    if (outcomeAt === null || outcomeAt < from || outcomeAt >= to || (outcome !== 'answered' && outcome !== 'abandoned' && outcome !== 'callback' && outcome !== 'flowed-out')) return
    const sums = queues.get(queue) ?? noSums()
    queues.set(queue, sums)
    const { target, shortAbandonMs } = settingsOf(queue)
    const inTarget = waitedMs <= target.withinMs ? 1 : 0
    sums.interactions += 1
    if (visits > 1) sums.severalVisits += 1
    if (firstAgentAt !== null) {
      sums.firstAgents += 1
      sums.firstAgentMs += firstAgentAt - began
    }
    if (outcome === 'answered') {
      sums.answered += 1
      sums.answeredInTarget += inTarget
      sums.waitedMs += waitedMs
      sums.waits.set(bucketOf(waitedMs), (sums.waits.get(bucketOf(waitedMs)) ?? 0) + 1)
    } else if (outcome === 'abandoned') {
      sums.abandoned += 1
      sums.abandonedInTarget += inTarget
      if (waitedMs <= shortAbandonMs) sums.shortAbandoned += 1
    } else if (outcome === 'callback') {
      sums.callbacks += 1
      sums.callbacksInTarget += inTarget
    } else {
      sums.flowedOut += 1
      sums.flowedOutInTarget += inTarget
    }
  }

  const sweep = (at: number): void => {
    for (const [root, one] of open) {
      if (one.over >= at) continue
      book(one)
      open.delete(root)
    }
    sweptAt = at
  }

  return {
    add: (contact: ContactFigures): void => {
      if (contact.direction === 'out' || contact.outcome === 'refused') return
      if (contact.queuedAt - sweptAt > FOLLOWS_MS) sweep(contact.queuedAt)
      const root = contact.rootContactId ?? contact.contactId
      let known = open.get(root)
      if (known !== undefined && known.over < contact.queuedAt) {
        book(known)
        known = undefined
      }
      const one: Interaction = known ?? { queue: contact.queue, began: contact.queuedAt, visits: 0, waitedMs: 0, firstAgentAt: null, outcome: 'pending', outcomeAt: null, over: 0 }
      open.set(root, one)
      one.visits += 1
      one.waitedMs += contact.waitMs ?? 0
      one.firstAgentAt ??= contact.outcome === 'answered' ? contact.answeredAt : null
      // Of several visits the last one says how it went.
      one.outcome = contact.outcome
      one.outcomeAt = contact.outcomeAt
      const ended = contact.endedAt ?? contact.outcomeAt
      one.over = contact.outcome === 'pending' || (contact.outcome === 'answered' && contact.endedAt === null) || ended === null ? Infinity : Math.max(one.over, ended + FOLLOWS_MS)
    },
    rows: (): readonly CustomerLevel[] => {
      sweep(Infinity)
      for (const one of open.values()) book(one)
      open.clear()
      return [...queues]
        .map(([queue, sums]) => {
          const { target } = settingsOf(queue)
          const offered = sums.answered + sums.abandoned + sums.callbacks + sums.flowedOut
          const level = serviceLevelOf(target.variant, { ...sums, offered })
          const waits = sketchOf(sums.waits)
          return {
            queue,
            target,
            interactions: sums.interactions,
            severalVisits: sums.severalVisits,
            answered: sums.answered,
            abandoned: sums.abandoned,
            serviceLevel: shareOf(level),
            n: level.denominator,
            waitMsMean: wholeMs(shareOf({ numerator: sums.waitedMs, denominator: sums.answered })),
            waitMsP50: wholeMs(percentileOf(waits, 0.5)),
            waitMsP90: wholeMs(percentileOf(waits, 0.9)),
            firstAgentMsMean: wholeMs(shareOf({ numerator: sums.firstAgentMs, denominator: sums.firstAgents })),
          }
        })
        .sort((a, b) => (a.queue < b.queue ? -1 : 1))
    },
  }
}
