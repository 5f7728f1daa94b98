import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContactFigures } from '../../server/domain/floor.ts'
import { HOUR, type Instant } from '../../server/domain/time.ts'
import { type LineWriter, writeLines } from '../../server/redis/archive-files.ts'
import { agentDays, type AgentLine } from '../../server/redis/agent-book.ts'
import { writeContacts } from '../../server/redis/contact-book.ts'
import type { BesideLine } from '../../server/redis/book-beside.ts'
import type { ArchiveFile, DayBook } from '../../server/redis/manifest.ts'

/** After this nothing late comes through the live door any more. */
export const LATE_MS = 50 * HOUR

/** A row as history keeps it: `fieldOf` and `encodeFigures` of it. */
export type RowText = readonly [field: string, figures: string]

export interface BookDay {
  readonly day: string
  readonly from: Instant
  readonly to: Instant
}

export interface BookWriter {
  /** In any order. */
  readonly addRows: (rows: readonly RowText[]) => Promise<void>
  /** Oldest first. */
  readonly addContacts: (contacts: readonly ContactFigures[]) => Promise<void>
  /** What stands beside rows and contacts, stretch after stretch. */
  readonly addBeside: (lines: readonly BesideLine[]) => Promise<void>
  /** What agents did and were, stretch after stretch. */
  readonly addAgents: (lines: readonly AgentLine[]) => Promise<void>
  /** `corrections`: what rows of the day were before, as texts. */
  readonly finish: (final: boolean, corrections: readonly string[]) => Promise<DayBook>
  readonly abandon: () => Promise<void>
}

const addAll = async (writer: LineWriter, things: readonly unknown[]): Promise<void> => {
  for (const thing of things) await writer.write(JSON.stringify(thing))
}

/** Writes what a day came to into files of the archive, while the day is folded. */
export const writeBook = async (archiveDir: string, site: string, day: BookDay): Promise<BookWriter> => {
  // Each making has files of its own: a reader may still be in those of the one before.
  const mark = randomBytes(4).toString('hex')
  const rows = await writeLines(archiveDir, `${site}/${day.day}/rows-${mark}.ndjson.gz`)
  const contacts = await writeContacts(archiveDir, `${site}/${day.day}/contacts-${mark}.ndjson.gz`, `${site}/${day.day}/index-${mark}.gz`)
  const beside = await writeLines(archiveDir, `${site}/${day.day}/beside-${mark}.ndjson.gz`)
  const agents = await writeLines(archiveDir, `${site}/${day.day}/agents-${mark}.ndjson.gz`)
  const sums = agentDays(day.from)
  const writtenDays = async (): Promise<ArchiveFile> => {
    const file = await writeLines(archiveDir, `${site}/${day.day}/agent-days-${mark}.ndjson.gz`)
    await addAll(file, sums.lines())
    return file.finish()
  }
  const written = async (lines: readonly string[]): Promise<ArchiveFile> => {
    const file = await writeLines(archiveDir, `${site}/${day.day}/corrections-${mark}.ndjson.gz`)
    for (const line of lines) await file.write(line)
    return file.finish()
  }
  return {
    addRows: (some) => addAll(rows, some),
    addContacts: contacts.add,
    addBeside: (lines) => addAll(beside, lines),
    addAgents: (lines) => {
      sums.add(lines)
      return addAll(agents, lines)
    },
    finish: async (final, corrections) => ({ ...day, rows: await rows.finish(), ...(await contacts.finish()), beside: await beside.finish(), agents: await agents.finish(), agentDays: await writtenDays(), ...(corrections.length === 0 ? {} : { corrections: await written(corrections) }), final }),
    abandon: async () => {
      await Promise.all([rows.abandon(), contacts.abandon(), beside.abandon(), agents.abandon()])
    },
  }
}

const filesOf = ({ rows, contacts, contactIndex, beside, agents, agentDays: days, corrections }: DayBook): readonly ArchiveFile[] => [rows, contacts, contactIndex, beside, agents, days, corrections].flatMap((file) => file ?? [])

/** Removes the files of the making before. */
export const dropBook = async (archiveDir: string, old: DayBook | undefined, made: DayBook): Promise<void> => {
  if (old === undefined) return
  for (const { file } of filesOf(old)) if (!filesOf(made).some((kept) => kept.file === file)) await rm(join(archiveDir, file), { force: true })
}
