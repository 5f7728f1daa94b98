import { inject, type ComputedRef, type InjectionKey } from 'vue'
import type { ViewTables } from '../../server/contract/messages.ts'
import type { SiteView } from './use-site-view.ts'
import type { Freshness } from '../format/freshness.ts'

/** What the frame already watches; pages use it instead of watching again. */
export interface ShellContext {
  readonly floor: SiteView<ViewTables['floor']>
  readonly incidents: SiteView<ViewTables['incidents']>
  readonly freshness: ComputedRef<Freshness>
  readonly trusted: ComputedRef<boolean>
}

export const shellKey: InjectionKey<ShellContext> = Symbol('shell')
/** Null on pages without the frame, such as the wall. */
export const findShell = (): ShellContext | null => inject(shellKey, null)
export const useShell = (): ShellContext => {
  const context = inject(shellKey)
  if (!context) throw new Error('used outside the shell')
  return context
}
