import type { Instant } from '../domain/time.ts'
import { readEntries } from '../redis/archive-files.ts'
import type { FloorLog, ReadEntry } from '../redis/floor-log.ts'
import type { ArchivedDay, ImportedDay } from '../redis/manifest.ts'

/** What was recorded, from archive, hot log and imports, in order of its instants. */

/** Two streams of entries as one. */
export async function* merged(left: AsyncIterator<ReadEntry>, right: AsyncIterator<ReadEntry>): AsyncGenerator<ReadEntry> {
  const at = (read: ReadEntry) => Number(read.fields.a)
  let [a, b] = [await left.next(), await right.next()]
  while (!a.done || !b.done) {
    if (b.done || (!a.done && at(a.value) <= at(b.value))) {
      if (a.done) return
      yield a.value
      a = await left.next()
    } else {
      yield b.value
      b = await right.next()
    }
  }
}

async function* oneAfterAnother(archiveDir: string, files: readonly { readonly file: string; readonly sha256: string; readonly bytes: number }[]): AsyncGenerator<ReadEntry> {
  for (const file of files) yield* readEntries(archiveDir, file)
}

export interface RecordedSources {
  readonly log: Pick<FloorLog, 'read'>
  readonly archiveDir: string
}

/** Archived days, then what is still in the hot log, up to an instant. */
export async function* recorded({ log, archiveDir }: RecordedSources, site: string, days: readonly ArchivedDay[], from: Instant, to: Instant): AsyncGenerator<ReadEntry> {
  yield* oneAfterAnother(archiveDir, days.filter((day) => day.to > from && day.from < to).map((day) => day.log))
  let after = days.at(-1)?.last ?? '0-0'
  for (;;) {
    const page = await log.read(site, after, 200)
    for (const read of page) {
      if (Number(read.fields.a) >= to) return
      if (Number(read.fields.a) >= from) yield read
      after = read.id
    }
    if (page.length < 200) return
  }
}

/** Imported segments of the days, one after another; those of one day are merged, for two imports may cover the same hours. */
export async function* imported({ archiveDir }: Pick<RecordedSources, 'archiveDir'>, imports: readonly ImportedDay[]): AsyncGenerator<ReadEntry> {
  const days = [...new Set(imports.map(({ day }) => day))].sort()
  for (const day of days) {
    const segments = imports.filter((segment) => segment.day === day).map((segment) => readEntries(archiveDir, segment))
    let together: AsyncGenerator<ReadEntry> | undefined
    for (const segment of segments) together = together ? merged(together, segment) : segment
    if (together) yield* together
  }
}
