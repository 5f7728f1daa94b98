import type { ContactFigures } from '../domain/contact-figures.ts'
import type { IntervalFigures } from '../domain/queue-figures.ts'
import type { Instant } from '../domain/time.ts'
import { openAgentBooks, type AgentBooks } from './agent-book.ts'
import { openBookBeside, type BookBeside, type EachBook } from './book-beside.ts'
import { eachMaking, listed } from './each-making.ts'
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

  const eachBook: EachBook = (site, from, to, read) => eachMaking({ named: () => within(site, from, to), read })

  const rowsIn = async function* (file: ArchiveFile, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue: string | undefined): AsyncGenerator<IntervalFigures> {
    for await (const line of readLines(archiveDir, file)) {
      const [field, text] = JSON.parse(line) as readonly [string, string]
      const parts = partsOf(field)
      if (parts.basis === basis && parts.from >= from && parts.from < to && (queue === undefined || parts.queue === queue)) yield decodeFigures(field, text)
    }
  }

  const recomputedDays: DayBooks['recomputedDays'] = async (site, from, to) =>
    // Sorted by day and recompute: of one day the newest comes last.
    [...new Map((await manifest.recomputed(site)).filter((day) => day.to > from && day.from < to).map((day) => [day.day, day])).values()]

  return {
    ...openBookBeside({ booksWithin: within, eachBook, archiveDir }),
    ...openAgentBooks({ booksWithin: within, eachBook, archiveDir }),
    rows: (site, from, to, basis, queue) => listed(eachBook(site, from, to, ({ rows }) => rowsIn(rows, from, to, basis, queue))),
    recomputedDays,
    recomputed: async (site, { from, to, basis, queue }, original) => {
      const days = await recomputedDays(site, from, to)
      const measured = new Set(days)
      const named = () => recomputedDays(site, from, to)
      const rows = await listed(eachMaking({ days, named, read: (day) => rowsIn(day.rows, from, to, basis, queue), dropped: (day) => void measured.delete(day) }))
      return [...original.filter((row) => ![...measured].some((day) => row.from >= day.from && row.from < day.to)), ...rows]
    },
    corrections: (site, from, to) => listed(eachBook(site, from, to, ({ corrections }) => (corrections ? readLines(archiveDir, corrections) : []))),
    contacts: (site, from, to, of = {}) => eachBook(site, from, to, (book) => readContacts(archiveDir, book, from, to, of)),
  }
}
