import { useI18n } from 'vue-i18n'
import type { Incident } from '../../server/contract/rows.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useUndoStore } from '../stores/undo-store.ts'
import { useCommand } from './use-command.ts'

/** Makes an incident mine. Whoever had it before can be given it back for ten seconds; taking it from the ladder is still the acknowledgement's. */
export const useOwn = (): { readonly own: (incident: Incident) => Promise<void> } => {
  const { t } = useI18n()
  const session = useSessionStore()
  const undo = useUndoStore()
  const { send } = useCommand()
  const own = async ({ ref, owner }: Incident): Promise<void> => {
    const me = session.me?.person?.id
    if (me === undefined || owner?.id === me || !session.may('incidents:command')) return
    if ((await send(ref, { type: 'assign', person: me })) === null) return
    undo.offer(t('command.owned', { ref }), owner === null ? null : async () => { await send(ref, { type: 'assign', person: owner.id }) })
  }
  return { own }
}
