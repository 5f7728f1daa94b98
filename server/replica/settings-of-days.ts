import type { FloorSettings } from '../domain/settings.ts'
import type { Instant } from '../domain/time.ts'
import type { DayBook } from '../redis/manifest.ts'

/** What holds from an instant on (null: the defaults), and what came later, each from its own time on. */
export interface SettingsFrom {
  readonly held: FloorSettings | null
  readonly later: readonly FloorSettings[]
}

/** By which settings days are measured that are folded again: those of their time. */
export interface SettingsOfDays {
  /** Version that a day from before the first saved settings is measured by: the one by which it was first measured, for a day with rows of the live floor its first, else the present one. Null: the versions of its time are known. */
  readonly pinOf: (day: Pick<DayBook, 'day' | 'from'>) => number | null
  readonly from: (at: Instant, pin: number | null) => SettingsFrom
}

/**
 * `versions`: all that the live floor had. History from before there were settings is measured by what its site wants today, for there was nothing then;
 * `lived`: days with rows that no book has measured yet. Once a day was measured, nothing that is saved later makes another figure of it.
 */
export const settingsOfDays = (versions: readonly FloorSettings[], books: readonly Pick<DayBook, 'day' | 'settings'>[], lived: ReadonlySet<string>): SettingsOfDays => {
  const saved = versions.filter(({ version }) => version > 0)
  const begins = saved[0]?.validFrom ?? Infinity
  const present = versions.at(-1)?.version ?? 0
  const pins = new Map(books.map(({ day, settings }) => [day, settings]))
  return {
    pinOf: ({ day, from }) => (from >= begins ? null : (pins.get(day) ?? (lived.has(day) ? (versions[0]?.version ?? 0) : present))),
    from: (at, pin) => ({
      held: saved.findLast(({ validFrom }) => validFrom <= at) ?? (pin === null ? saved[0] : saved.find(({ version }) => version === pin)) ?? null,
      later: saved.filter(({ validFrom }) => validFrom > at),
    }),
  }
}
