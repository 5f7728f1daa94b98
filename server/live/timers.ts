/** Monotonic time and timers of this process, for the pace of flushes; never for what is shown. */
export interface Timers {
  readonly now: () => number
  /** Gives a function that calls it off. */
  readonly after: (ms: number, act: () => void) => () => void
  readonly every: (ms: number, act: () => void) => () => void
}

export const processTimers: Timers = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
  every: (ms, act) => {
    const timer = setInterval(act, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
