import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContactFigures, IntervalFigures } from '../../server/domain/floor.ts'
import { HOUR, instantOf, type Instant } from '../../server/domain/time.ts'
import { writeLines, type LineWriter } from '../../server/redis/archive-files.ts'
import type { ArchiveFile, DayBook } from '../../server/redis/manifest.ts'
import { encodeFigures, fieldOf } from '../../server/redis/row-codec.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { siteDay } from './archive-day.ts'

/** After this nothing late comes through the live door any more. */
export const LATE_MS = 50 * HOUR

interface Day {
  readonly day: string
  readonly from: Instant
  readonly to: Instant
}

export interface Books {
  /** Contacts of the range, oldest first. */
  readonly add: (contacts: readonly ContactFigures[]) => Promise<void>
  /** Completes the files of every day of the range. */
  readonly finish: (rows: readonly IntervalFigures[], final: (day: Day) => boolean) => Promise<readonly DayBook[]>
  readonly abandon: () => Promise<void>
}

/** Writes what days came to into files of the archive, a day after the other, while they are folded. */
export const bookOfDays = ({ archiveDir, sites }: { readonly archiveDir: string; readonly sites: Pick<Sites, 'get'> }, site: string, range: { readonly from: Instant; readonly to: Instant }): Books => {
  const days: Day[] = []
  for (let day = siteDay(sites, site, range.from); day.from < range.to; day = siteDay(sites, site, day.to)) days.push(day)
  // Each making has files of its own: a reader may still be in those of the one before.
  const mark = randomBytes(4).toString('hex')
  const contacts = new Map<string, ArchiveFile>()
  let open: { readonly at: number; readonly writer: LineWriter } | null = null

  const close = async () => {
    if (open === null) return
    contacts.set(days[open.at]?.day ?? '', await open.writer.finish())
    open = null
  }
  const turnTo = async (at: number): Promise<LineWriter> => {
    if (open !== null && open.at === at) return open.writer
    await close()
    const writer = await writeLines(archiveDir, `${site}/${days[at]?.day ?? ''}/contacts-${mark}.ndjson.gz`)
    open = { at, writer }
    return writer
  }
  const dayAt = (at: number): number => days.findIndex(({ from, to }) => at >= from && at < to)

  return {
    add: async (found) => {
      for (const contact of found) {
        const at = dayAt(contact.queuedAt)
        if (at >= 0) await (await turnTo(at)).write(JSON.stringify(contact))
      }
    },
    finish: async (rows, final) => {
      const books: DayBook[] = []
      for (const [at, day] of days.entries()) {
        if (!contacts.has(day.day)) await turnTo(at)
        await close()
        const file = await writeLines(archiveDir, `${site}/${day.day}/rows-${mark}.ndjson.gz`)
        for (const row of rows) if (row.from >= day.from && row.from < day.to) await file.write(JSON.stringify([fieldOf(row), encodeFigures(row)]))
        const written = contacts.get(day.day)
        if (written) books.push({ ...day, from: instantOf(day.from), to: instantOf(day.to), rows: await file.finish(), contacts: written, final: final(day) })
      }
      return books
    },
    abandon: async () => {
      await open?.writer.abandon()
      await Promise.all([...contacts.values()].map(({ file }) => rm(join(archiveDir, file), { force: true })))
    },
  }
}

/** Removes the files of the making before. */
export const dropBook = async (archiveDir: string, old: DayBook | undefined, made: DayBook): Promise<void> => {
  if (old === undefined) return
  for (const { file } of [old.rows, old.contacts]) if (file !== made.rows.file && file !== made.contacts.file) await rm(join(archiveDir, file), { force: true })
}
