import { computed, inject, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { feedKey } from '../live/feed.ts'
import { usePauseStore } from '../stores/pause-store.ts'

/** One timer for the whole page, while anybody looks at it. */
const local = shallowRef(Date.now())
let watchers = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Ticks on the whole second, so that all ages on a screen change together. */
const tick = () => {
  local.value = Date.now()
  timer = setTimeout(tick, 1000 - (Date.now() % 1000) + 5)
}

export interface Now {
  /** Server epoch ms; ages are computed from it. */
  readonly now: ComputedRef<number>
  readonly localNow: ComputedRef<number>
}

/** `always`: goes on while the reader holds the figures, as clocks, deadlines and alarms must. */
export const useNow = ({ always = false }: { readonly always?: boolean } = {}): Now => {
  const feed = inject(feedKey, null)
  const pause = usePauseStore()
  watchers += 1
  if (watchers === 1) tick()
  onScopeDispose(() => {
    watchers -= 1
    if (watchers === 0) clearTimeout(timer)
  })
  const live = computed(() => local.value + (feed?.offsetMs.value ?? 0))
  return { now: always ? live : computed(() => pause.at ?? live.value), localNow: computed(() => local.value) }
}
