import type { EntryId } from '../domain/log-entry.ts'
import type { Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'

export interface ArchiveFile {
  /** Below ARCHIVE_DIR. */
  readonly file: string
  /** Of the file's bytes. */
  readonly sha256: string
  readonly bytes: number
}

/** A floor at a place of the log, in a file. */
export interface ArchivedFloor extends ArchiveFile {
  readonly entry: EntryId
  readonly hash: string
}

/** A business day of the site's log that is closed and archived. */
export interface ArchivedDay {
  /** Local date, "YYYY-MM-DD". */
  readonly day: string
  readonly from: Instant
  readonly to: Instant
  readonly first: EntryId
  readonly last: EntryId
  readonly lastHash: string
  readonly entries: number
  readonly log: ArchiveFile
  /** The floor before the day's first entry; null on the site's first day. */
  readonly base: ArchivedFloor | null
  /** The floor after the day's last entry: the next day's base. */
  readonly after: ArchivedFloor
}

/** Facts of one business day that came by an import after the live door had closed for them. */
export interface ImportedDay extends ArchiveFile {
  readonly day: string
  readonly import: string
  readonly facts: number
}

/** Where in a file of contacts whose contacts stand; its head says where what of it is. */
export interface ContactIndexFile extends ArchiveFile {
  readonly head: { readonly at: number; readonly bytes: number; readonly sha: string }
}

/** What a closed day came to: its rows and its contacts, made by folding its segments. */
export interface DayBook {
  readonly day: string
  readonly from: Instant
  readonly to: Instant
  readonly rows: ArchiveFile
  readonly contacts: ArchiveFile
  /** Absent in books of older versions: their contacts are read from the first to the last. */
  readonly contactIndex?: ContactIndexFile
  /** Who was on the queue when, and how right quotes of waits were; absent in books of older versions. */
  readonly beside?: ArchiveFile
  /** What agents did and were; absent in books of older versions. */
  readonly agents?: ArchiveFile
  /** The same as sums of the day; absent in books of older versions. */
  readonly agentDays?: ArchiveFile
  /** What rows were before they were corrected; absent where none was. */
  readonly corrections?: ArchiveFile
  /** Version of the settings by which it was first measured, where it is from before any were saved. */
  readonly settings?: number
  /** False while late facts may still come: the day is folded once more after that. */
  readonly final: boolean
}

/** A closed day's rows by other settings, beside its book. */
export interface RecomputedDay {
  readonly day: string
  readonly from: Instant
  readonly to: Instant
  readonly recompute: string
  readonly rows: ArchiveFile
}

/** The cohort of a closed day whose D is over: who of those that ended came again, by quarter hour and queue. */
export interface CohortDay {
  readonly day: string
  readonly from: Instant
  readonly to: Instant
  /** D of the site, and of the queues that have another. */
  readonly windowMs: number
  readonly windows: Readonly<Record<string, number>>
  /** The books it was counted from. */
  readonly of: string
  readonly rows: ArchiveFile
  /** The same by agent; absent where an older version counted. */
  readonly agents?: ArchiveFile
  /** Each contact behind them with its agent; absent as the sums by agent. */
  readonly contacts?: ArchiveFile
}

/** What the archive holds of a site, and which days must be folded again. */
export interface Manifest {
  readonly days: (site: string) => Promise<readonly ArchivedDay[]>
  readonly imports: (site: string) => Promise<readonly ImportedDay[]>
  readonly books: (site: string) => Promise<readonly DayBook[]>
  readonly recomputed: (site: string) => Promise<readonly RecomputedDay[]>
  readonly addRecomputed: (site: string, day: RecomputedDay) => Promise<void>
  /** A day that came to something else meanwhile must be measured again: its series are dropped. */
  readonly dropRecomputed: (site: string, fence: number, days: readonly RecomputedDay[]) => Promise<boolean>
  readonly cohorts: (site: string) => Promise<readonly CohortDay[]>
  readonly addCohort: (site: string, fence: number, day: CohortDay) => Promise<boolean>
  readonly addBook: (site: string, fence: number, book: DayBook) => Promise<boolean>
  /** False when the fence has passed to another keeper. */
  readonly addDay: (site: string, fence: number, day: ArchivedDay) => Promise<boolean>
  /**
   * Registers facts of days and asks for their fold, all in one step; a day whose file is there already changes nothing. `beside`: days to
   * be folded too when any of them is new, since contacts reach over midnight.
   */
  readonly addImports: (site: string, days: readonly ImportedDay[], beside?: readonly string[]) => Promise<void>
  /** Asks for days to be folded again although no segment was added: their rows were missed. */
  readonly ask: (site: string, fence: number, days: readonly string[], mark: string) => Promise<boolean>
  /** Days that wait to be folded again, with a mark that changes at each new cause. */
  readonly dirty: (site: string) => Promise<ReadonlyMap<string, string>>
  /** Takes the day off the list unless a new cause came since. */
  readonly clean: (site: string, fence: number, day: string, mark: string) => Promise<boolean>
}

const script = openScript('manifest')

export const openManifest = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Manifest => {
  const call = async (site: string, ...args: readonly string[]): Promise<boolean> => {
    const { archive, folded, fence } = keys.site(site)
    return (await script.run(redis, { keys: [archive, folded, fence], arguments: args })) === 1
  }
  const listed = async <T>(site: string, kind: string): Promise<readonly T[]> => {
    const fields = Object.entries(await redis.hGetAll(keys.site(site).archive)).filter(([field]) => field.startsWith(kind))
    return fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => JSON.parse(String(row)) as T)
  }
  return {
    days: (site) => listed<ArchivedDay>(site, 'day:'),
    imports: (site) => listed<ImportedDay>(site, 'import:'),
    books: (site) => listed<DayBook>(site, 'book:'),
    recomputed: (site) => listed<RecomputedDay>(site, 'recomputed:'),
    addRecomputed: async (site, day) => void (await call(site, 'set', `recomputed:${day.day}:${day.recompute}`, JSON.stringify(day))),
    dropRecomputed: (site, fence, days) => call(site, 'drop', String(fence), ...days.map(({ day, recompute }) => `recomputed:${day}:${recompute}`)),
    cohorts: (site) => listed<CohortDay>(site, 'cohort:'),
    addCohort: (site, fence, day) => call(site, 'day', String(fence), `cohort:${day.day}`, JSON.stringify(day)),
    addBook: (site, fence, book) => call(site, 'day', String(fence), `book:${book.day}`, JSON.stringify(book)),
    addDay: (site, fence, day) => call(site, 'day', String(fence), `day:${day.day}`, JSON.stringify(day)),
    addImports: async (site, days, beside = []) => {
      const [first] = days
      if (first === undefined) return
      const rows = days.flatMap((day) => [`import:${day.day}:${day.import}`, JSON.stringify(day), `dirty:${day.day}`, `${day.import}:${day.sha256}`])
      await call(site, 'import', String(days.length), ...rows, `${first.import}:${first.sha256}`, ...beside.map((day) => `dirty:${day}`))
    },
    ask: async (site, fence, days, mark) => days.length === 0 || (await call(site, 'ask', String(fence), mark, ...days.map((day) => `dirty:${day}`))),
    dirty: async (site) => {
      const fields = Object.entries(await redis.hGetAll(keys.site(site).folded)).filter(([field]) => field.startsWith('dirty:'))
      return new Map(fields.map(([field, mark]) => [field.slice('dirty:'.length), String(mark)]))
    },
    clean: (site, fence, day, mark) => call(site, 'clean', String(fence), `dirty:${day}`, mark),
  }
}
