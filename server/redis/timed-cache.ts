/** Values that may be a little old, and never too many: the oldest leave first. `undefined` means not known. */
export interface TimedCache<T> {
  readonly get: (key: string) => T | undefined
  readonly put: (key: string, value: T) => void
  readonly drop: (key: string) => void
}

export const timedCache = <T>({ freshMs, most, now = () => performance.now() }: { readonly freshMs: number; readonly most: number; readonly now?: () => number }): TimedCache<T> => {
  const kept = new Map<string, { readonly value: T; readonly until: number }>()
  return {
    get: (key) => {
      const entry = kept.get(key)
      if (entry === undefined) return undefined
      if (entry.until > now()) return entry.value
      kept.delete(key)
      return undefined
    },
    put: (key, value) => {
      kept.delete(key)
      kept.set(key, { value, until: now() + freshMs })
      if (kept.size <= most) return
      const oldest = kept.keys().next()
      if (!oldest.done) kept.delete(oldest.value)
    },
    drop: (key) => void kept.delete(key),
  }
}
