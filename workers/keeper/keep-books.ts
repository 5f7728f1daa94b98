import { MINUTE } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import { LATE_MS } from './day-book.ts'
import type { Kept, KeeperPart } from './keeper.ts'
import { repeat } from './repeat.ts'

/**
 * Asks for the book of every archived day: once when the day is closed, so that its contacts can be read when the live floor forgets
 * them, and once more when nothing late can come any more. Folding again makes them.
 */
export const keepBooks = ({ manifest, logger, everyMs = MINUTE }: { readonly manifest: Manifest; readonly logger: Logger; readonly everyMs?: number }): KeeperPart => async (kept: Kept) => {
  const { site, replica, fence } = kept

  const work = async () => {
    try {
      const [days, books, dirty] = await Promise.all([manifest.days(site), manifest.books(site), manifest.dirty(site)])
      const known = new Map(books.map((book) => [book.day, book]))
      const wanted = days.filter(({ day, to }) => {
        const book = known.get(day)
        return !dirty.has(day) && (book === undefined || (!book.final && to <= replica.floor.asOf - LATE_MS))
      })
      if (kept.holds()) await manifest.ask(site, fence, wanted.map(({ day }) => day), `book:${fence}:${replica.floor.asOf}`)
    } catch (error) {
      logger.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'books of closed days could not be asked for; tried again in a minute')
    }
  }
  return repeat(work, everyMs)
}
