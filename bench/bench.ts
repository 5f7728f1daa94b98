/** One benchmark: baseline and product measured alternately in the same run, reported as a ratio. */
export interface BenchResult {
  readonly id: string
  readonly title: string
  /** In words, e.g. "<= 0.15x". */
  readonly target: string
  readonly baseline: string
  /** Ratio of each round, product over baseline. */
  readonly rounds: readonly number[]
  /** Median of the rounds. */
  readonly ratio: number
  readonly holds: boolean
  /** Absolute figures for people, e.g. { "p50 ms": 0.8 }. */
  readonly figures: Readonly<Record<string, number | string>>
}

export interface BenchContext {
  /** A Redis of this run; benchmarks use a key prefix of their own. */
  readonly redisUrl: string
  /** At least 5. */
  readonly rounds: number
}

/** A file `bench/tNN-name.ts` exports `run`. One target may give several rows. */
export type Bench = (context: BenchContext) => Promise<readonly BenchResult[]>

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length === 0 ? Number.NaN : sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export const resultOf = (result: Omit<BenchResult, 'ratio' | 'holds'> & { readonly atMost?: number; readonly atLeast?: number }): BenchResult => {
  const { atMost, atLeast, ...rest } = result
  const ratio = median(rest.rounds)
  return { ...rest, ratio, holds: (atMost === undefined || ratio <= atMost) && (atLeast === undefined || ratio >= atLeast) }
}
