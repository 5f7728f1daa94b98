import type { Calendar } from '../clock/calendar.ts'
import type { ContactFigures } from '../contact-figures.ts'
import { nearestRank } from '../kpi/percentile.ts'
import type { Channel } from '../platform-events.ts'
import type { Instant } from '../time.ts'
import { AT_RISK } from './written-targets.ts'

/** Time to the first word of a person, of the channels that write: by the wall clock and by the queue's hours. */
export interface FirstResponse {
  readonly queue: string
  readonly channel: Channel
  readonly n: number
  readonly medianMs: number | null
  readonly p90Ms: number | null
  readonly businessMedianMs: number | null
  readonly businessP90Ms: number | null
  /** Nobody has answered yet. */
  readonly unanswered: number
  readonly oldestUnansweredSince: Instant | null
  /** Of these already past the target on the deadline clock: they are misses now. */
  readonly pastTarget: number
  /** Answered within the target, of those answered and those already past it. */
  readonly met: number | null
  /** Unanswered with more than three quarters of the target used up. */
  readonly atRisk: number
}

interface Group {
  readonly queue: string
  readonly channel: Channel
  readonly waits: number[]
  readonly business: number[]
  readonly open: Instant[]
}

/** Conversations that a customer began. One that nobody of ours answered by hand (no agent is named) has no first response. */
export const firstResponses = ({ calendarOf, targetMsOf, asOf }: { readonly calendarOf: (queue: string) => Calendar; readonly targetMsOf: (queue: string) => number; readonly asOf: Instant }) => {
  const groups = new Map<string, Group>()
  const groupOf = (queue: string, channel: Channel): Group => {
    const key = `${channel} ${queue}`
    const group = groups.get(key) ?? { queue, channel, waits: [], business: [], open: [] }
    groups.set(key, group)
    return group
  }
  return {
    /** A row for it, whether or not anybody came in the range. */
    mention: (queue: string, channel: Channel): void => void groupOf(queue, channel),
    add: ({ queue, channel, direction, outcome, agent, queuedAt, answeredAt, responses }: ContactFigures): void => {
      if (channel === 'voice' || direction === 'out') return
      const group = groupOf(queue, channel)
      if (responses !== undefined) {
        if (responses.first !== null) {
          group.waits.push(responses.first.ms)
          group.business.push(responses.first.businessMs)
        } else if (responses.unansweredSince !== null) group.open.push(responses.unansweredSince)
        return
      }
      // Of days that were closed before answers were read from messages.
      if (outcome === 'pending') group.open.push(queuedAt)
      if (outcome !== 'answered' || agent === null || answeredAt === null) return
      group.waits.push(answeredAt - queuedAt)
      group.business.push(calendarOf(queue).workingBetween(queuedAt, answeredAt))
    },
    rows: (): readonly FirstResponse[] =>
      [...groups.values()]
        .map(({ queue, channel, waits, business, open }) => {
          const target = targetMsOf(queue)
          // The deadline clock runs in the queue's hours.
          const ages = open.map((since) => calendarOf(queue).workingBetween(since, asOf))
          const pastTarget = ages.filter((age) => age > target).length
          const judged = business.length + pastTarget
          return {
            queue,
            channel,
            n: waits.length,
            medianMs: nearestRank(waits, 0.5),
            p90Ms: nearestRank(waits, 0.9),
            businessMedianMs: nearestRank(business, 0.5),
            businessP90Ms: nearestRank(business, 0.9),
            unanswered: open.length,
            oldestUnansweredSince: open.reduce<Instant | null>((oldest, at) => (oldest === null || at < oldest ? at : oldest), null),
            pastTarget,
            met: judged === 0 ? null : business.filter((ms) => ms <= target).length / judged,
            atRisk: ages.filter((age) => age > AT_RISK * target && age <= target).length,
          }
        })
        .sort((a, b) => (a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0)),
  }
}
