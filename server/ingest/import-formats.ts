import { callsReader, type CallsMap, type SavedCalls } from './calls-csv.ts'
import { UnreadableItem } from './check-event.ts'
import { isObject } from './clean-item.ts'
import { fromStructured } from './cloud-events.ts'
import { ImportRefused, type ImportReader } from './import-reader.ts'
import type { AcwRule } from './sources/asterisk-members.ts'
import { openQueueLog, type SavedQueueLog } from './sources/asterisk-queue-log.ts'

/** How lines of each format become items; what a format must remember between lines is explicit and can be saved. */

export const eventFormats = ['asterisk-queue-log', 'events-ndjson', 'calls-csv'] as const
export type ImportFormat = (typeof eventFormats)[number]
/** Incidents are no events of the floor: they have a reader and a way of their own. */
export const importFormats = [...eventFormats, 'incidents-csv'] as const

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

export interface ImportOptions {
  readonly source: string
  readonly acw: AcwRule
  /** Zone of the site. */
  readonly timeZone: string
  /** `imports.calls-csv` of the settings. */
  readonly callsMap: CallsMap | null
}

/** `saved`: what `save` gave, after JSON. */
export const openImportReader = (format: ImportFormat, options: ImportOptions, saved: unknown): ImportReader => {
  switch (format) {
    case 'asterisk-queue-log':
      return queueLogLines(options, (saved ?? undefined) as SavedQueueLog | undefined)
    case 'events-ndjson':
      return eventLines()
    case 'calls-csv':
      if (options.callsMap?.columns.queuedAt === undefined) throw new ImportRefused('the settings have no imports.calls-csv.columns.queuedAt: name the columns of the file there')
      return callsReader(options.callsMap, options.timeZone, (saved ?? undefined) as SavedCalls | undefined)
  }
}
