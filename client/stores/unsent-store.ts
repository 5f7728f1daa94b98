import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { readUnsent, withUnsent, type UnsentAck } from '../format/unsent-acks.ts'

const KEY = 'floorwatch.unsent'
const kept = (): string | null => {
  try { return localStorage.getItem(KEY) } catch { return null }
}

/** Acknowledgements that wait for the server. Storage keeps them through a reload; every tab reads it anew before it writes. */
export const useUnsentStore = defineStore('unsent', () => {
  const items = shallowRef<readonly UnsentAck[]>(readUnsent(kept()))
  const write = (change: (held: readonly UnsentAck[]) => readonly UnsentAck[]): void => {
    const stored = kept()
    items.value = change(stored === null ? items.value : readUnsent(stored))
    try { localStorage.setItem(KEY, JSON.stringify(items.value)) } catch { /* it lasts as long as the page */ }
  }
  const hold = (ack: UnsentAck): void => write((held) => withUnsent(held, ack))
  const drop = (key: string): void => write((held) => held.filter((ack) => ack.key !== key))
  const of = (ref: string): UnsentAck | null => items.value.find((ack) => ack.ref === ref) ?? null
  return { items, hold, drop, of }
})
