import type { ContactFigures, IntervalFigures } from '../domain/floor.ts'
import type { Instant } from '../domain/time.ts'
import { readLines } from './archive-files.ts'
import type { DayBook, Manifest } from './manifest.ts'
import { decodeFigures, partsOf } from './row-codec.ts'

/** What closed days came to, read from the archive: as long as files are kept, whatever Redis has forgotten. */
export interface DayBooks {
  /** Rows that begin in [from, to). */
  readonly rows: (site: string, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue?: string) => Promise<readonly IntervalFigures[]>
  /** Visits that came in [from, to), oldest first. */
  readonly contacts: (site: string, from: Instant, to: Instant) => AsyncGenerator<ContactFigures>
}

export const openDayBooks = ({ manifest, archiveDir }: { readonly manifest: Pick<Manifest, 'books'>; readonly archiveDir: string }): DayBooks => {
  const within = async (site: string, from: Instant, to: Instant): Promise<readonly DayBook[]> => (await manifest.books(site)).filter((book) => book.to > from && book.from < to)

  return {
    rows: async (site, from, to, basis, queue) => {
      const found: IntervalFigures[] = []
      for (const book of await within(site, from, to)) {
        for await (const line of readLines(archiveDir, book.rows)) {
          const [field, text] = JSON.parse(line) as readonly [string, string]
          const parts = partsOf(field)
          if (parts.basis === basis && parts.from >= from && parts.from < to && (queue === undefined || parts.queue === queue)) found.push(decodeFigures(field, text))
        }
      }
      return found
    },
    contacts: async function* (site, from, to) {
      for (const book of await within(site, from, to)) {
        for await (const line of readLines(archiveDir, book.contacts)) {
          const contact = JSON.parse(line) as ContactFigures
          if (contact.queuedAt >= from && contact.queuedAt < to) yield contact
        }
      }
    },
  }
}
