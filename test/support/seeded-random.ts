/** Seeded random numbers: the seed of a failing run is printed and reproduces it. */
export interface Seeded {
  /** 0 <= n < 1 */
  next(): number
  /** Whole number, both ends included. */
  whole(from: number, to: number): number
  chance(share: number): boolean
  pick<T>(from: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

export const seeded = (seed: number): Seeded => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    whole,
    chance: (share) => next() < share,
    pick: (from) => from[whole(0, from.length - 1)],
    shuffle: (items) => {
      const mixed = [...items]
      for (let i = mixed.length - 1; i > 0; i--) {
        const j = whole(0, i)
        const kept = mixed[i]
        mixed[i] = mixed[j]
        mixed[j] = kept
      }
      return mixed
    },
  }
}

/** Runs of a law: LAW_RUNS, or few enough for every commit. */
export const lawRuns = (fallback = 60): number => Math.max(1, Number(process.env['LAW_RUNS'] ?? fallback))

/** Runs `law` with seeds from `first` on; a failure names its seed. */
export const everySeed = (runs: number, law: (random: Seeded, seed: number) => void, first = 1): void => {
  for (let seed = first; seed < first + runs; seed++) {
    try {
      law(seeded(seed), seed)
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}
