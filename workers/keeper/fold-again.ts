import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HOT_MS } from '../../server/domain/hot-hours.ts'
import { DAY, type Instant, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { History } from '../../server/redis/history.ts'
import { readLines } from '../../server/redis/archive-files.ts'
import type { Cause, Corrections } from '../../server/redis/corrections.ts'
import type { DayBook } from '../../server/redis/manifest.ts'
import { agentLine } from '../../server/redis/agent-book.ts'
import { bandLines, quoteLines } from '../../server/redis/book-beside.ts'
import { encodeFigures, fieldOf, partsOf } from '../../server/redis/row-codec.ts'
import { dayOf } from '../../server/redis/seen.ts'
import { settingsOfDays, type SettingsOfDays } from '../../server/replica/settings-of-days.ts'
import { siteDay } from './archive-day.ts'
import { type BookDay, type BookWriter, dropBook, LATE_MS, type RowText, writeBook } from './day-book.ts'
import { eachDay } from './each-day.ts'
import { foldDays, type FoldDaysDependencies } from './fold-days.ts'
import type { Kept, KeeperPart } from './keeper.ts'
import { storeRows } from './store-rows.ts'

export interface FoldAgainDependencies extends FoldDaysDependencies {
  readonly history: History
  readonly corrections: Corrections
  readonly logger: Logger
  /** Days of this recompute are to be measured again. */
  readonly reopen?: (site: string, recompute: string) => Promise<void>
  readonly everyMs?: number
}

const EVERY_MS = 1_000

/** Days are asked for by an import, by rows that nobody kept, and by books. */
const causeOf = (mark: string, at: Instant): Cause => {
  const by = mark.slice(0, Math.max(0, mark.indexOf(':')))
  if (by === 'missed' || by === 'book' || by === '') return { reason: by === 'missed' ? 'missed' : 'folded-again', sources: [], at }
  return { reason: 'import', sources: [by], at }
}

interface Folding {
  /** By field, to be compared with what is stored. */
  readonly rows: Map<string, string>
  readonly book: BookWriter
}

/** Days that follow each other and are measured alike are folded in one pass. */
const runsOf = (days: readonly BookDay[], pinOf: SettingsOfDays['pinOf']): readonly (readonly BookDay[])[] => {
  const runs: BookDay[][] = []
  for (const day of [...days].sort((a, b) => a.from - b.from)) {
    const last = runs.at(-1)
    if (last?.[0] && day.from - (last.at(-1)?.to ?? 0) <= DAY && pinOf(last[0]) === pinOf(day)) last.push(day)
    else runs.push([day])
  }
  return runs
}

/** Folds days again whose segments grew by an import, makes their stored rows equal to that fold, and writes their books, day after day. No effects but these. */
export const foldAgain = (dependencies: FoldAgainDependencies): KeeperPart => async (kept: Kept) => {
  const { manifest, history, logger, sites, archiveDir, corrections, reopen, everyMs = EVERY_MS } = dependencies
  const { site, replica, fence } = kept
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()

  /** A day that was archived and let go since a pass began is in neither archive nor log of that pass. */
  const archivedDays = async () => (await manifest.days(site)).length
  const hasRows = async (from: Instant, to: Instant): Promise<boolean> => {
    for (let at = Math.floor(from / DAY) * DAY; at < to; at += DAY) if (Object.keys(await history.storedRows(site, dayOf(at))).some((field) => partsOf(field).from >= from && partsOf(field).from < to)) return true
    return false
  }
  /** Of the book before, and what came since. */
  const correctionsOf = async ({ from, to }: BookDay, before: DayBook | undefined): Promise<readonly string[]> => {
    const known: string[] = []
    if (before?.corrections) for await (const line of readLines(archiveDir, before.corrections)) known.push(line)
    return [...new Set([...known, ...(await corrections.texts(site, from, to))])]
  }
  /** What the day came to by other settings is of facts that are not all any more. */
  const outdate = async ({ day }: BookDay) => {
    const series = (await manifest.recomputed(site)).filter((known) => known.day === day)
    if (series.length === 0 || !(await manifest.dropRecomputed(site, fence, series))) return
    for (const { recompute, rows } of series) {
      await rm(join(archiveDir, rows.file), { force: true })
      await reopen?.(site, recompute)
    }
  }
  const foldRun = async (run: readonly BookDay[], marks: ReadonlyMap<string, string>, live: number, held: SettingsOfDays): Promise<void> => {
    const range = { from: run[0]?.from ?? instantOf(0), to: run.at(-1)?.to ?? instantOf(0) }
    const archived = await archivedDays()
    // An idle floor stands still while its clock is old: without entries newer than the day it is as closed as it will be.
    const idle = replica.floor.asOf === 0
    const at = instantOf(idle ? Date.now() : replica.floor.asOf)
    const end = idle ? range.to : Math.max(live, range.from)
    const days = eachDay<Folding>({
      days: run,
      open: async (day) => ({ rows: new Map(), book: await writeBook(archiveDir, site, day) }),
      write: async ({ rows, book }, { from, to, rows: found, contacts, harvest }) => {
        const texts = found.map((row): RowText => [fieldOf(row), encodeFigures(row)])
        for (const [field, text] of texts) rows.set(field, text)
        await book.addRows(texts)
        await book.addContacts(contacts)
        if (from >= to) return
        await book.addBeside([...bandLines(harvest.bands(from, to)), ...quoteLines(from, harvest.quotes(from, to))])
        await book.addAgents(harvest.agents(from, to).map((stretch) => agentLine(stretch, from)))
      },
      settle: async (day, { rows, book }) => {
        if ((await archivedDays()) !== archived || !(await storeRows({ history, kept }, day, end, rows, causeOf(marks.get(day.day) ?? '', at)))) {
          await book.abandon()
          return false
        }
        const before = (await manifest.books(site)).find((known) => known.day === day.day)
        const made = await book.finish(idle || day.to <= replica.floor.asOf - LATE_MS, await correctionsOf(day, before), held.pinOf(day))
        // Without an answer nobody knows whether the manifest names it: then its files stay.
        if (!(await manifest.addBook(site, fence, made))) {
          await dropBook(archiveDir, made)
          return false
        }
        if (before !== undefined) {
          await dropBook(archiveDir, before, made)
          await outdate(day)
        }
        await manifest.clean(site, fence, day.day, marks.get(day.day) ?? '')
        return true
      },
      abandon: ({ book }) => book.abandon(),
    })
    try {
      if (await foldDays(dependencies, { site, range, settings: (since) => held.from(since, run[0] === undefined ? null : held.pinOf(run[0])), holds: () => kept.holds() && !closed, take: days.take })) logger.info({ site, days: run.length }, 'days were folded again')
    } finally {
      await days.close()
    }
  }
  const work = async () => {
    const dirty = await manifest.dirty(site)
    if (dirty.size === 0) return
    // Before the log is read: a fact that comes later revises no row that is older than this.
    const live = Math.floor((replica.floor.asOf - HOT_MS) / QUARTER_HOUR) * QUARTER_HOUR
    const days = [...dirty.keys()].map((day) => ({ ...siteDay(sites, site, instantOf(Date.parse(day) + DAY / 2)), day }))
    const books = await manifest.books(site)
    const lived = new Set<string>()
    for (const { day, from, to } of days) if (!books.some((book) => book.day === day) && (await hasRows(from, to))) lived.add(day)
    const held = settingsOfDays(replica.floor.settingsVersions(), books, lived)
    for (const run of runsOf(days, held.pinOf)) if (!closed) await foldRun(run, dirty, live, held)
  }
  const plan = () => {
    if (closed) return
    timer = setTimeout(() => {
      working = work()
        .catch((error: unknown) => logger.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'days could not be folded again; tried again'))
        .finally(plan)
    }, everyMs)
  }
  plan()
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await working
    },
  }
}
