import type { ArchiveFile } from './manifest.ts'

/** A day in files, as the manifest names it; each making of it has files of its own. */
export interface Making {
  readonly day: string
  readonly rows: ArchiveFile
}

export interface Makings<Day extends Making, T> {
  /** Days as the manifest names them by now. */
  readonly named: () => Promise<readonly Day[]>
  /** Those that were named before; otherwise what is named as the reading begins. */
  readonly days?: readonly Day[]
  /** Must open all its files before it gives anything. */
  readonly read: (day: Day) => Iterable<T> | AsyncIterable<T>
  /** Told of a day that nobody names any more, and of which nothing was given. Without it the missing file is a fault. */
  readonly dropped?: (day: Day) => void
}

const isMissing = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'

export const listed = async <T>(found: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = []
  for await (const one of found) all.push(one)
  return all
}

/**
 * Reads day after day. Whoever makes a day anew names its new files and takes the old ones away at once, maybe from under a reader who was
 * told of them before: then the newer making is read. A file that is open can be read to its end, so that nothing is told twice.
 */
export async function* eachMaking<Day extends Making, T>({ days, named, read, dropped }: Makings<Day, T>): AsyncGenerator<T> {
  for (const first of days ?? (await named())) {
    for (let day = first; ; ) {
      let told = false
      try {
        for await (const one of read(day)) {
          told = true
          yield one
        }
        break
      } catch (error) {
        if (told || !isMissing(error)) throw error
        const newer: Day | undefined = (await named()).find((one) => one.day === first.day)
        if (newer === undefined && dropped !== undefined) {
          dropped(first)
          break
        }
        // A loss, and no making anew.
        if (newer === undefined || newer.rows.file === day.rows.file) throw error
        day = newer
      }
    }
  }
}
