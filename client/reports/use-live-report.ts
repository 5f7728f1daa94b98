import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { reasonOf, request } from '../http/api.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** Reports of the moment are asked again so often; ages between are worked out here. */
const EVERY_MS = 15_000

/** Rows of a report that has no range; null until the first answer. */
export const useLiveReport = <Row>(name: string, isRow: (row: Readonly<Record<string, unknown>>) => boolean): { readonly rows: Readonly<ShallowRef<readonly Row[] | null>>; readonly failure: Readonly<ShallowRef<string | null>>; readonly csv: () => string; readonly again: () => Promise<void> } => {
  const session = useSessionStore()
  const rows = shallowRef<readonly Row[] | null>(null)
  const failure = shallowRef<string | null>(null)
  const path = (): string => session.place(`reports/${name}`)
  const again = async (): Promise<void> => {
    try {
      rows.value = await request(path(), (body) => listOf(recordOf(body).rows).filter(isRecord).filter(isRow) as unknown as readonly Row[])
      failure.value = null
    } catch (error) {
      failure.value = reasonOf(error)
    }
  }
  void again()
  const timer = setInterval(() => void again(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return { rows, failure, csv: () => `/api/v1${path()}?format=csv`, again }
}
