import { useEventListener } from '@vueuse/core'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { sortUnsent, type UnsentAck } from '../format/unsent-acks.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useUndoStore } from '../stores/undo-store.ts'
import { useUnsentStore } from '../stores/unsent-store.ts'
import { useAcknowledge } from './use-acknowledge.ts'
import { useFeed } from './use-site-view.ts'

/** Sends held acknowledgements as soon as the server is there again, and says what became of each. */
export const useUnsentAcks = (): void => {
  const { t } = useI18n()
  const feed = useFeed()
  const session = useSessionStore()
  const undo = useUndoStore()
  const unsent = useUnsentStore()
  const { taken } = useAcknowledge()
  let sending = false

  const sendOne = async (ack: UnsentAck): Promise<void> => {
    const answer = await feed.command(ack.site, ack.ref, { type: 'acknowledge' }, ack.key)
    unsent.drop(ack.key)
    if (answer.ok) taken(answer.incident)
    else undo.offer(t('command.refused', { ref: ack.ref, detail: answer.refusal.detail }), null, 'failed')
  }
  const flush = async (): Promise<void> => {
    const person = session.me?.person?.id
    if (person === undefined || sending) return
    sending = true
    try {
      const { send, lapsed } = sortUnsent(unsent.items, person, Date.now())
      for (const ack of lapsed) {
        unsent.drop(ack.key)
        undo.offer(t('command.lapsed', { ref: ack.ref }), null, 'failed')
      }
      for (const ack of send) await sendOne(ack)
    } catch {
      // Still out of reach: they stay, marked as not sent, until the link opens again.
    } finally {
      sending = false
    }
  }
  watch([feed.link, () => session.me?.person?.id], ([{ kind }]) => { if (kind === 'open' || kind === 'polling') void flush() }, { immediate: true })
  useEventListener(window, 'online', () => void flush())
}
