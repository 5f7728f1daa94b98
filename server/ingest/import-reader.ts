/** What reads the lines of an imported file. */
export interface ImportReader {
  /** Items of a line; none: the line says nothing to us. */
  readonly read: (line: string) => readonly unknown[]
  readonly save: () => unknown
}

/** A file that cannot be read at all, and what would make it readable: the whole import fails with these words. */
export class ImportRefused extends Error {}
