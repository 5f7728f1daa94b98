import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** A reader may hold the figures still (WCAG 2.2.2). Alarms, deadlines and freshness go on: those are never held. */
export const usePauseStore = defineStore('pause', () => {
  /** Server epoch ms at which the figures stand; null: they move. */
  const at = shallowRef<number | null>(null)
  const waiting = shallowRef(0)
  const pause = (now: number): void => {
    waiting.value = 0
    at.value = now
  }
  const resume = (): void => { at.value = null }
  const toggle = (now: number): void => (at.value === null ? pause(now) : resume())
  return { at, waiting, paused: computed(() => at.value !== null), count: () => { waiting.value += 1 }, pause, resume, toggle }
})
