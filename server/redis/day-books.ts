import type { ContactFigures, IntervalFigures } from '../domain/floor.ts'
import type { Instant } from '../domain/time.ts'
import { openAgentBooks, type AgentBooks } from './agent-book.ts'
import { openBookBeside, type BookBeside } from './book-beside.ts'
import { readLines } from './archive-files.ts'
import { type ContactsOf, readContacts } from './contact-book.ts'
import type { ArchiveFile, DayBook, Manifest, RecomputedDay } from './manifest.ts'
import { decodeFigures, partsOf } from './row-codec.ts'

/** What closed days came to, read from the archive: as long as files are kept, whatever Redis has forgotten. */
export interface DayBooks extends BookBeside, AgentBooks {
  /** Rows that begin in [from, to). */
  readonly rows: (site: string, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue?: string) => Promise<readonly IntervalFigures[]>
  /** The newest series by other settings of each day that has one. */
  readonly recomputedDays: (site: string, from: Instant, to: Instant) => Promise<readonly RecomputedDay[]>
  /** Rows with those days measured by their newest recompute. */
  readonly recomputed: (site: string, query: { readonly from: Instant; readonly to: Instant; readonly basis: IntervalFigures['basis']; readonly queue: string | undefined }, original: readonly IntervalFigures[]) => Promise<readonly IntervalFigures[]>
  /** Corrections of rows that begin in [from, to), as texts. */
  readonly corrections: (site: string, from: Instant, to: Instant) => Promise<readonly string[]>
  /** Visits that came in [from, to), oldest first; those of one contact, customer or agent without reading the others. */
  readonly contacts: (site: string, from: Instant, to: Instant, of?: ContactsOf) => AsyncGenerator<ContactFigures>
}

export const openDayBooks = ({ manifest, archiveDir }: { readonly manifest: Pick<Manifest, 'books' | 'recomputed'>; readonly archiveDir: string }): DayBooks => {
  const within = async (site: string, from: Instant, to: Instant): Promise<readonly DayBook[]> => (await manifest.books(site)).filter((book) => book.to > from && book.from < to)

  const rowsIn = async (file: ArchiveFile, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue: string | undefined): Promise<readonly IntervalFigures[]> => {
    const found: IntervalFigures[] = []
    for await (const line of readLines(archiveDir, file)) {
      const [field, text] = JSON.parse(line) as readonly [string, string]
      const parts = partsOf(field)
      if (parts.basis === basis && parts.from >= from && parts.from < to && (queue === undefined || parts.queue === queue)) found.push(decodeFigures(field, text))
    }
    return found
  }
  const rowsOf = async (files: readonly { readonly rows: ArchiveFile }[], ...of: readonly [Instant, Instant, IntervalFigures['basis'], string | undefined]): Promise<readonly IntervalFigures[]> => {
    const found: IntervalFigures[] = []
    for (const { rows } of files) for (const row of await rowsIn(rows, ...of)) found.push(row)
    return found
  }

  const recomputedDays: DayBooks['recomputedDays'] = async (site, from, to) =>
    // Sorted by day and recompute: of one day the newest comes last.
    [...new Map((await manifest.recomputed(site)).filter((day) => day.to > from && day.from < to).map((day) => [day.day, day])).values()]

  return {
    ...openBookBeside({ booksWithin: within, archiveDir }),
    ...openAgentBooks({ booksWithin: within, archiveDir }),
    rows: async (site, from, to, basis, queue) => rowsOf(await within(site, from, to), from, to, basis, queue),
    recomputedDays,
    recomputed: async (site, { from, to, basis, queue }, original) => {
      const days = await recomputedDays(site, from, to)
      const untouched = original.filter((row) => !days.some((day) => row.from >= day.from && row.from < day.to))
      return [...untouched, ...(await rowsOf(days, from, to, basis, queue))]
    },
    corrections: async (site, from, to) => {
      const found: string[] = []
      for (const { corrections } of await within(site, from, to)) if (corrections) for await (const line of readLines(archiveDir, corrections)) found.push(line)
      return found
    },
    contacts: async function* (site, from, to, of = {}) {
      for (const book of await within(site, from, to)) yield* readContacts(archiveDir, book, from, to, of)
    },
  }
}
