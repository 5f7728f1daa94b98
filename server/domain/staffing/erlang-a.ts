import { offeredErlangs, type Load } from './erlang.ts'

/**
 * Erlang A (M/M/n+M): like Erlang C, but those who wait give up after an exponential patience, so that no load is too much.
 * Source: S. Zeltyn and A. Mandelbaum, "Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue" (2005):
 * with J(t) the integral from t on of exp(lambda/theta (1 - exp(-theta x)) - n mu x), the offered wait V has P(V > t) = lambda J(t) / (E + lambda J(0)), E = 1 / B(n - 1).
 */
export interface ErlangA {
  /** Probability that a contact waits, 0..1. */
  readonly waits: number
  /** Share of all that come who are answered within the threshold, 0..1. */
  readonly serviceLevel: number
  /** Share who give up, 0..1. */
  readonly abandons: number
  /** Mean wait of everybody, those who give up among them. */
  readonly meanWaitMs: number
  readonly occupancy: number
}

export interface Impatient extends Load {
  /** Mean time after which somebody who is not answered gives up. */
  readonly patienceMs: number
}

/** Mean patience from what was seen: everybody's wait for each who gave up; null where nobody did. */
export const patienceOf = (sums: { readonly waitMsTotal: number; readonly abandonWaitMsTotal: number; readonly abandoned: number }): number | null => (sums.abandoned > 0 && sums.waitMsTotal + sums.abandonWaitMsTotal > 0 ? (sums.waitMsTotal + sums.abandonWaitMsTotal) / sums.abandoned : null)

/** 1 / Erlang B of `people`, by the stable recursion. */
const inverseB = (people: number, erlangs: number): number => {
  let inverse = 1
  for (let n = 1; n <= people; n += 1) inverse = 1 + (n / erlangs) * inverse
  return inverse
}

const STEPS = 400

/** Simpson over [from, to]. */
const integral = (of: (x: number) => number, from: number, to: number): number => {
  const h = (to - from) / STEPS
  let sum = of(from) + of(to)
  for (let i = 1; i < STEPS; i += 1) sum += of(from + i * h) * (i % 2 === 1 ? 4 : 2)
  return (sum * h) / 3
}

export const erlangA = (load: Impatient, people: number): ErlangA => {
  const erlangs = offeredErlangs(load)
  if (erlangs === 0) return { waits: 0, serviceLevel: 1, abandons: 0, meanWaitMs: 0, occupancy: 0 }
  // In units of the handle time: mu = 1.
  const theta = load.ahtMs / load.patienceMs
  const within = load.withinMs / load.ahtMs
  if (people <= 0) return { waits: 1, serviceLevel: 0, abandons: 1, meanWaitMs: load.patienceMs, occupancy: 0 }
  const exponent = (x: number): number => (erlangs / theta) * -Math.expm1(-theta * x) - people * x
  // The exponent rises until the queue's drift turns; scaled by its top, nothing overflows.
  const peakAt = erlangs > people ? Math.log(erlangs / people) / theta : 0
  const top = exponent(peakAt)
  const density = (x: number): number => erlangs * Math.exp(exponent(x) - top)
  // Beyond this, under a millionth of a millionth of the top is left.
  let end = peakAt + 1 / (people + 1)
  while (exponent(end) - top > -30) end = peakAt + (end - peakAt) * 2
  const idle = inverseB(people - 1, erlangs) * Math.exp(-top)
  // Cut at the threshold, at the peak and where patience no longer shapes the curve, so that each piece is smooth and short.
  const cuts = [...new Set([0, Math.min(within, end), peakAt, Math.min(peakAt + 6 / theta, end), end])].sort((a, b) => a - b)
  const over = (of: (x: number) => number, until: number): number => cuts.slice(1).reduce((sum, cut, i) => (cut > until || cut === cuts[i] ? sum : sum + integral(of, cuts[i] ?? 0, cut)), 0)
  const all = idle + over(density, end)
  const served = (x: number): number => Math.exp(-theta * x) * density(x)
  const answered = (idle + over(served, end)) / all
  const abandons = Math.max(0, 1 - answered)
  return {
    waits: 1 - idle / all,
    serviceLevel: (idle + over(served, Math.min(within, end))) / all,
    abandons,
    meanWaitMs: abandons * load.patienceMs,
    occupancy: (erlangs * answered) / people,
  }
}

