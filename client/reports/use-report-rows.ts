import { shallowRef, watch, type ShallowRef } from 'vue'
import { reasonOf, request } from '../http/api.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import type { Range } from './report-range.ts'

export interface ReportRows<Row> {
  /** Null until the first answer. */
  readonly rows: Readonly<ShallowRef<readonly Row[] | null>>
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
  const failure = shallowRef<string | null>(null)
  const path = (): string => {
    const { range, queue } = asked()
    return session.place(`reports/${name}?${new URLSearchParams({ from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), ...(queue === '' ? {} : { queue }) }).toString()}`)
  }
  watch(path, async (now) => {
    try {
      const found = await request(now, (body) => listOf(recordOf(body).rows).filter(isRecord).filter(isRow) as unknown as readonly Row[])
      if (now !== path()) return
      rows.value = found
      failure.value = null
    } catch (error) {
      failure.value = reasonOf(error)
    }
  }, { immediate: true })
  return { rows, failure, csv: () => `/api/v1${path()}&format=csv` }
}
