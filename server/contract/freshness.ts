import type { SourceState } from '../domain/log-entry.ts'

/** Age of a source's own sign of life against its beat T: late > 2T, stale > 5T, unknown > max(60 s, 12T) (METRICS check 7). */
export const freshnessOf = (ageMs: number, beatMs: number | null): SourceState => {
  // A push source that promises no beat may be quiet for ever without being late.
  if (beatMs === null) return 'live'
  if (ageMs > Math.max(60_000, 12 * beatMs)) return 'unknown'
  if (ageMs > 5 * beatMs) return 'stale'
  if (ageMs > 2 * beatMs) return 'late'
  return 'live'
}

const order: readonly SourceState[] = ['live', 'late', 'stale', 'unknown']

/** Of several sources the screen speaks of the worst. */
export const worstOf = (states: readonly SourceState[]): SourceState => states.reduce<SourceState>((worst, state) => (order.indexOf(state) > order.indexOf(worst) ? state : worst), 'live')
