import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** Whether the window is narrower than 640 px. */
export const usePhone = (): Readonly<ShallowRef<boolean>> => {
  const query = window.matchMedia('(max-width: 639.98px)')
  const phone = shallowRef(query.matches)
  const follow = () => { phone.value = query.matches }
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return phone
}
