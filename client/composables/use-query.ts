import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** One parameter of the address; the default is not written. All filters live there, so a link shows the same screen. */
export const useQuery = (key: string, fallback = ''): WritableComputedRef<string> => {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const value = route.query[key]
      return typeof value === 'string' ? value : fallback
    },
    set: (value) => {
      const rest = Object.fromEntries(Object.entries(route.query).filter(([name]) => name !== key))
      void router.replace({ params: route.params, query: value === fallback ? rest : { ...rest, [key]: value } })
    },
  })
}

/** Sort column and direction as `?sort=waiting` or `?sort=-waiting`. */
export const useSortQuery = (fallback: string): { readonly column: () => string; readonly descending: () => boolean; readonly sortBy: (key: string) => void } => {
  const query = useQuery('sort', fallback)
  const column = () => query.value.replace(/^-/, '')
  const descending = () => query.value.startsWith('-')
  return { column, descending, sortBy: (key) => { query.value = column() === key && descending() ? key : `-${key}` } }
}
