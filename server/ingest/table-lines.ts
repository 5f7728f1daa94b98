import { UnreadableItem } from './check-event.ts'
import { ImportRefused } from './import-reader.ts'
import { guessDelimiter, recordOf } from './table-values.ts'

/** Lines of a table with a header as records; what lies between two lines (a quoted field that goes on) can be saved. */

export interface SavedTable {
  readonly header: readonly string[] | null
  readonly delimiter: string
  /** Of a record whose quoted field goes on in the next line. */
  readonly open: string
}

export interface TableRecord {
  /** The record as it stands in the file. */
  readonly text: string
  /** Empty where the table has no such column. */
  readonly cell: (name: string) => string
}

export interface TableLines {
  /** null: the header, or a record that goes on. */
  readonly read: (line: string) => TableRecord | UnreadableItem | null
  readonly save: () => SavedTable
}

/** What a cell says cannot be understood: the row is refused with these words. */
export class BadCell extends Error {}

const LONGEST_RECORD = 65_536

/** `mapped`: columns that the table must have. */
export const tableLines = ({ delimiter: given, mapped }: { readonly delimiter?: string | undefined; readonly mapped: readonly string[] }, saved?: SavedTable): TableLines => {
  let header: readonly string[] | null = saved?.header ?? null
  let delimiter = saved?.delimiter ?? given ?? ''
  let open = saved?.open ?? ''
  let places = new Map((header ?? []).map((name, index) => [name, index]))

  const headerOf = (fields: readonly string[]) => {
    const names = fields.map((field) => field.trim())
    const missing = mapped.filter((name) => !names.includes(name))
    if (missing.length > 0) throw new ImportRefused(`the file has no column ${missing.map((name) => `"${name}"`).join(', ')}; it has ${names.map((name) => `"${name.slice(0, 60)}"`).join(', ')}`)
    header = names
    places = new Map(names.map((name, index) => [name, index] as const).reverse())
  }

  return {
    read: (line) => {
      const text = open === '' ? line.replace(/^\ufeff/, '') : `${open}\n${line}`
      if (delimiter === '') delimiter = guessDelimiter(text)
      const fields = recordOf(text, delimiter)
      if (fields === null && text.length <= LONGEST_RECORD) {
        open = text
        return null
      }
      open = ''
      if (fields === null) return new UnreadableItem('a quoted field is never closed')
      if (header === null) {
        headerOf(fields)
        return null
      }
      if (fields.length !== header.length) return new UnreadableItem(`${fields.length} fields; the header has ${header.length}`)
      return { text, cell: (name) => fields[places.get(name) ?? -1] ?? '' }
    },
    save: () => ({ header, delimiter, open }),
  }
}
