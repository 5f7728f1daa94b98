/** What waits to be flushed, by haste: figures keep the beat, states of agents go ahead while there is room, incidents and sources wait for nothing. */
export type Haste = 'beat' | 'soon' | 'now'

/** Four frames in a second: what an eye can follow and 5,000 viewers cost (PERFORMANCE T5). */
export const BEAT_MS = 240

export const hastier = (a: Haste | null, b: Haste): Haste => (a === 'now' || b === 'now' ? 'now' : a === 'soon' || b === 'soon' ? 'soon' : 'beat')

/**
 * Leading edge: the first change after a quiet moment goes out at once, what follows is gathered until the beat. A state of an
 * agent may go out once between two beats; then the next waits for the beat again, so that a busy floor keeps its pace.
 */
export interface FlushClock {
  /** When a flush of that haste may happen; a moment that is over means at once. */
  readonly dueAt: (haste: Haste) => number
  readonly flushed: (at: number) => void
}

export const flushClock = (): FlushClock => {
  let last = -Infinity
  let before = -Infinity
  return {
    dueAt: (haste) => {
      switch (haste) {
        case 'now':
          return -Infinity
        case 'soon':
          return Math.min(last + BEAT_MS, before + 2 * BEAT_MS)
        case 'beat':
          return last + BEAT_MS
        default:
          return haste satisfies never
      }
    },
    flushed: (at) => {
      before = last
      last = at
    },
  }
}
