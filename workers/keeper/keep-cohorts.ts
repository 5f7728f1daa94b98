import { BEGAN_MS, cohortTally, type CohortTally } from '../../server/domain/reports/cohort-tally.ts'
import type { FloorSettings } from '../../server/domain/settings.ts'
import { instantOf, MINUTE, type Instant } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import { cohortMark, knowsAgents, longestOf, windowOf } from '../../server/redis/cohort-days.ts'
import { openDayBooks } from '../../server/redis/day-books.ts'
import type { CohortDay, DayBook, Manifest } from '../../server/redis/manifest.ts'
import { dropCohort, writeCohort } from './cohort-files.ts'
import { LATE_MS } from './day-book.ts'
import type { Kept, KeeperPart } from './keeper.ts'
import { repeat } from './repeat.ts'

export interface KeepCohortsDependencies {
  readonly manifest: Manifest
  readonly archiveDir: string
  readonly logger: Logger
  readonly everyMs?: number
}

const windowsOf = ({ defaults, queues }: FloorSettings): Pick<CohortDay, 'windowMs' | 'windows'> => {
  const windowMs = defaults.repeatWithinMs
  return { windowMs, windows: Object.fromEntries(Object.entries(queues).flatMap(([queue, own]) => (own.repeatWithinMs === windowMs ? [] : [[queue, own.repeatWithinMs]]))) }
}

/** Days that follow each other are counted in one pass over their contacts. */
const stretchOf = (days: readonly DayBook[]): readonly DayBook[] => {
  const stretch = days.slice(0, 1)
  for (const day of days.slice(1)) {
    if (stretch.at(-1)?.to !== day.from) break
    stretch.push(day)
  }
  return stretch
}

/** Counts the cohort of each closed day once it has matured, and again when its books became others: late facts change them for two more days. */
export const keepCohorts = ({ manifest, archiveDir, logger, everyMs = MINUTE }: KeepCohortsDependencies): KeeperPart => async (kept: Kept) => {
  const { site, replica, fence } = kept
  const contacts = openDayBooks({ manifest, archiveDir }).contacts
  let closed = false

  const keep = async (day: DayBook, tally: CohortTally, by: Pick<CohortDay, 'windowMs' | 'windows'>, of: string): Promise<boolean> => {
    const old = (await manifest.cohorts(site)).find((known) => known.day === day.day)
    const made = await writeCohort(archiveDir, site, { day: day.day, from: day.from, to: day.to, ...by, of }, tally)
    // Without an answer nobody knows whether the manifest names it: then its files stay.
    if (!(await manifest.addCohort(site, fence, made))) {
      await dropCohort(archiveDir, made)
      return false
    }
    if (old !== undefined) await dropCohort(archiveDir, old, made)
    return true
  }
  const count = async (days: readonly DayBook[], books: readonly DayBook[]): Promise<void> => {
    const [from, to] = [days[0]?.from ?? instantOf(0), days.at(-1)?.to ?? instantOf(0)]
    const by = windowsOf(replica.floor.settings())
    const most = longestOf(by)
    const tally = cohortTally({ from, to, windowMs: (queue) => windowOf(by, queue) })
    const waiting = [...days]
    const settle = async (until: number): Promise<boolean> => {
      for (let day = waiting[0]; day !== undefined && day.to + most < until; day = waiting[0]) {
        if (!(await keep(day, tally, by, cohortMark(books, day, most)))) return false
        waiting.shift()
      }
      return true
    }
    for await (const contact of contacts(site, instantOf(from - BEGAN_MS), instantOf(to + most + 1))) {
      if (closed || !kept.holds() || !(await settle(contact.queuedAt))) return
      tally.add(contact)
    }
    if (await settle(Infinity)) logger.info({ site, days: days.length }, 'matured cohorts were counted')
  }
  const work = async () => {
    try {
      const [books, known, dirty, archived] = await Promise.all([manifest.books(site), manifest.cohorts(site), manifest.dirty(site), manifest.days(site)])
      if (dirty.size > 0 || !kept.holds()) return
      const most = longestOf(windowsOf(replica.floor.settings()))
      const asOf: Instant = replica.floor.asOf === 0 ? instantOf(Date.now()) : replica.floor.asOf
      const cohortOf = new Map(known.map((day) => [day.day, day]))
      // Days on which nothing happened are not archived and have no book.
      const bookless = archived.filter(({ day }) => !books.some((book) => book.day === day))
      // Days are over until then and all that are archived have their books, or they have had time enough: one that cannot be folded holds nobody up.
      const settled = (from: number, at: number): boolean => at + LATE_MS <= asOf || (at <= asOf && books.some((book) => book.to >= at) && !bookless.some((day) => day.to > from - BEGAN_MS && day.from <= at))
      const wanted = books.filter((book) => {
        if (!settled(book.from, book.to + most)) return false
        const day = cohortOf.get(book.day)
        return day === undefined || !knowsAgents(day) || day.of !== cohortMark(books, day, longestOf(day))
      })
      if (wanted.length > 0) await count(stretchOf(wanted), books)
    } catch (error) {
      logger.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'cohorts could not be counted; tried again in a minute')
    }
  }
  const repeated = repeat(work, everyMs)
  return {
    close: () => {
      closed = true
      return repeated.close()
    },
  }
}
