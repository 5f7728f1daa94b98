import { h, onMounted, onScopeDispose, render, type Ref } from 'vue'
import PrintTable from './PrintTable.vue'

export interface PrintedTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A table of which the screen holds the visible rows only stands whole on paper: made when the browser asks for the page, and taken away after. */
export const usePrintTable = (place: Readonly<Ref<HTMLElement | null>>, table: () => PrintedTable): void => {
  const show = (): void => { if (place.value) render(h(PrintTable, table()), place.value) }
  const hide = (): void => { if (place.value) render(null, place.value) }
  onMounted(() => {
    window.addEventListener('beforeprint', show)
    window.addEventListener('afterprint', hide)
  })
  onScopeDispose(() => {
    window.removeEventListener('beforeprint', show)
    window.removeEventListener('afterprint', hide)
    hide()
  })
}
