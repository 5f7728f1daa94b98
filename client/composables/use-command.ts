import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Incident } from '../../server/contract/rows.ts'
import { useFeed } from './use-site-view.ts'
import type { CommandBody } from '../live/feed.ts'
import { usePauseStore } from '../stores/pause-store.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { useUndoStore } from '../stores/undo-store.ts'

/** References with a command on its way: their buttons rest, their rows are underlined. Shared by all pages. */
const pending = shallowRef<ReadonlySet<string>>(new Set())

const withRef = (ref: string): void => { pending.value = new Set([...pending.value, ref]) }
const withoutRef = (ref: string): void => { pending.value = new Set([...pending.value].filter((found) => found !== ref)) }

export interface SendCommand {
  /** The incident after the command; null when refused or not sent, which has then been said, or handed to `unreachable` with the key it was sent under. */
  readonly send: (ref: string, body: CommandBody, unreachable?: (key: string) => void) => Promise<Incident | null>
  readonly isPending: (ref: string) => boolean
}

export const useCommand = (): SendCommand => {
  const { t } = useI18n()
  const feed = useFeed()
  const session = useSessionStore()
  const undo = useUndoStore()
  const pause = usePauseStore()

  const send = async (ref: string, body: CommandBody, unreachable?: (key: string) => void): Promise<Incident | null> => {
    const site = session.site?.id
    if (site === undefined || pending.value.has(ref)) return null
    // Nobody acts on figures of a while ago.
    pause.resume()
    withRef(ref)
    const key = crypto.randomUUID()
    try {
      const answer = await feed.command(site, ref, body, key)
      if (answer.ok) return answer.incident
      undo.offer(t('command.refused', { ref, detail: answer.refusal.detail }), null, 'failed')
    } catch {
      if (unreachable) unreachable(key)
      else undo.offer(t('command.unsent', { ref }), null, 'failed')
    } finally {
      withoutRef(ref)
    }
    return null
  }
  return { send, isPending: (ref) => pending.value.has(ref) }
}
