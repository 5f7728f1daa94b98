import { computed, shallowRef, type ComputedRef } from 'vue'

export interface Selection<T> {
  readonly rows: ComputedRef<readonly T[]>
  readonly has: (row: T) => boolean
  readonly toggle: (row: T) => void
  readonly clear: () => void
}

/** Rows that somebody has ticked; what is no longer in the list is not acted on. */
export const useSelection = <T>(shown: ComputedRef<readonly T[]>, keyOf: (row: T) => string): Selection<T> => {
  const keys = shallowRef<ReadonlySet<string>>(new Set())
  return {
    rows: computed(() => shown.value.filter((row) => keys.value.has(keyOf(row)))),
    has: (row) => keys.value.has(keyOf(row)),
    toggle: (row) => {
      const key = keyOf(row)
      keys.value = new Set(keys.value.has(key) ? [...keys.value].filter((found) => found !== key) : [...keys.value, key])
    },
    clear: () => { keys.value = new Set() },
  }
}
