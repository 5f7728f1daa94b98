import { onScopeDispose } from 'vue'
import { tinykeys, type KeyBindingMap } from 'tinykeys'
import { usePreferencesStore } from '../stores/preferences-store.ts'

const typing = ({ target, isComposing }: KeyboardEvent): boolean =>
  isComposing || (target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)))

/** Single keys of a page; silent while somebody types, while a dialog is open, and when switched off. */
export const useListKeys = (keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void => {
  const preferences = usePreferencesStore()
  const bindings: KeyBindingMap = Object.fromEntries(
    Object.entries(keys).map(([key, act]) => [
      key,
      (event: KeyboardEvent) => {
        if (!preferences.singleKeys || typing(event) || document.querySelector('dialog[open]')) return
        event.preventDefault()
        act(event)
      },
    ]),
  )
  onScopeDispose(tinykeys(window, bindings))
}
