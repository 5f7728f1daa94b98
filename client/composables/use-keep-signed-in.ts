import { useEventListener } from '@vueuse/core'
import { nothing, request, RequestFailed } from '../http/api.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** The server writes a human's last act at most once in five minutes; streaming alone keeps no session alive. */
const TELL_EVERY_MS = 4 * 60_000

/** While somebody uses the screen their session goes on; an untouched one ends after half an hour. */
export const useKeepSignedIn = (): void => {
  const session = useSessionStore()
  let toldAt = Number.NEGATIVE_INFINITY
  const acted = async (): Promise<void> => {
    if (session.me?.kind !== 'session' || performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    try {
      await request('/session/activity', nothing, { method: 'POST' })
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 401) await session.load()
    }
  }
  useEventListener(window, ['pointerdown', 'keydown', 'wheel'], () => void acted(), { passive: true })
}
