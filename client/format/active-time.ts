import { meanText } from './duration.ts'

/** Active handle time where it says something else than session time; whoever has one contact after the other has one handle time. */
export const activeWorthSaying = ({ ahtMs, activeMs }: { readonly ahtMs: number | null; readonly activeMs?: number | null }): number | null =>
  ahtMs === null || activeMs === null || activeMs === undefined || meanText(ahtMs) === meanText(activeMs) ? null : activeMs
