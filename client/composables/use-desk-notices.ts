import { inject, onScopeDispose } from 'vue'
import { feedKey } from '../live/feed.ts'
import { useAnnouncerStore } from '../stores/announcer-store.ts'
import { useUndoStore } from '../stores/undo-store.ts'

/** Pages to whoever is signed in here: shown as news and said aloud, but only on a screen that is looked at, for it answers with a receipt. */
export const useDeskNotices = (): void => {
  const feed = inject(feedKey)
  const announcer = useAnnouncerStore()
  const undo = useUndoStore()
  const end = feed?.onNotice(({ subject, ref }) => {
    if (document.visibilityState !== 'visible') return false
    undo.offer(ref === '' ? subject : `${subject} (${ref})`, null)
    announcer.alarm(subject)
    return true
  })
  onScopeDispose(() => end?.())
}
