import { shallowRef, type ShallowRef } from 'vue'
import { keyOf } from './planned-work.ts'
import { without } from './settings-document.ts'
import type { Section } from './use-named-section.ts'

export interface KeyedSection<Entry> {
  /** Key of the one whose fields are open. */
  readonly opened: ShallowRef<string | null>
  readonly change: (key: string, entry: Entry) => void
  /** Makes one under a key that is free, and opens it. */
  readonly add: () => void
  readonly remove: (key: string) => void
}

/** A list of things of which one at a time has its fields open. `key`: what a new one is called by the document. */
export const useKeyedSection = <Name extends string, Entry>({ draft }: Pick<Section<Name, Entry>, 'draft'>, section: Name, key: string, made: () => Entry): KeyedSection<Entry> => {
  const opened = shallowRef<string | null>(null)
  const add = (): void => {
    if (draft.value === null) return
    const free = keyOf(key, Object.keys(draft.value[section]))
    draft.value[section] = { ...draft.value[section], [free]: made() }
    opened.value = free
  }
  return {
    opened,
    add,
    change: (at, entry) => {
      const entries: Record<string, Entry> | undefined = draft.value?.[section]
      if (entries !== undefined) entries[at] = entry
    },
    remove: (at) => { if (draft.value !== null) draft.value[section] = without(draft.value[section], at) },
  }
}
