import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import { HOUR, type Instant } from '../../server/domain/time.ts'
import type { LineWriter } from '../../server/redis/archive-files.ts'
import { agentDays, type AgentLine } from '../../server/redis/agent-book.ts'
import type { BesideLine } from '../../server/redis/book-beside.ts'
import type { ArchiveFile, DayBook } from '../../server/redis/manifest.ts'
import { dropFiles, fileSet } from './file-set.ts'

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
  /** `corrections`: what rows of the day were before, as texts. A fault leaves no file. */
  readonly finish: (final: boolean, corrections: readonly string[], settings: number | null) => Promise<DayBook>
  /** Removes what was begun; a finished book stays. */
  readonly abandon: () => Promise<void>
}

const addAll = async (writer: LineWriter, things: readonly unknown[]): Promise<void> => {
  for (const thing of things) await writer.write(JSON.stringify(thing))
}

/** Writes what a day came to into files of the archive, while the day is folded. */
export const writeBook = async (archiveDir: string, site: string, day: BookDay): Promise<BookWriter> => {
  const files = fileSet(archiveDir, `${site}/${day.day}`)
  const [rows, contacts, beside, agents] = await files.orNone(async () => [await files.lines('rows'), await files.contacts(), await files.lines('beside'), await files.lines('agents')] as const)
  const sums = agentDays(day.from)
  const writtenDays = async (): Promise<ArchiveFile> => {
    const file = await files.lines('agent-days')
    await addAll(file, sums.lines())
    return file.finish()
  }
  const written = async (lines: readonly string[]): Promise<ArchiveFile> => {
    const file = await files.lines('corrections')
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
    finish: async (final, corrections, settings) => {
      const made: DayBook = await files.orNone(async () => ({ ...day, rows: await rows.finish(), ...(await contacts.finish()), beside: await beside.finish(), agents: await agents.finish(), agentDays: await writtenDays(), ...(corrections.length === 0 ? {} : { corrections: await written(corrections) }), ...(settings === null ? {} : { settings }), final }))
      files.handOver()
      return made
    },
    abandon: files.abandon,
  }
}

const filesOf = ({ rows, contacts, contactIndex, beside, agents, agentDays: days, corrections }: DayBook): readonly ArchiveFile[] => [rows, contacts, contactIndex, beside, agents, days, corrections].flatMap((file) => file ?? [])

/** Removes the files of a making that another replaced, or that nobody took. */
export const dropBook = (archiveDir: string, old: DayBook, made?: DayBook): Promise<void> => dropFiles(archiveDir, filesOf(old), made === undefined ? [] : filesOf(made))
