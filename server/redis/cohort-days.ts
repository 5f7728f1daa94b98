import { createHash } from 'node:crypto'
import type { AgentNumber } from '../domain/platform-events.ts'
import { BEGAN_MS, type CohortContact, type CohortRow } from '../domain/reports/cohort-tally.ts'
import { type Instant, instantOf } from '../domain/time.ts'
import { readLines } from './archive-files.ts'
import { type AgentCohort, readContacts, readSums } from './cohort-agents.ts'
import type { CohortDay, DayBook, Manifest } from './manifest.ts'

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
  /** The same of days that touch it, where agents are known. */
  readonly touching: (site: string, from: Instant, to: Instant) => Promise<readonly CountedDay[]>
  readonly rows: (day: CohortDay, queue: string | null) => AsyncGenerator<CohortRow>
  /** What each agent, or this one, has of all of the day. */
  readonly agents: (day: CountedDay, only?: AgentNumber) => AsyncGenerator<AgentCohort>
  /** Contacts of agents, or of this one, that ended in [from, to) of the day. */
  readonly contacts: (day: CountedDay, from: Instant, to: Instant, only?: AgentNumber) => AsyncGenerator<CohortContact>
}

export type CountedDay = CohortDay & Required<Pick<CohortDay, 'agents' | 'contacts'>>
export const knowsAgents = (day: CohortDay): day is CountedDay => day.agents !== undefined && day.contacts !== undefined

export const openCohortDays = ({ manifest, archiveDir }: { readonly manifest: Pick<Manifest, 'books' | 'cohorts'>; readonly archiveDir: string }): CohortDays => {
  const asBooksStand = async <T extends CohortDay>(site: string, days: readonly T[]): Promise<readonly T[]> => {
    if (days.length === 0) return []
    const books = await manifest.books(site)
    return days.filter((day) => day.of === cohortMark(books, day, longestOf(day)))
  }
  return {
    within: async (site, from, to) => asBooksStand(site, (await manifest.cohorts(site)).filter((day) => day.from >= from && day.to <= to)),
    touching: async (site, from, to) => asBooksStand(site, (await manifest.cohorts(site)).filter(knowsAgents).filter((day) => day.to > from && day.from < to)),
    rows: async function* (day, queue) {
      for await (const line of readLines(archiveDir, day.rows)) {
        const [from, of, answered, eligible, resolvedAtFirst] = JSON.parse(line) as readonly [number, string | null, number, number, number]
        if (of === queue) yield { from: instantOf(from), queue, answered, eligible, resolvedAtFirst }
      }
    },
    agents: (day, only) => readSums(archiveDir, day.agents, only),
    contacts: (day, from, to, only) => readContacts(archiveDir, day.contacts, only, from, to),
  }
}
