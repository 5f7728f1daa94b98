import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'

export type Theme = 'dark' | 'light'
export type Density = 'comfortable' | 'compact'

/** Storage may be forbidden (private windows, kiosks): then preferences last as long as the page. */
const kept = (key: string): string | null => {
  try { return localStorage.getItem(key) } catch { return null }
}
const keep = (key: string, value: string): void => {
  try { localStorage.setItem(key, value) } catch { /* the preference lasts as long as the page */ }
}

const themeOf = (value: string | null): Theme | null => (value === 'dark' || value === 'light' ? value : null)

export const usePreferencesStore = defineStore('preferences', () => {
  const chosen = shallowRef<Theme | null>(themeOf(kept('floorwatch.theme')))
  const singleKeys = shallowRef(kept('floorwatch.keys') !== 'off')
  const density = shallowRef<Density>(kept('floorwatch.density') === 'compact' ? 'compact' : 'comfortable')
  watch(singleKeys, (on) => keep('floorwatch.keys', on ? 'on' : 'off'))
  watch(density, (value) => keep('floorwatch.density', value))
  watch(chosen, (value) => { if (value) keep('floorwatch.theme', value) })
  return { chosen, singleKeys, density }
})
