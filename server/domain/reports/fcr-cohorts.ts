import { businessDayOf, dateOf } from '../business-day.ts'
import type { ContactFigures } from '../floor.ts'
import { shareOf } from '../kpi/service-level.ts'
import type { BusinessDay } from '../settings.ts'
import { DAY, instantOf, type Instant } from '../time.ts'

/** First-contact resolution by repeats: contacts that ended in a cohort, and whether their customer came again within D. */
export interface FcrCohort {
  /** Local date of the day, or of the week's Monday. */
  readonly cohort: string
  readonly from: Instant
  readonly to: Instant
  /** When the last of them has had its D: only then is the figure final. */
  readonly maturesAt: Instant
  readonly matured: boolean
  readonly eligible: number
  readonly resolvedAtFirst: number
  /** resolvedAtFirst / eligible; null without eligible contacts. Before it has matured it can only fall. */
  readonly fcr: number | null
  /** Of all answered inbound contacts of the cohort those whose customer is known: the others cannot be judged. */
  readonly identifiedShare: number | null
}

export interface CohortQuestion {
  readonly from: Instant
  readonly to: Instant
  readonly queue: string | null
  readonly windowMs: number
  readonly step: 'day' | 'week'
  readonly day: BusinessDay
  readonly asOf: Instant
}

interface Ended {
  readonly at: Instant
  readonly interaction: string
  repeated: boolean
  readonly resolved: boolean | null
}

const interactionOf = ({ rootContactId, contactId }: ContactFigures): string => rootContactId ?? contactId

/** Contacts of [from, to + D) come oldest first. Not eligible: unknown customers, our own calls, whoever was not answered; a transfer within one interaction is no repeat. */
export const fcrCohorts = ({ from, to, queue, windowMs, step, day, asOf }: CohortQuestion) => {
  const ended: Ended[] = []
  const byCustomer = new Map<string, Ended[]>()
  const answered: Instant[] = []

  const cohortOf = (at: Instant): { readonly from: Instant; readonly to: Instant } => {
    const own = businessDayOf(day, at)
    if (step === 'day') return own
    const weekday = new Date(`${dateOf(own.from, day.timeZone)}T00:00:00Z`).getUTCDay()
    const monday = businessDayOf(day, instantOf(own.from - ((weekday + 6) % 7) * DAY + DAY / 2))
    return { from: monday.from, to: businessDayOf(day, instantOf(monday.from + 6.5 * DAY)).to }
  }
  return {
    add: (contact: ContactFigures): void => {
      if (contact.direction === 'out') return
      const interaction = interactionOf(contact)
      const { subject, queuedAt } = contact
      if (subject !== null) for (const one of byCustomer.get(subject) ?? []) if (one.interaction !== interaction && queuedAt > one.at && queuedAt - one.at <= windowMs) one.repeated = true
      const { endedAt, outcome } = contact
      if (outcome !== 'answered' || endedAt === null || endedAt < from || endedAt >= to || (queue !== null && contact.queue !== queue)) return
      answered.push(endedAt)
      if (subject === null) return
      const known = byCustomer.get(subject) ?? []
      const before = known.findIndex((one) => one.interaction === interaction)
      const next = { at: endedAt, interaction, repeated: false, resolved: contact.resolved }
      // The last leg of an interaction speaks for it.
      if (before >= 0) ended.splice(ended.indexOf(known[before] ?? next), 1)
      byCustomer.set(subject, [...known.filter((_, index) => index !== before), next])
      ended.push(next)
    },
    rows: (): readonly FcrCohort[] => {
      const cohorts = new Map<number, { readonly bounds: { readonly from: Instant; readonly to: Instant }; readonly all: Ended[]; answered: number }>()
      const of = (at: Instant) => {
        const bounds = cohortOf(at)
        const known = cohorts.get(bounds.from) ?? { bounds, all: [], answered: 0 }
        cohorts.set(bounds.from, known)
        return known
      }
      for (const at of answered) of(at).answered += 1
      for (const one of ended) of(one.at).all.push(one)
      return [...cohorts.values()]
        .sort((a, b) => a.bounds.from - b.bounds.from)
        .map(({ bounds, all, answered: n }) => {
          const resolvedAtFirst = all.filter(({ repeated, resolved }) => !repeated && resolved !== false).length
          const maturesAt = instantOf(Math.min(bounds.to, to) + windowMs)
          return { cohort: dateOf(bounds.from, day.timeZone), from: bounds.from, to: bounds.to, maturesAt, matured: asOf >= maturesAt, eligible: all.length, resolvedAtFirst, fcr: shareOf({ numerator: resolvedAtFirst, denominator: all.length }), identifiedShare: shareOf({ numerator: all.length, denominator: n }) }
        })
    },
  }
}
