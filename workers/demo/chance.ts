/** Seeded chance of the demo: the same seed plays the same day. */
export interface Chance {
  /** [0, 1) */
  uniform(): number
  below(share: number): boolean
  pick<T>(items: readonly T[]): T
  /** Mean in the unit of the result. */
  exponential(mean: number): number
  /** Log-normal with the given mean and coefficient of variation (standard deviation / mean). */
  lognormal(mean: number, variation: number): number
  /** Gamma-like factor around 1 with the given coefficient of variation, by a log-normal. */
  factor(variation: number): number
  /** Whole number in [from, to]. */
  whole(from: number, to: number): number
}

export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0
  // mulberry32: 32 bits of state are plenty for a demo day and cost nothing.
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const lognormal = (mean: number, variation: number): number => {
    const spread = Math.log(1 + variation * variation)
    return Math.exp(Math.log(mean) - spread / 2 + Math.sqrt(spread) * normal())
  }
  const pick = <T,>(items: readonly T[]): T => {
    const item = items[Math.floor(uniform() * items.length)]
    if (item === undefined) throw new Error('demo: pick from an empty list')
    return item
  }
  return {
    uniform,
    below: (share) => uniform() < share,
    pick,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    lognormal,
    factor: (variation) => lognormal(1, variation),
    whole: (from, to) => from + Math.floor(uniform() * (to - from + 1)),
  }
}
