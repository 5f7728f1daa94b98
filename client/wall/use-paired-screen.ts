import { onScopeDispose, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useFeed } from '../composables/use-site-view.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** Tells the server that this screen hangs there, and takes its new token once a day. */
const TELL_EVERY_MS = 5 * 60_000

/** A wall whose access has ended shows a code again instead of old figures. */
export const usePairedScreen = (): void => {
  const router = useRouter()
  const feed = useFeed()
  const session = useSessionStore()
  const timer = setInterval(() => { if (session.me?.kind === 'screen') void session.load() }, TELL_EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  // The board may be another one since: the session says which. A new page brings what the server has now.
  onScopeDispose(feed.onReload(() => void session.load().then(() => { if (session.me?.kind === 'screen') location.assign(`/wall/${encodeURIComponent(session.me.board ?? '')}${location.search}`) })))
  watch([() => session.state, () => feed.link.value.kind], ([state, link]) => {
    if (state === 'signed-out' || link === 'signed-out') void router.replace({ path: '/pair' })
  })
}
