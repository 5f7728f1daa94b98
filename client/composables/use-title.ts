import { watchEffect } from 'vue'

/** The page's name first, since tabs cut the end. */
export const useTitle = (title: () => string): void => {
  watchEffect(() => { document.title = `${title()} · Floorwatch` })
}
