/**
 * Counts tries by key in a window that starts with the first; in process, bounded, on a clock of the caller's.
 * A try is counted when it begins, so that many at once are not one; a good one is taken back.
 */
export interface Attempts {
  /** Milliseconds until the key may try again; 0: now. */
  waitFor(key: string): number
  tried(key: string): void
  takeBack(key: string): void
  forget(key: string): void
}

const MOST_KEYS = 50_000

export const countAttempts = ({ most, withinMs, now }: { readonly most: number; readonly withinMs: number; readonly now: () => number }): Attempts => {
  const windows = new Map<string, { count: number; readonly since: number }>()
  const live = (key: string) => {
    const window = windows.get(key)
    if (window === undefined || now() - window.since < withinMs) return window
    windows.delete(key)
    return undefined
  }
  return {
    waitFor: (key) => {
      const window = live(key)
      return window === undefined || window.count < most ? 0 : window.since + withinMs - now()
    },
    tried: (key) => {
      const window = live(key)
      if (window !== undefined) window.count += 1
      else {
        // The oldest key gives way: memory stays bounded however many names are tried.
        if (windows.size >= MOST_KEYS) windows.delete(windows.keys().next().value ?? '')
        windows.set(key, { count: 1, since: now() })
      }
    },
    takeBack: (key) => {
      const window = live(key)
      if (window !== undefined) window.count -= 1
    },
    forget: (key) => void windows.delete(key),
  }
}
