import { onMounted, shallowRef, type ShallowRef } from 'vue'
import { reasonOf, request } from '../http/api.ts'
import { itemsOf } from '../http/read.ts'
import { useUndoStore } from '../stores/undo-store.ts'

export interface Rows<T> {
  readonly rows: Readonly<ShallowRef<readonly T[]>>
  readonly state: Readonly<ShallowRef<'loading' | 'ready' | 'failed'>>
  readonly failure: Readonly<ShallowRef<string | null>>
  readonly load: () => Promise<void>
  /** Does something, says why when it is refused, and reads the list again. Null: refused. */
  readonly act: <R>(what: () => Promise<R>) => Promise<R | null>
}

/** A list of an administrator: read, changed line by line, read again. */
export const useRows = <T>(path: string, rowOf: (item: Readonly<Record<string, unknown>>) => T): Rows<T> => {
  const undo = useUndoStore()
  const rows = shallowRef<readonly T[]>([])
  const state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const failure = shallowRef<string | null>(null)
  const load = async (): Promise<void> => {
    try {
      rows.value = await request(`${path}?limit=1000`, (body) => itemsOf(body).map(rowOf))
      state.value = 'ready'
    } catch (error) {
      failure.value = reasonOf(error)
      state.value = 'failed'
    }
  }
  const act = async <R>(what: () => Promise<R>): Promise<R | null> => {
    try {
      const done = await what()
      await load()
      return done
    } catch (error) {
      undo.offer(reasonOf(error), null, 'failed')
      return null
    }
  }
  onMounted(load)
  return { rows, state, failure, load, act }
}
