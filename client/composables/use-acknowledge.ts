import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Incident } from '../../server/contract/rows.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useAnnouncerStore } from '../stores/announcer-store.ts'
import { useUndoStore } from '../stores/undo-store.ts'
import { useUnsentStore } from '../stores/unsent-store.ts'
import { useCommand } from './use-command.ts'

export interface Acknowledge {
  readonly acknowledge: (incident: Incident) => Promise<void>
  /** Says what an accepted acknowledgement means, with ten seconds to take it back. */
  readonly taken: (incident: Incident) => void
  readonly mayAct: ComputedRef<boolean>
  readonly isPending: (ref: string) => boolean
  readonly isUnsent: (ref: string) => boolean
  /** Takes back one that was never sent. */
  readonly forget: (ref: string) => void
}

/** Acknowledge at once, ten seconds to take it back. A refusal says who was first; nothing is shown as done before the answer. */
export const useAcknowledge = (): Acknowledge => {
  const { t } = useI18n()
  const session = useSessionStore()
  const undo = useUndoStore()
  const announcer = useAnnouncerStore()
  const unsent = useUnsentStore()
  const { send, isPending } = useCommand()

  const taken = ({ ref, owner }: Incident): void => {
    // Somebody was first: whoever comes second joins as helper, and must not be able to take the owner's acknowledgement back.
    if (owner !== null && owner.id !== session.me?.person?.id) return void undo.offer(t('command.helping', { ref, name: owner.name }), null)
    undo.offer(t('command.acknowledged', { ref }), async () => {
      if (await send(ref, { type: 'unacknowledge', reason: t('command.undoReason') })) undo.offer(t('command.unacknowledged', { ref }), null)
    })
  }
  const forget = (ref: string): void => {
    const held = unsent.of(ref)
    if (held) unsent.drop(held.key)
  }
  const hold = (ref: string, key: string): void => {
    const [site, person] = [session.site?.id, session.me?.person?.id]
    if (site === undefined || person === undefined) return void undo.offer(t('command.unsent', { ref }), null, 'failed')
    unsent.hold({ site, ref, key, person, at: Date.now() })
    undo.offer(t('command.held', { ref }), () => Promise.resolve(forget(ref)))
  }
  const acknowledge = async ({ ref }: Incident): Promise<void> => {
    announcer.answer(t('command.sending', { ref }))
    const done = await send(ref, { type: 'acknowledge' }, (key) => hold(ref, key))
    if (done) taken(done)
  }
  return { acknowledge, taken, forget, mayAct: computed(() => session.may('incidents:command')), isPending, isUnsent: (ref) => unsent.of(ref) !== null }
}
