import { computed, type ComputedRef, type ShallowRef } from 'vue'
import { useAnswer } from '../composables/use-answer.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import type { Range } from './report-range.ts'

export interface ReportRows<Row> {
  /** Null until the first answer. */
  readonly rows: ComputedRef<readonly Row[] | null>
  /** Since when the rows are whole, where a report says that they are not from its beginning. */
  readonly wholeFrom: ComputedRef<string | null>
  readonly failure: Readonly<ShallowRef<string | null>>
  /** Where the same is had as a file. */
  readonly csv: ComputedRef<string>
  readonly again: () => Promise<void>
}

interface Asked {
  readonly range: Range
  readonly queue: string
}

/** Reports of the moment are asked again so often; ages between are worked out here. */
const EVERY_MS = 15_000

/** Rows of a report of a range, or of the moment where there is none (`asked` null). `isRow` holds them against what the screen needs of them. */
export const useReportRows = <Row>(name: string, asked: (() => Asked) | null, isRow: (row: Readonly<Record<string, unknown>>) => boolean): ReportRows<Row> => {
  const session = useSessionStore()
  const query = (): URLSearchParams => {
    if (asked === null) return new URLSearchParams()
    const { range, queue } = asked()
    return new URLSearchParams({ from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), ...(queue === '' ? {} : { queue }) })
  }
  const path = (more: Readonly<Record<string, string>> = {}): string => {
    const all = new URLSearchParams([...query(), ...Object.entries(more)]).toString()
    return session.place(`reports/${name}${all === '' ? '' : `?${all}`}`)
  }
  const read = (body: unknown) => {
    const { rows, wholeFrom } = recordOf(body)
    return { rows: listOf(rows).filter(isRecord).filter(isRow) as unknown as readonly Row[], wholeFrom: typeof wholeFrom === 'string' ? wholeFrom : null }
  }
  const { value, failure, again } = useAnswer(() => path(), read, asked === null ? { everyMs: EVERY_MS } : { anew: true })
  return { rows: computed(() => value.value?.rows ?? null), wholeFrom: computed(() => value.value?.wholeFrom ?? null), failure, again, csv: computed(() => `/api/v1${path({ format: 'csv' })}`) }
}
