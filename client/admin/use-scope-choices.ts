import { computed, type ComputedRef, type Ref } from 'vue'
import type { SettingsDocument } from '../../server/contract/settings.ts'
import { useShell } from '../composables/use-shell.ts'
import { useWords } from '../composables/use-words.ts'
import type { Choice } from './settings-document.ts'

const builtIn = ['safety', 'security', 'operational', 'service-level', 'data-protection', 'technology'] as const

export interface ScopeChoices {
  /** Of the settings, and what the floor has shown. */
  readonly queues: ComputedRef<readonly Choice[]>
  /** Those with hours of their own, and what incidents name. */
  readonly services: ComputedRef<readonly Choice[]>
  readonly categories: ComputedRef<readonly Choice[]>
}

/** What a rule may be narrowed to. */
export const useScopeChoices = (saved: Readonly<Ref<SettingsDocument | null>>): ScopeChoices => {
  const { floor, incidents } = useShell()
  const words = useWords()
  const queues = computed(() => {
    const found = new Map([...(floor.tables.value?.queues.values() ?? [])].map(({ queue, name }) => [queue, name ?? queue]))
    for (const [id, { name }] of Object.entries(saved.value?.queues ?? {})) found.set(id, name ?? found.get(id) ?? id)
    return [...found].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label))
  })
  const services = computed(() => {
    const named = [...(incidents.tables.value?.incidents.values() ?? [])].flatMap(({ service }) => service ?? [])
    return [...new Set([...Object.keys(saved.value?.services ?? {}), ...named])].sort().map((value) => ({ value, label: value }))
  })
  const categories = computed(() => [...new Set([...builtIn, ...Object.keys(saved.value?.categories ?? {})])].map((value) => ({ value, label: saved.value?.categories[value]?.name ?? words.named('category', value) })))
  return { queues, services, categories }
}
