import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type LineWriter, writeLines } from '../../server/redis/archive-files.ts'
import { type ContactWriter, writeContacts } from '../../server/redis/contact-book.ts'
import type { ArchiveFile } from '../../server/redis/manifest.ts'

/** Files of the archive that are made together: all of them stand in the end, or none. What is tried again every minute would fill a disk that has little room with what nobody names. */
export interface FileSet {
  readonly lines: (name: string) => Promise<LineWriter>
  readonly contacts: () => Promise<ContactWriter>
  /** What `make` makes; a fault in it leaves nothing. */
  readonly orNone: <T>(make: () => Promise<T>) => Promise<T>
  /** What was made is somebody else's from now on: `abandon` leaves it. */
  readonly handOver: () => void
  readonly abandon: () => Promise<void>
}

export const fileSet = (archiveDir: string, folder: string): FileSet => {
  // Each making has files of its own: a reader may still be in those of the one before.
  const mark = randomBytes(4).toString('hex')
  const begun = new Set<{ readonly abandon: () => Promise<void> }>()
  const names = new Set<string>()

  const named = (name: string): string => {
    const file = `${folder}/${name.replace('.', `-${mark}.`)}`
    names.add(file)
    return file
  }
  const opened = async <W extends { readonly abandon: () => Promise<void> }>(open: Promise<W>): Promise<W> => {
    const writer = await open
    begun.add(writer)
    return writer
  }
  const handOver = (): void => {
    begun.clear()
    names.clear()
  }
  const abandon = async (): Promise<void> => {
    const removed = await Promise.allSettled([...[...begun].map((writer) => writer.abandon()), ...[...names].map((file) => rm(join(archiveDir, file), { force: true }))])
    handOver()
    for (const one of removed) if (one.status === 'rejected') throw one.reason
  }
  return {
    lines: (name) => opened(writeLines(archiveDir, named(`${name}.ndjson.gz`))),
    contacts: () => opened(writeContacts(archiveDir, named('contacts.ndjson.gz'), named('index.gz'))),
    orNone: async (make) => {
      try {
        return await make()
      } catch (error) {
        // The first fault is the cause of whatever cannot be removed.
        await abandon().catch(() => undefined)
        throw error
      }
    },
    handOver,
    abandon,
  }
}

/** Removes what the manifest names no more, but for what it goes on to name. */
export const dropFiles = async (archiveDir: string, old: readonly ArchiveFile[], kept: readonly ArchiveFile[]): Promise<void> => {
  for (const { file } of old) if (!kept.some((one) => one.file === file)) await rm(join(archiveDir, file), { force: true })
}
