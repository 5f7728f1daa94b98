import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** The two live regions of the whole app. KPI changes are never announced; polite news are gathered to one digest in 15 s. */
const DIGEST_MS = 15_000

export const useAnnouncerStore = defineStore('announcer', () => {
  const polite = shallowRef('')
  const assertive = shallowRef('')
  let waiting: string[] = []
  let lastAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    timer = undefined
    lastAt = performance.now()
    polite.value = waiting.join('. ')
    waiting = []
  }
  const say = (text: string): void => {
    waiting = [...waiting.filter((said) => said !== text), text]
    timer ??= setTimeout(flush, Math.max(0, lastAt + DIGEST_MS - performance.now()))
  }
  /** The answer to what the reader has just done: not held back. */
  const answer = (text: string): void => { polite.value = polite.value === text ? `${text}\u00a0` : text }
  const alarm = (text: string): void => { assertive.value = text }
  return { polite, assertive, say, answer, alarm }
})
