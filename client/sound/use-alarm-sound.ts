import { useEventListener } from '@vueuse/core'
import { onScopeDispose, watch, type ComputedRef } from 'vue'
import type { Incident } from '../../server/contract/rows.ts'
import { useNow } from '../composables/use-now.ts'
import { isUnacknowledged } from '../format/incident-order.ts'
import { useSoundStore } from '../stores/sound-store.ts'
import { chime, lengthOf, pulsesOf, type Pulse } from './alarm-pulses.ts'
import { afterSound, dueSound, heardBefore, silence } from './due-sound.ts'
import { playPulses } from './play-pulses.ts'

export interface AlarmSound {
  /** Asks the browser to be heard, which only works in answer to a gesture, and proves it with a chime. */
  readonly arm: () => Promise<void>
  readonly test: () => void
}

/** Sounds what waits for somebody, for as long as it waits. One per screen: the desk's frame or the wall. */
export const useAlarmSound = (incidents: ComputedRef<readonly Incident[] | null>): AlarmSound => {
  const sound = useSoundStore()
  const { now } = useNow({ always: true })
  let context: AudioContext | null = null
  let sounded = silence
  let first = true
  let stop: (() => void) | null = null
  let shownFor: ReturnType<typeof setTimeout> | undefined

  const look = (): void => { sound.audible = context?.state === 'running' }
  const open = (): AudioContext => {
    if (context !== null) return context
    context = new AudioContext()
    context.addEventListener('statechange', look)
    return context
  }
  const wake = async (): Promise<void> => {
    // A browser that wants a gesture first lets this wait; a policy of the kiosk may allow it at once.
    await open().resume()
    look()
  }
  const play = (pulses: readonly Pulse[]): void => {
    stop?.()
    stop = playPulses(open(), pulses, sound.volume)
  }
  const test = (): void => play(chime)
  const arm = async (): Promise<void> => {
    sound.wanted = true
    sound.mutedUntil = null
    await wake()
    if (sound.audible) test()
  }
  const quiet = (): void => {
    stop?.()
    stop = null
    sound.sounding = null
  }

  watch(now, (at) => {
    const waiting = (incidents.value ?? []).filter(isUnacknowledged)
    if (incidents.value !== null && first) {
      first = false
      sounded = heardBefore(waiting)
    }
    if (sound.state !== 'armed' || sound.muted(at)) return
    const alarm = dueSound(waiting, sounded, at)
    if (alarm?.priority == null) return
    sounded = afterSound(waiting, at)
    const pulses = pulsesOf(alarm.priority)
    play(pulses)
    sound.sounding = { ref: alarm.ref, priority: alarm.priority }
    clearTimeout(shownFor)
    shownFor = setTimeout(() => { sound.sounding = null }, lengthOf(pulses))
  })
  // Taken while it sounds, muted or switched off: it ends in the middle of the tone.
  watch(() => [sound.mutedUntil, sound.wanted, incidents.value?.find(({ ref }) => ref === sound.sounding?.ref)?.state] as const, ([muted, wanted, state]) => {
    if (sound.sounding !== null && (muted !== null || !wanted || state !== 'open')) quiet()
  })
  const gesture = (): void => { if (sound.wanted && !sound.audible) void wake() }
  useEventListener(window, ['pointerdown', 'keydown'], gesture)
  if (sound.wanted) void wake()
  onScopeDispose(() => {
    quiet()
    clearTimeout(shownFor)
    sound.audible = false
    void context?.close()
  })
  return { arm, test }
}
