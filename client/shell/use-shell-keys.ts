import { onScopeDispose } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { tinykeys, type KeyBindingMap } from 'tinykeys'
import { useSessionStore } from '../stores/session-store.ts'
import { navItems } from './nav-items.ts'
import { useNow } from '../composables/use-now.ts'
import { usePauseStore } from '../stores/pause-store.ts'
import { useSoundStore } from '../stores/sound-store.ts'
import { usePreferencesStore } from '../stores/preferences-store.ts'
import { useTheme } from '../composables/use-theme.ts'
import { useUndoStore } from '../stores/undo-store.ts'

/** Keys are the reader's text there, or belong to an input method. */
const typing = (event: KeyboardEvent): boolean => {
  const { target } = event
  return event.isComposing || (target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)))
}

/** The map that works on every page (INTERFACE 4.1). Single keys can be switched off; Ctrl and Cmd chords stay. */
export const useShellKeys = (open: { readonly help: () => void; readonly palette: () => void }): void => {
  const router = useRouter()
  const route = useRoute()
  const session = useSessionStore()
  const preferences = usePreferencesStore()
  const undo = useUndoStore()
  const pause = usePauseStore()
  const sound = useSoundStore()
  const { now } = useNow({ always: true })
  const { toggle } = useTheme()

  const single = (act: () => void) => (event: KeyboardEvent): void => {
    if (!preferences.singleKeys || typing(event) || document.querySelector('dialog[open]')) return
    event.preventDefault()
    act()
  }
  const always = (act: () => void) => (event: KeyboardEvent): void => {
    event.preventDefault()
    act()
  }
  const go = Object.fromEntries(navItems.map(({ to, shortcut, right }) => [`g ${shortcut}`, single(() => { if (session.may(right)) void router.push(to) })]))
  const bindings: KeyBindingMap = {
    ...go,
    '$mod+k': always(open.palette),
    // With or without Shift: it depends on the layout.
    'Shift+?': single(open.help),
    '?': single(open.help),
    d: single(toggle),
    z: single(() => void undo.undoLast()),
    '$mod+z': (event) => { if (!typing(event)) always(() => void undo.undoLast())(event) },
    // Only what is held can be played: otherwise the key scrolls, presses and opens as it does everywhere.
    Space: (event) => { if (pause.paused && event.target instanceof HTMLElement && !event.target.closest('button, a, summary, [role=row]')) single(() => pause.resume())(event) },
    '.': single(() => pause.toggle(now.value)),
    m: single(() => { if (sound.state === 'armed') sound.toggleMute(now.value) }),
    n: single(() => { if (session.may('incidents:log')) void router.push('/incidents/new') }),
    f: single(() => { void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()) }),
    l: single(() => void navigator.clipboard?.writeText(new URL(route.fullPath, location.origin).href)),
    '/': single(() => { document.querySelector<HTMLInputElement>('[data-filter]')?.focus() }),
  }
  const stop = tinykeys(window, bindings)
  onScopeDispose(stop)
}
