import { useEventListener } from '@vueuse/core'
import { computed, watchEffect, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { usePreferencesStore, type Theme } from '../stores/preferences-store.ts'

/** The address decides, then the choice of this browser, then the surface: walls are dark, desks follow the system. */
export const useTheme = (): { readonly theme: ComputedRef<Theme>; readonly toggle: () => void } => {
  const route = useRoute()
  const router = useRouter()
  const preferences = usePreferencesStore()
  const system = window.matchMedia('(prefers-color-scheme: light)')
  const theme = computed<Theme>(() => {
    const { theme: asked } = route.query
    if (asked === 'dark' || asked === 'light') return asked
    if (preferences.chosen) return preferences.chosen
    return !route.meta.wall && system.matches ? 'light' : 'dark'
  })
  // Paper is light, whatever the screen is.
  const paper = window.matchMedia('print')
  const show = (): void => { document.documentElement.dataset.theme = paper.matches ? 'light' : theme.value }
  watchEffect(show)
  useEventListener(paper, 'change', show)
  const toggle = (): void => {
    preferences.chosen = theme.value === 'dark' ? 'light' : 'dark'
    void router.replace({ query: { ...route.query, theme: preferences.chosen } })
  }
  return { theme, toggle }
}
