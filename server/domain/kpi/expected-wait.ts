import { shareOf } from './service-level.ts'

/** How long somebody will wait, and how wrong such words were. */
export interface ExpectedWait {
  /** Entries ahead, their own among them. */
  readonly position: number
  /** Active handle time of the last hour, the newest counting most; null where none ended. An agent who has k at once ends k times as many in it. */
  readonly activeMs: number | null
  /** People at work for this queue: of those who serve several, the share that this queue has of them. */
  readonly people: number
  /** position x active time / people; null without people ("no agents", never 0) or without a handle time. */
  readonly meanMs: number | null
  readonly p50Ms: number | null
  readonly p90Ms: number | null
}

const NO_ESTIMATE = { meanMs: null, p50Ms: null, p90Ms: null }

/** 90th percentile of the normal distribution. */
const Z90 = 1.281552

/** Quantile of the time until the k-th of a stream of ends, 1 a unit of time (Wilson and Hilferty's cube of the gamma distribution; the first end is exponential). */
const quantile = (k: number, z: number): number => {
  if (k === 1) return z === 0 ? Math.LN2 : Math.LN10
  return k * Math.max(0, 1 - 1 / (9 * k) + z / (3 * Math.sqrt(k))) ** 3
}

export const expectedWait = (position: number, activeMs: number | null, people: number): ExpectedWait => {
  const base = { position, activeMs, people }
  if (activeMs === null || !(people > 0) || position < 1) return { ...base, ...NO_ESTIMATE }
  const perEnd = activeMs / people
  return { ...base, meanMs: position * perEnd, p50Ms: quantile(position, 0) * perEnd, p90Ms: quantile(position, Z90) * perEnd }
}

/** What was foretold at an enqueue, and what came. */
export interface Quote {
  readonly meanMs: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly waitedMs: number
}

/** Quotes of a queue and a stretch of time as sums: those of an hour add up to a day's. */
export interface WaitSums {
  readonly quotes: number
  /** Of |foretold - waited|, and of foretold - waited. */
  readonly errorMs: number
  readonly biasMs: number
  /** Waits no longer than the P50, and than the P90. */
  readonly withinP50: number
  readonly withinP90: number
}

export interface WaitError {
  readonly quotes: number
  /** Mean of |foretold - waited|, and of foretold - waited: above 0 people waited less than they were told. */
  readonly meanErrorMs: number | null
  readonly biasMs: number | null
  /** Shares of waits that were no longer than the P50 and the P90: 0.5 and 0.9 where the estimate is honest. */
  readonly withinP50: number | null
  readonly withinP90: number | null
}

export const waitSums = (quotes: readonly Quote[]): WaitSums => {
  const sum = (of: (quote: Quote) => number): number => quotes.reduce((total, quote) => total + of(quote), 0)
  return {
    quotes: quotes.length,
    errorMs: sum(({ meanMs, waitedMs }) => Math.abs(meanMs - waitedMs)),
    biasMs: sum(({ meanMs, waitedMs }) => meanMs - waitedMs),
    withinP50: sum(({ p50Ms, waitedMs }) => (waitedMs <= p50Ms ? 1 : 0)),
    withinP90: sum(({ p90Ms, waitedMs }) => (waitedMs <= p90Ms ? 1 : 0)),
  }
}

export const waitErrorOf = (sums: readonly WaitSums[]): WaitError => {
  const sum = (of: (one: WaitSums) => number): number => sums.reduce((total, one) => total + of(one), 0)
  const quotes = sum((one) => one.quotes)
  const mean = (of: (one: WaitSums) => number): number | null => shareOf({ numerator: sum(of), denominator: quotes })
  return {
    quotes,
    // Durations are told in whole milliseconds.
    meanErrorMs: quotes === 0 ? null : Math.round(sum((one) => one.errorMs) / quotes),
    // A sum below 0 is no missing denominator.
    biasMs: quotes === 0 ? null : Math.round(sum((one) => one.biasMs) / quotes),
    withinP50: mean((one) => one.withinP50),
    withinP90: mean((one) => one.withinP90),
  }
}
