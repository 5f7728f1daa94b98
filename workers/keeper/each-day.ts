import type { ContactFigures, IntervalFigures } from '../../server/domain/floor.ts'
import type { BookDay } from './day-book.ts'
import type { Harvest } from './fold-days.ts'

export interface EachDayDependencies<T> {
  /** Oldest first. */
  readonly days: readonly BookDay[]
  readonly open: (day: BookDay) => Promise<T>
  readonly write: (to: T, rows: readonly IntervalFigures[], contacts: readonly ContactFigures[]) => Promise<void>
  /** All of the day was written; false ends the pass. */
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
    take: async ({ to, rows, contacts }) => {
      for (let day = days[at]; day !== undefined && day.from < to; day = days[at]) {
        const { from, to: ends } = day
        begun ??= await open(day)
        await write(begun, rows.filter((row) => row.from >= from && row.from < ends), contacts.filter(({ queuedAt }) => queuedAt >= from && queuedAt < ends))
        if (to < ends) return true
        const whole = begun
        begun = null
        at += 1
        if (!(await settle(day, whole))) return false
      }
      return true
    },
    close: async () => {
      if (begun !== null) await abandon(begun)
      begun = null
    },
  }
}
