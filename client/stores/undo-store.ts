import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export const UNDO_MS = 10_000

export interface Undoable {
  readonly id: number
  readonly text: string
  /** Null: news only, nothing to take back. */
  readonly undo: (() => Promise<void>) | null
  readonly tone: 'done' | 'failed'
}

/** What was just done and can be taken back for ten seconds; failures stay until dismissed. */
export const useUndoStore = defineStore('undo', () => {
  const items = shallowRef<readonly Undoable[]>([])
  let next = 1

  const dismiss = (id: number): void => { items.value = items.value.filter((item) => item.id !== id) }
  const offer = (text: string, undo: Undoable['undo'], tone: Undoable['tone'] = 'done'): number => {
    const id = next++
    items.value = [...items.value.slice(-2), { id, text, undo, tone }]
    if (tone === 'done') setTimeout(() => dismiss(id), UNDO_MS)
    return id
  }
  const undo = async (id: number): Promise<void> => {
    const item = items.value.find((found) => found.id === id)
    dismiss(id)
    await item?.undo?.()
  }
  const undoLast = async (): Promise<void> => {
    const last = items.value.findLast((item) => item.undo !== null)
    if (last) await undo(last.id)
  }
  return { items, offer, undo, undoLast, dismiss }
})
