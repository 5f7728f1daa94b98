import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Priority } from '../../server/domain/incident/incident.ts'
import { kept, keep } from './kept.ts'

export const MUTE_MS = 15 * 60_000

/** off: nobody asked for it. blocked: the browser waits for a touch of this page. armed: it will be heard. */
export type SoundState = 'off' | 'blocked' | 'armed'

/** Whether this screen may be heard. Which alarms it sounds is decided in `client/sound`. */
export const useSoundStore = defineStore('sound', () => {
  const wanted = shallowRef(kept('floorwatch.sound') === 'on')
  const volume = shallowRef(Number(kept('floorwatch.volume') ?? 0.6))
  const audible = shallowRef(false)
  const mutedUntil = shallowRef<number | null>(null)
  /** What is heard at this moment: the screen shows the same. */
  const sounding = shallowRef<{ readonly ref: string; readonly priority: Priority } | null>(null)
  const state = computed<SoundState>(() => (!wanted.value ? 'off' : audible.value ? 'armed' : 'blocked'))
  watch(wanted, (on) => keep('floorwatch.sound', on ? 'on' : 'off'))
  watch(volume, (value) => keep('floorwatch.volume', String(value)))

  const muted = (now: number): boolean => mutedUntil.value !== null && mutedUntil.value > now
  /** Muting is for a quarter of an hour, never for good: a silence that is forgotten is a missed alarm. */
  const toggleMute = (now: number): void => { mutedUntil.value = muted(now) ? null : now + MUTE_MS }
  return { wanted, volume, audible, mutedUntil, sounding, state, muted, toggleMute }
})
