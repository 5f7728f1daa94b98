import { computed, type ComputedRef } from 'vue'
import { useNow } from '../composables/use-now.ts'

const EVERY_MS = 180_000
/** A walk around the resting place, never farther than 4 px, so that no edge stays on the same pixels. */
const steps = [[0, 0], [4, 0], [4, 4], [0, 4], [-4, 4], [-4, 0], [-4, -4], [0, -4], [4, -4]] as const

export const useBurnInShift = (): ComputedRef<string> => {
  const { now } = useNow()
  return computed(() => {
    const [x, y] = steps[Math.floor(now.value / EVERY_MS) % steps.length] ?? [0, 0]
    return `${x}px ${y}px`
  })
}
