import type { AgentBand, AgentState } from '../domain/agent-figures.ts'
import type { QueueQuotes } from '../domain/queue-figures.ts'
import type { WaitSums } from '../domain/kpi/expected-wait.ts'
import { queueBands } from '../domain/plan/queue-bands.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import { readLines } from './archive-files.ts'
import type { DayBook } from './manifest.ts'

/** One line of what stands beside a day's rows and contacts. */
export type BesideLine = readonly ['bands', AgentNumber, ...(readonly (readonly [AgentState, number, number])[])] | readonly ['quotes', number, string, WaitSums]

export const bandLines = (bands: ReadonlyMap<AgentNumber, readonly AgentBand[]>): readonly BesideLine[] => [...bands].map(([agent, own]) => ['bands', agent, ...own.map(({ state, from, to }) => [state, from, to] as const)])
export const quoteLines = (from: Instant, quotes: readonly QueueQuotes[]): readonly BesideLine[] => quotes.map(({ queue, sums }) => ['quotes', from, queue, sums])

/** What books have beside rows and contacts. */
export interface BookBeside {
  /** Stretches of [from, to) that books know of: what lies in no such stretch is not known. */
  readonly covered: (site: string, from: Instant, to: Instant) => Promise<readonly { readonly from: Instant; readonly to: Instant }[]>
  /** Who was on the queue when, as `queueBands` says it. */
  readonly bands: (site: string, from: Instant, to: Instant) => Promise<ReadonlyMap<AgentNumber, readonly AgentBand[]>>
  /** How right quotes were whose stretch of an hour began in [from, to). */
  readonly quotes: (site: string, from: Instant, to: Instant) => Promise<readonly QueueQuotes[]>
}

/** What `read` gives of each book that touches [from, to), whether it is made anew meanwhile or not. */
export type EachBook = <T>(site: string, from: Instant, to: Instant, read: (book: DayBook) => Iterable<T> | AsyncIterable<T>) => AsyncGenerator<T>

export interface BookSources {
  readonly booksWithin: (site: string, from: Instant, to: Instant) => Promise<readonly DayBook[]>
  readonly eachBook: EachBook
  readonly archiveDir: string
}

export const openBookBeside = ({ booksWithin, eachBook, archiveDir }: BookSources): BookBeside => {
  async function* lines(site: string, from: Instant, to: Instant): AsyncGenerator<BesideLine> {
    for await (const line of eachBook(site, from, to, ({ beside }) => (beside ? readLines(archiveDir, beside) : []))) yield JSON.parse(line) as BesideLine
  }
  return {
    covered: async (site, from, to) => (await booksWithin(site, from, to)).flatMap((book) => (book.beside ? [{ from: instantOf(Math.max(book.from, from)), to: instantOf(Math.min(book.to, to)) }] : [])),
    bands: async (site, from, to) => {
      const found = new Map<AgentNumber, AgentBand[]>()
      for await (const line of lines(site, from, to)) {
        if (line[0] !== 'bands') continue
        const [, agent, ...bands] = line
        const own = found.get(agent) ?? []
        for (const [state, since, until] of bands) if (until > from && since < to) own.push({ state, from: instantOf(Math.max(since, from)), to: instantOf(Math.min(until, to)) })
        if (own.length > 0) found.set(agent, own)
      }
      return new Map([...found].map(([agent, own]) => [agent, queueBands(own)]))
    },
    quotes: async (site, from, to) => {
      const found: QueueQuotes[] = []
      for await (const line of lines(site, from, to)) if (line[0] === 'quotes' && line[1] >= from && line[1] < to) found.push({ queue: line[2], sums: line[3] })
      return found
    },
  }
}
