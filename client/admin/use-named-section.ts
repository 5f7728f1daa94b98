import { computed, type ComputedRef, type Ref, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { without } from './settings-document.ts'

/** The named things of a section of a document that is edited. */
export interface Section<Name extends string, Entry> {
  readonly draft: Ref<Record<Name, Record<string, Entry>> | null>
  readonly saved: Readonly<Ref<Readonly<Record<Name, Readonly<Record<string, Entry>>>> | null>>
}

export interface NamedSection<Entry> {
  readonly names: ComputedRef<readonly string[]>
  /** That of the address, else the first; null where there is none. */
  readonly chosen: ComputedRef<string | null>
  /** The chosen one, to be edited in place or replaced. */
  readonly entry: WritableComputedRef<Entry | null>
  /** Those that are not as they were read. */
  readonly marked: ComputedRef<ReadonlySet<string>>
  /** Makes one of that name, where there is none, and goes there. */
  readonly add: (name: string) => void
  readonly remove: () => void
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

interface Asked<Entry> {
  readonly made: () => Entry
  /** Names that this document does not hold: of those above it. */
  readonly more?: () => readonly string[]
  /** Chosen where the address names none. */
  readonly first?: (names: readonly string[]) => string | undefined
}

/** A page of tabs: the thing whose name stands in the address is looked at, the others are one step away. */
export const useNamedSection = <Name extends string, Entry>({ draft, saved }: Section<Name, Entry>, section: Name, { made, more = () => [], first = ([name]) => name }: Asked<Entry>): NamedSection<Entry> => {
  const route = useRoute()
  const router = useRouter()
  const entries = (): Record<string, Entry> | undefined => draft.value?.[section]
  const names = computed(() => [...new Set([...Object.keys(entries() ?? {}), ...more()])])
  const chosen = computed(() => names.value.find((name) => name === route.params.id) ?? first(names.value) ?? null)
  const entry = computed({
    get: () => (chosen.value === null ? null : (entries()?.[chosen.value] ?? null)),
    set: (next) => {
      const found = entries()
      if (found !== undefined && chosen.value !== null && next !== null) found[chosen.value] = next
    },
  })
  const marked = computed(() => new Set(names.value.filter((name) => !same(entries()?.[name], saved.value?.[section][name]))))
  const add = (name: string): void => {
    const found = entries()
    if (found === undefined) return
    found[name] ??= made()
    void router.replace({ params: { id: name }, query: route.query })
  }
  const remove = (): void => { if (draft.value !== null && chosen.value !== null) draft.value[section] = without(draft.value[section], chosen.value) }
  return { names, chosen, entry, marked, add, remove }
}
