import { UnreadableItem } from './check-event.ts'
import { isObject } from './clean-item.ts'
import { fromStructured } from './cloud-events.ts'
import type { AcwRule } from './sources/asterisk-members.ts'
import { openQueueLog, type SavedQueueLog } from './sources/asterisk-queue-log.ts'

/** How lines of each format become items; what a format must remember between lines is explicit and can be saved. */

export const importFormats = ['asterisk-queue-log', 'events-ndjson'] as const
export type ImportFormat = (typeof importFormats)[number]

export interface ImportReader {
  /** Items of a line; none: the line says nothing to us. */
  readonly read: (line: string) => readonly unknown[]
  readonly save: () => unknown
}

const eventLines = (): ImportReader => ({
  read: (line) => {
    try {
      const value: unknown = JSON.parse(line)
      if (!isObject(value) || !('specversion' in value)) return [value]
      const event = fromStructured(value, Number.NaN)
      // History without a time has no place.
      return [event instanceof UnreadableItem ? event : event.item]
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) return [new UnreadableItem(error instanceof RangeError ? 'time: missing; an imported event needs its own time' : 'the line is not valid JSON')]
      throw error
    }
  },
  save: () => null,
})

const queueLogLines = (options: { readonly source: string; readonly acw: AcwRule }, saved: SavedQueueLog | undefined): ImportReader => {
  const reader = openQueueLog(options, saved)
  return {
    read: (line) => {
      const result = reader.read(line)
      if (result.kind === 'rejected') return [new UnreadableItem(result.detail)]
      return result.kind === 'events' ? result.events : []
    },
    save: reader.save,
  }
}

/** `saved`: what `save` gave, after JSON. */
export const openImportReader = (format: ImportFormat, options: { readonly source: string; readonly acw: AcwRule }, saved: unknown): ImportReader =>
  format === 'asterisk-queue-log' ? queueLogLines(options, (saved ?? undefined) as SavedQueueLog | undefined) : eventLines()
