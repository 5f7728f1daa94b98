import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Incident } from '../../server/contract/rows.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useAnnouncerStore } from '../stores/announcer-store.ts'
import { useUndoStore } from '../stores/undo-store.ts'
import { useCommand } from './use-command.ts'

/** Acknowledge at once, ten seconds to take it back. A refusal says who was first; nothing is shown as done before the answer. */
export const useAcknowledge = (): { readonly acknowledge: (incident: Incident) => Promise<void>; readonly mayAct: ComputedRef<boolean>; readonly isPending: (ref: string) => boolean } => {
  const { t } = useI18n()
  const session = useSessionStore()
  const undo = useUndoStore()
  const announcer = useAnnouncerStore()
  const { send, isPending } = useCommand()

  const acknowledge = async (incident: Incident): Promise<void> => {
    announcer.answer(t('command.sending', { ref: incident.ref }))
    const done = await send(incident.ref, { type: 'acknowledge' })
    if (!done) return
    undo.offer(t('command.acknowledged', { ref: incident.ref }), async () => {
      if (await send(incident.ref, { type: 'unacknowledge', reason: t('command.undoReason') })) undo.offer(t('command.unacknowledged', { ref: incident.ref }), null)
    })
  }
  return { acknowledge, mayAct: computed(() => session.may('incidents:command')), isPending }
}
