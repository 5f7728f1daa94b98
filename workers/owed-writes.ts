import { isUnavailable } from '../server/redis/unavailable.ts'

/** What became of messages and could not be written yet, because the database is away. */
export interface OwedWrites {
  /** Writes it, again and again while the database is away; each try must be harmless when an earlier one was carried out after all. */
  write(act: () => Promise<unknown>): Promise<void>
  /** Resolves when nothing is owed, or after a while. */
  none(): Promise<void>
  /** Tries nothing again: what is owed then comes back by its lease. */
  close(): void
}

export interface OwedLimits {
  readonly againMs?: number
  /** Longer than the longest outage that is to pass without a message being sent twice. */
  readonly patienceMs?: number
  /** Nothing else waits longer than this for what is owed. */
  readonly aheadMs?: number
}

/**
 * Whoever was told before the wire broke must not be told again because nobody knows of it: the outcome is kept here until it is
 * written, and rows whose lease ended meanwhile are claimed only after that.
 */
export const openOwedWrites = ({ againMs = 250, patienceMs = 90_000, aheadMs = 2_000 }: OwedLimits = {}): OwedWrites => {
  const owed = new Set<Promise<unknown>>()
  let open = true

  const again = async (act: () => Promise<unknown>, error: unknown): Promise<void> => {
    const end = performance.now() + patienceMs
    let last = error
    while (open && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, againMs))
      try {
        await act()
        return
      } catch (failed) {
        last = failed
        if (!isUnavailable(failed)) break
      }
    }
    throw last
  }

  return {
    write: async (act) => {
      try {
        await act()
      } catch (error) {
        if (!isUnavailable(error)) throw error
        const writing = again(act, error)
        owed.add(writing)
        await writing.finally(() => owed.delete(writing))
      }
    },
    none: async () => {
      if (owed.size === 0) return
      await Promise.race([Promise.allSettled([...owed]), new Promise((resolve) => setTimeout(resolve, aheadMs))])
    },
    close: () => {
      open = false
    },
  }
}
