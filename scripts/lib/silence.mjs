/** A part says every second that its loop turns (lifeline.mjs). After the first time without a word it is named, after the second it is ended. */
export const SILENCE = { lookMs: 1_000, namedMs: 10_000, endedMs: 30_000 }
/** Whoever looks so much later than it meant to has stood still itself. */
const LATE_LOOKS = 3

/** All instants are those of a monotonic clock: no jump of the clock on the wall is a silence. */
export const watchedFrom = (now) => ({ heardAt: now, lookedAt: now, named: false, returned: false, held: false })

/** `held`: a debugger is open in it and may stop it at any line. */
export const heardAt = (watch, now, held = false) => ({ ...watch, heardAt: now, held, returned: watch.named })

/**
 * What a look concludes: `well`, `silent` (to be named, once), `back` (once) or `hung` (to be ended).
 * The machine may have slept, the terminal may hold what is written, the processor may be elsewhere: who stands still hears nothing,
 * so after a late look the part has its whole time again. Redis has no say in it: beats come from process to process.
 */
export const lookedAt = (watch, now, { lookMs, namedMs, endedMs } = SILENCE) => {
  const stoodStill = now - watch.lookedAt > lookMs * LATE_LOOKS
  const next = { ...watch, lookedAt: now, ...(stoodStill ? { heardAt: now } : {}) }
  const silentMs = now - next.heardAt
  if (watch.returned) return { watch: { ...next, named: false, returned: false }, verdict: 'back', silentMs }
  if (watch.held || silentMs < namedMs) return { watch: next, verdict: 'well', silentMs }
  if (silentMs >= endedMs) return { watch: next, verdict: 'hung', silentMs }
  return { watch: { ...next, named: true }, verdict: watch.named ? 'well' : 'silent', silentMs }
}
