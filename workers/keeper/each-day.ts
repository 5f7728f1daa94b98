import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { instantOf, type Instant } from '../../server/domain/time.ts'
import type { BookDay } from './day-book.ts'
import type { Harvest } from './fold-days.ts'

/** What a harvest has of one day. */
export interface DayPart {
  readonly from: Instant
  readonly to: Instant
  readonly rows: readonly IntervalFigures[]
  readonly contacts: readonly ContactFigures[]
  readonly harvest: Pick<Harvest, 'bands' | 'quotes' | 'agents'>
}

export interface EachDayDependencies<T> {
  /** Oldest first. */
  readonly days: readonly BookDay[]
  readonly open: (day: BookDay) => Promise<T>
  readonly write: (to: T, part: DayPart) => Promise<void>
  /** All of the day was written; false ends the pass. What fails here is abandoned. */
  readonly settle: (day: BookDay, what: T) => Promise<boolean>
  readonly abandon: (what: T) => Promise<void>
}

export interface EachDay {
  readonly take: (harvest: Harvest) => Promise<boolean>
  /** Abandons what was begun and not settled. */
  readonly close: () => Promise<void>
}

/** Cuts what a pass gives out into its days: each is settled as soon as it is whole, so that one day at a time is held. */
export const eachDay = <T>({ days, open, write, settle, abandon }: EachDayDependencies<T>): EachDay => {
  let at = 0
  let begun: T | null = null

  return {
    take: async ({ from: since, to, rows, contacts, ...harvest }) => {
      for (let day = days[at]; day !== undefined && day.from < to; day = days[at]) {
        const { from, to: ends } = day
        begun ??= await open(day)
        await write(begun, { from: instantOf(Math.max(from, since)), to: instantOf(Math.min(ends, to)), rows: rows.filter((row) => row.from >= from && row.from < ends), contacts: contacts.filter(({ queuedAt }) => queuedAt >= from && queuedAt < ends), harvest })
        if (to < ends) return true
        const settled = await settle(day, begun)
        begun = null
        at += 1
        if (!settled) return false
      }
      return true
    },
    close: async () => {
      if (begun !== null) await abandon(begun)
      begun = null
    },
  }
}
