import type { RecomputeRow } from '../../contract/recompute.ts'
import type { Definition } from '../../domain/kpi/definitions.ts'

/** One table on its way out: columns in order, what they mean, and rows that come as they are read. */
export interface ExportTable {
  readonly site: string
  readonly kind: 'intervals' | 'contacts' | 'incidents' | 'audit' | 'agents'
  readonly columns: readonly string[]
  readonly definitions: Readonly<Record<string, Definition>>
  /** Orders by whose settings days were measured again: who asked, when and why. */
  readonly recomputes?: readonly RecomputeRow[]
  readonly rows: AsyncIterable<Readonly<Record<string, unknown>>>
}

export const wordsOf = ({ unit, basis, text }: Definition): string => `${text}; ${unit}${basis === null ? '' : `; ${basis} basis`}`

export const definedColumns = ({ columns, definitions }: Pick<ExportTable, 'columns' | 'definitions'>): readonly (readonly [column: string, definition: Definition])[] =>
  columns.flatMap((column) => {
    const definition = definitions[column]
    return definition === undefined ? [] : [[column, definition] as const]
  })

/** Each order in words, beside the definitions. */
export const recomputeWords = ({ recomputes = [] }: ExportTable): readonly (readonly [name: string, words: string])[] =>
  recomputes.map(({ id, from, to, reason, by, createdAt }) => [`recompute ${id}`, `days from ${from} to ${to} are measured by other settings: ${reason ?? 'the reason was erased'}; asked for by ${by} at ${createdAt}`])
