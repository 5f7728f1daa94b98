import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { Incident } from '../../server/contract/rows.ts'
import { isUnacknowledged } from '../format/incident-order.ts'

/** How long a room is told who has it. */
const SHOWN_MS = 20_000

/** The incident that took over the wall and has just been taken: the room sees who closed the question. */
export const useJustTaken = (takeover: () => Incident | null, incidents: () => readonly Incident[]): Readonly<ShallowRef<Incident | null>> => {
  const taken: ShallowRef<Incident | null> = shallowRef(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(takeover, (_now, before) => {
    const after = before ? incidents().find(({ ref }) => ref === before.ref) : undefined
    if (after === undefined || isUnacknowledged(after)) return
    taken.value = after
    clearTimeout(timer)
    timer = setTimeout(() => { taken.value = null }, SHOWN_MS)
  })
  onScopeDispose(() => clearTimeout(timer))
  return taken
}
