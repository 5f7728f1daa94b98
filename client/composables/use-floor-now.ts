import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import { heldAt, type Freshness } from '../format/freshness.ts'
import { useNow } from './use-now.ts'

const freshnessKey: InjectionKey<() => Freshness> = Symbol('freshness of the floor')

/** Every figure of the floor below counts by this freshness. */
export const provideFloorFreshness = (freshness: () => Freshness): void => provide(freshnessKey, freshness)

/**
 * The instant that figures of the floor are told for, server epoch ms: waits and times in a state count on while the floor is heard, and stand still at
 * the last word of a source that fell silent, because who waited then may long be gone.
 */
export const useFloorNow = (): { readonly now: ComputedRef<number> } => {
  const { now } = useNow()
  const freshness = inject(freshnessKey, null)
  return { now: computed(() => Math.min(now.value, (freshness && heldAt(freshness())) ?? Infinity)) }
}
