import type { CommandBody } from '../live/feed.ts'
import { useCommand } from '../composables/use-command.ts'
import { useWords } from '../composables/use-words.ts'
import { useUndoStore } from '../stores/undo-store.ts'

/** Commands to one incident, each with what is said when it is done. */
export const useOrders = (ref: () => string) => {
  const words = useWords()
  const undo = useUndoStore()
  const { send, isPending } = useCommand()
  const order = async (body: CommandBody, said: string): Promise<boolean> => {
    if ((await send(ref(), body)) === null) return false
    undo.offer(words.t(said, { ref: ref() }), null)
    return true
  }
  return { order, pending: (): boolean => isPending(ref()) }
}
