import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { keep, kept } from './kept.ts'

export type Theme = 'dark' | 'light'
export type Density = 'comfortable' | 'compact'

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
