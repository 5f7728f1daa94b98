import { shallowRef, watch, type ShallowRef } from 'vue'
import { request, RequestFailed } from '../http/api.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import type { Range } from './report-range.ts'

export interface ReportRows<Row> {
  /** Null until the first answer. */
  readonly rows: Readonly<ShallowRef<readonly Row[] | null>>
  /** Since when the rows are whole, where a report says that they are not from its beginning. */
  readonly wholeFrom: Readonly<ShallowRef<string | null>>
  readonly failure: Readonly<ShallowRef<string | null>>
  readonly csv: () => string
}

interface Asked {
  readonly range: Range
  readonly queue: string
}

/** Rows of a report that the server makes from the contacts of a range. */
export const useReportRows = <Row>(name: string, asked: () => Asked, isRow: (row: Readonly<Record<string, unknown>>) => boolean): ReportRows<Row> => {
  const session = useSessionStore()
  const rows = shallowRef<readonly Row[] | null>(null)
  const wholeFrom = shallowRef<string | null>(null)
  const failure = shallowRef<string | null>(null)
  const path = (): string => {
    const { range, queue } = asked()
    return `/sites/${encodeURIComponent(session.site?.id ?? '')}/reports/${name}?${new URLSearchParams({ from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), ...(queue === '' ? {} : { queue }) }).toString()}`
  }
  watch(path, async (now) => {
    try {
      const found = await request(now, (body) => ({ rows: listOf(recordOf(body).rows).filter(isRecord).filter(isRow) as unknown as readonly Row[], wholeFrom: recordOf(body).wholeFrom }))
      if (now !== path()) return
      rows.value = found.rows
      wholeFrom.value = typeof found.wholeFrom === 'string' ? found.wholeFrom : null
      failure.value = null
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      failure.value = error.message
    }
  }, { immediate: true })
  return { rows, wholeFrom, failure, csv: () => `/api/v1${path()}&format=csv` }
}
