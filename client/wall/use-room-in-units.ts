import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

/** Size of an element in `u`, kept up to date. */
export const useRoomInUnits = (element: Readonly<ShallowRef<HTMLElement | null>>): Readonly<ShallowRef<{ readonly widthU: number; readonly heightU: number }>> => {
  const room = shallowRef({ widthU: 0, heightU: 0 })
  const measure = () => {
    if (!element.value) return
    const unit = Number.parseFloat(getComputedStyle(element.value).getPropertyValue('--u')) || 16
    room.value = { widthU: element.value.clientWidth / unit, heightU: element.value.clientHeight / unit }
  }
  const observer = new ResizeObserver(measure)
  watch(element, (now, before) => {
    if (before) observer.unobserve(before)
    if (now) observer.observe(now)
    measure()
  }, { flush: 'post', immediate: true })
  onScopeDispose(() => observer.disconnect())
  return room
}
