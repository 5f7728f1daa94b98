import type { IntervalFigures } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { DAY, HOUR, type Instant, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { History } from '../../server/redis/history.ts'
import { encodeFigures, fieldOf, partsOf } from '../../server/redis/row-codec.ts'
import { dayOf } from '../../server/redis/seen.ts'
import { siteDay } from './archive-day.ts'
import { bookOfDays, dropBook, LATE_MS } from './day-book.ts'
import { foldDays, type FoldDaysDependencies } from './fold-days.ts'
import type { Kept, KeeperPart } from './keeper.ts'

export interface FoldAgainDependencies extends FoldDaysDependencies {
  readonly history: History
  readonly logger: Logger
  readonly everyMs?: number
}

const EVERY_MS = 1_000
const BATCH = 400
/** The live floor answers for these itself; its own rows are not replaced by a fold of older segments. */
const LIVE_MS = 48 * HOUR

interface Run {
  readonly days: readonly string[]
  readonly from: number
  readonly to: number
}

/** Days that follow each other are folded in one pass. */
const runsOf = (days: readonly { readonly day: string; readonly from: number; readonly to: number }[]): readonly Run[] => {
  const runs: Run[] = []
  for (const { day, from, to } of [...days].sort((a, b) => a.from - b.from)) {
    const last = runs.at(-1)
    if (last && from - last.to <= DAY) runs[runs.length - 1] = { days: [...last.days, day], from: last.from, to }
    else runs.push({ days: [day], from, to })
  }
  return runs
}

/** Folds days again whose segments grew by an import, makes their stored rows equal to that fold, and writes their books. No effects but these. */
export const foldAgain = (dependencies: FoldAgainDependencies): KeeperPart => async (kept: Kept) => {
  const { manifest, history, logger, sites, archiveDir, everyMs = EVERY_MS } = dependencies
  const { site, replica, fence } = kept
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()

  const write = async (rows: readonly IntervalFigures[], run: Run): Promise<boolean> => {
    const stored = new Map<string, string>()
    for (let at = Math.floor(run.from / DAY) * DAY; at < run.to; at += DAY) for (const [field, text] of Object.entries(await history.storedRows(site, dayOf(at)))) stored.set(field, text)
    const fresh = new Set(rows.map(fieldOf))
    const changed = rows.filter((row) => stored.get(fieldOf(row)) !== encodeFigures(row))
    const gone = [...stored.keys()].filter((field) => partsOf(field).from >= run.from && partsOf(field).from < run.to && !fresh.has(field))
    for (let i = 0; i < Math.max(changed.length, gone.length); i += BATCH) {
      if (!kept.holds()) return false
      const outcome = await history.writeRows(site, { fence, epoch: replica.epoch, through: replica.position().entry, at: null, rows: changed.slice(i, i + BATCH), gone: gone.slice(i, i + BATCH) })
      // `older`: the live rows came further meanwhile; the next try has their place.
      if (outcome === 'fenced') return false
      if (outcome === 'older') i -= BATCH
    }
    return true
  }
  const work = async () => {
    const dirty = await manifest.dirty(site)
    if (dirty.size === 0) return
    // Before the log is read: a fact that comes later revises no row that is older than this.
    const live = Math.floor((replica.floor.asOf - LIVE_MS) / QUARTER_HOUR) * QUARTER_HOUR
    const bounds = [...dirty.keys()].map((day) => ({ ...siteDay(sites, site, instantOf(Date.parse(day) + DAY / 2)), day }))
    // Imported history is measured by today's targets: there were none of ours then.
    const settings = (at: Instant): LogEntry => ({ kind: 'settings', settings: { ...replica.floor.settings(), validFrom: at }, id: '0-1', at })
    for (const run of runsOf(bounds)) {
      const range = { from: instantOf(run.from), to: instantOf(run.to) }
      const book = bookOfDays({ archiveDir, sites }, site, range)
      const rows = await foldDays(dependencies, { site, range, settings, holds: kept.holds, contacts: book.add })
      if (!rows) return book.abandon()
      // An idle floor stands still while its clock is old: without entries newer than the day it is as closed as it will be.
      const end = Math.min(run.to, replica.floor.asOf === 0 ? run.to : Math.max(live, run.from))
      if (!(await write(rows.filter((row) => row.from < end), { ...run, to: end }))) return book.abandon()
      const before = new Map((await manifest.books(site)).map((known) => [known.day, known]))
      for (const made of await book.finish(rows, (day) => replica.floor.asOf === 0 || day.to <= replica.floor.asOf - LATE_MS)) {
        if (!(await manifest.addBook(site, fence, made))) return
        await dropBook(archiveDir, before.get(made.day), made)
      }
      for (const day of run.days) await manifest.clean(site, fence, day, dirty.get(day) ?? '')
      logger.info({ site, days: run.days.length, rows: rows.length }, 'days were folded again')
    }
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
