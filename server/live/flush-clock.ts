/** What waits to be flushed, by haste: figures keep the beat, states of agents go ahead while there is room, incidents and sources wait for nothing. */
export type Haste = 'beat' | 'soon' | 'now'

/** Four frames in a second and a bit: what an eye can follow and 5,000 viewers cost (PERFORMANCE T5). */
export const BEAT_MS = 240
const FRAMES_A_SECOND = 4

export const hastier = (a: Haste | null, b: Haste): Haste => (a === 'now' || b === 'now' ? 'now' : a === 'soon' || b === 'soon' ? 'soon' : 'beat')

/** Leading edge: the first change after a quiet moment goes out at once, what follows is gathered until the beat. */
export interface FlushClock {
  /** When a flush of that haste may happen; a moment that is over means at once. */
  readonly dueAt: (haste: Haste) => number
  readonly flushed: (at: number) => void
}

export const flushClock = (): FlushClock => {
  let recent: readonly number[] = []
  return {
    dueAt: (haste) => {
      const last = recent.at(-1)
      if (haste === 'now' || last === undefined) return -Infinity
      const beat = last + BEAT_MS
      if (haste === 'beat') return beat
      const oldest = recent.length < FRAMES_A_SECOND ? -Infinity : (recent.at(-FRAMES_A_SECOND) ?? -Infinity) + FRAMES_A_SECOND * BEAT_MS
      return Math.min(beat, oldest)
    },
    flushed: (at) => {
      recent = [...recent.slice(1 - FRAMES_A_SECOND), at]
    },
  }
}
