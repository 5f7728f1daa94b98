import type { Timers } from '../../server/live/timers.ts'

export interface HandTimers extends Timers {
  /** Moves the clock on and runs what falls due, in order. */
  readonly advance: (ms: number) => void
}

export const handTimers = (): HandTimers => {
  let now = 0
  let due: readonly { readonly at: number; readonly act: () => void; readonly every: number | null }[] = []
  const add = (ms: number, act: () => void, every: number | null) => {
    const timer = { at: now + ms, act, every }
    due = [...due, timer]
    return timer
  }
  return {
    now: () => now,
    after: (ms, act) => {
      const timer = add(ms, act, null)
      return () => (due = due.filter((one) => one !== timer))
    },
    every: (ms, act) => {
      let open = true
      const again = () => {
        if (!open) return
        act()
        add(ms, again, ms)
      }
      add(ms, again, ms)
      return () => (open = false)
    },
    advance: (ms) => {
      const until = now + ms
      for (;;) {
        const next = due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        due = due.filter((one) => one !== next)
        now = Math.max(now, next.at)
        next.act()
      }
      now = until
    },
  }
}
