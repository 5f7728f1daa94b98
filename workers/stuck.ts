/** What is known of something that should move, by looks at it. Instants are those of a monotonic clock. */
export interface Stuck {
  readonly lookedAt: number
  /** What lies there; null: nothing does. */
  readonly mark: string | null
  readonly since: number
  /** So often was it built anew without moving. */
  readonly rebuilt: number
}

export type StuckVerdict = 'well' | 'rebuild' | 'end'

/** Due and not taken for so long it is built anew, and after so many times ended (RELIABILITY L11): half a minute in all (INCIDENTS 3, taskforcesh/bullmq#3185). */
export const STUCK = { lookMs: 2_500, afterMs: 10_000, rebuilds: 2 } as const
/** Whoever looks so much later than it meant to was stopped itself, or slept with its machine: nothing moved meanwhile. */
const LATE_LOOKS = 3

export const unstuck = (now: number): Stuck => ({ lookedAt: now, mark: null, since: now, rebuilt: 0 })

/** `mark`: what is due and not taken, in other words as soon as anything was; null: nothing is due, or nobody can know. */
export const looked = (before: Stuck, now: number, mark: string | null): { readonly stuck: Stuck; readonly verdict: StuckVerdict } => {
  const stoodStill = now - before.lookedAt > LATE_LOOKS * STUCK.lookMs
  if (mark === null || mark !== before.mark) return { stuck: { ...unstuck(now), mark }, verdict: 'well' }
  if (stoodStill) return { stuck: { ...before, lookedAt: now, since: now }, verdict: 'well' }
  if (now - before.since < STUCK.afterMs) return { stuck: { ...before, lookedAt: now }, verdict: 'well' }
  if (before.rebuilt >= STUCK.rebuilds) return { stuck: { ...before, lookedAt: now }, verdict: 'end' }
  return { stuck: { lookedAt: now, mark, since: now, rebuilt: before.rebuilt + 1 }, verdict: 'rebuild' }
}
