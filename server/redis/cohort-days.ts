import { createHash } from 'node:crypto'
import type { CohortRow } from '../domain/reports/cohort-tally.ts'
import { DAY, type Instant, instantOf } from '../domain/time.ts'
import { readLines } from './archive-files.ts'
import type { CohortDay, DayBook, Manifest } from './manifest.ts'

/** A contact that ended on a day began at most so long before. */
export const BEGAN_MS = DAY

/** Stands for all that a day's cohort was counted from: other books, and it must be counted again. */
export const cohortMark = (books: readonly DayBook[], { from, to }: { readonly from: Instant; readonly to: Instant }, windowMs: number): string => {
  const hash = createHash('sha256')
  for (const book of books) if (book.to > from - BEGAN_MS && book.from <= to + windowMs) hash.update(`${book.day} ${book.contacts.sha256}\n`)
  return hash.digest('hex').slice(0, 32)
}

/** D of a queue, or of the site, as a day was counted by. */
export const windowOf = ({ windowMs, windows }: Pick<CohortDay, 'windowMs' | 'windows'>, queue: string | null): number => (queue === null || !Object.hasOwn(windows, queue) ? windowMs : (windows[queue] ?? windowMs))
export const longestOf = ({ windowMs, windows }: Pick<CohortDay, 'windowMs' | 'windows'>): number => Math.max(windowMs, ...Object.values(windows))

/** Matured cohorts of closed days, counted once by the keeper. */
export interface CohortDays {
  /** Those of days in [from, to) that are of the books as they stand. */
  readonly within: (site: string, from: Instant, to: Instant) => Promise<readonly CohortDay[]>
  readonly rows: (day: CohortDay, queue: string | null) => Promise<readonly CohortRow[]>
}

export const openCohortDays = ({ manifest, archiveDir }: { readonly manifest: Pick<Manifest, 'books' | 'cohorts'>; readonly archiveDir: string }): CohortDays => ({
  within: async (site, from, to) => {
    const days = (await manifest.cohorts(site)).filter((day) => day.from >= from && day.to <= to)
    if (days.length === 0) return []
    const books = await manifest.books(site)
    return days.filter((day) => day.of === cohortMark(books, day, longestOf(day)))
  },
  rows: async (day, queue) => {
    const found: CohortRow[] = []
    for await (const line of readLines(archiveDir, day.rows)) {
      const [from, of, answered, eligible, resolvedAtFirst] = JSON.parse(line) as readonly [number, string | null, number, number, number]
      if (of === queue) found.push({ from: instantOf(from), queue, answered, eligible, resolvedAtFirst })
    }
    return found
  },
})
