import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

export const useMedia = (condition: string): Readonly<ShallowRef<boolean>> => {
  const query = window.matchMedia(condition)
  const holds = shallowRef(query.matches)
  const follow = () => { holds.value = query.matches }
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return holds
}

/** Whether the window is narrower than 640 px. */
export const usePhone = (): Readonly<ShallowRef<boolean>> => useMedia('(max-width: 639.98px)')
