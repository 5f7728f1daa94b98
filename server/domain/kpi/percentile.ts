/**
 * Mergeable log buckets: 64 linear steps in each octave, so a value is known to 0.8 %. Values are milliseconds, exact below 128.
 * Sketches are merged by adding counts; a percentile is never averaged.
 */
const STEPS = 6
export const BUCKETS = 22 << STEPS
const GREATEST = 2 ** 27 - 1
const LONGEST = 2 ** 31 - 1

export const bucketOf = (ms: number): number => bucketWithin(ms, GREATEST)
/** For what may last days, in sparse sketches: up to 24 days, where dense histograms end at 37 hours. */
export const longBucketOf = (ms: number): number => bucketWithin(ms, LONGEST)

const bucketWithin = (ms: number, greatest: number): number => {
  const value = ms < 0 ? 0 : ms > greatest ? greatest : ms | 0
  if (value < 64) return value
  const octave = 31 - Math.clz32(value)
  return ((octave - STEPS + 1) << STEPS) + ((value >> (octave - STEPS)) & 63)
}

/** Middle of a bucket in ms. */
export const valueOf = (bucket: number): number => {
  const octave = bucket >> STEPS
  if (octave < 2) return bucket
  const low = (64 + (bucket & 63)) * 2 ** (octave - 1)
  return low + (2 ** (octave - 1) - 1) / 2
}

/** Sparse sketch: bucket, count, bucket, count... in rising order. */
export type Sketch = readonly number[]

export const mergeSketches = (sketches: readonly Sketch[]): Sketch => {
  const counts = new Map<number, number>()
  for (const sketch of sketches) for (let i = 0; i + 1 < sketch.length; i += 2) counts.set(sketch[i], (counts.get(sketch[i]) ?? 0) + sketch[i + 1])
  return sketchOf(counts)
}

export const sketchOf = (counts: ReadonlyMap<number, number>): Sketch =>
  [...counts].filter(([, count]) => count > 0).sort((a, b) => a[0] - b[0]).flat()

/** The smallest value that at least `share` of the samples do not exceed (nearest rank); null without samples. */
export const percentileOf = (sketch: Sketch, share: number): number | null => {
  let total = 0
  for (let i = 1; i < sketch.length; i += 2) total += sketch[i]
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(share * total))
  let seen = 0
  for (let i = 0; i + 1 < sketch.length; i += 2) {
    seen += sketch[i + 1]
    if (seen >= rank) return valueOf(sketch[i])
  }
  return null
}

/** The same of a few values at hand: one of them, none between two; null without any. */
export const nearestRank = (values: readonly number[], share: number): number | null => [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? null

/** Dense histograms, many in one array, each with a coarse level so that a percentile costs 86 steps. */
export class Histograms {
  #fine: Int32Array
  #coarse: Int32Array

  constructor(count: number) {
    this.#fine = new Int32Array(count * BUCKETS)
    this.#coarse = new Int32Array(count * (BUCKETS >> STEPS))
  }

  reserve(count: number): void {
    if (count * BUCKETS <= this.#fine.length) return
    const fine = new Int32Array(count * 2 * BUCKETS)
    fine.set(this.#fine)
    this.#fine = fine
    const coarse = new Int32Array(count * 2 * (BUCKETS >> STEPS))
    coarse.set(this.#coarse)
    this.#coarse = coarse
  }

  add(histogram: number, bucket: number, times: number): void {
    this.#fine[histogram * BUCKETS + bucket] += times
    this.#coarse[histogram * (BUCKETS >> STEPS) + (bucket >> STEPS)] += times
  }

  clear(histogram: number): void {
    this.#fine.fill(0, histogram * BUCKETS, (histogram + 1) * BUCKETS)
    this.#coarse.fill(0, histogram * (BUCKETS >> STEPS), (histogram + 1) * (BUCKETS >> STEPS))
  }

  percentile(histogram: number, share: number): number | null {
    const coarseFrom = histogram * (BUCKETS >> STEPS)
    let total = 0
    for (let i = 0; i < BUCKETS >> STEPS; i++) total += this.#coarse[coarseFrom + i]
    if (total <= 0) return null
    let left = Math.max(1, Math.ceil(share * total))
    for (let octave = 0; octave < BUCKETS >> STEPS; octave++) {
      const count = this.#coarse[coarseFrom + octave]
      if (count < left) {
        left -= count
        continue
      }
      const from = histogram * BUCKETS + (octave << STEPS)
      for (let step = 0; step < 1 << STEPS; step++) {
        left -= this.#fine[from + step]
        if (left <= 0) return valueOf((octave << STEPS) + step)
      }
    }
    return null
  }

  sketch(histogram: number): Sketch {
    const counts: number[] = []
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#fine[histogram * BUCKETS + bucket]
      if (count > 0) counts.push(bucket, count)
    }
    return counts
  }

  bytes(): number {
    return this.#fine.byteLength + this.#coarse.byteLength
  }
}
