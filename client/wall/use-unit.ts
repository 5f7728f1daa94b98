import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
import { seatOfProfile, unitPx, type WallProfile } from '../format/wall-layout.ts'

const positive = (value: unknown): number | null => {
  const number = Number(value)
  return typeof value === 'string' && Number.isFinite(number) && number > 0 ? number : null
}

/** `u` from the window's size and the seat: `?screen=` inches and `?seat=` metres win over the profile. */
export const useUnit = (profile: ComputedRef<WallProfile>): ComputedRef<number> => {
  const route = useRoute()
  const size = shallowRef({ widthPx: window.innerWidth, heightPx: window.innerHeight })
  const measure = () => { size.value = { widthPx: window.innerWidth, heightPx: window.innerHeight } }
  window.addEventListener('resize', measure)
  onScopeDispose(() => window.removeEventListener('resize', measure))
  return computed(() => {
    const known = seatOfProfile(profile.value)
    return unitPx(size.value, { metres: positive(route.query.seat) ?? known.metres, inches: positive(route.query.screen) ?? known.inches })
  })
}
