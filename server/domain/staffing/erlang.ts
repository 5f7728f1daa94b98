/**
 * Erlang C by the stable recursion of Erlang B: B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)), C = n B / (n - a (1 - B)).
 * Source: A. K. Erlang 1917 as in any teletraffic text; checked against a published table in the tests.
 */
export interface ErlangC {
  /** Probability that a contact waits, 0..1. */
  readonly waits: number
  /** Share answered within the threshold, 0..1. */
  readonly serviceLevel: number
  readonly asaMs: number
  /** 0..1 */
  readonly occupancy: number
}

export interface Load {
  readonly perHour: number
  readonly ahtMs: number
  readonly withinMs: number
}

export const offeredErlangs = ({ perHour, ahtMs }: Pick<Load, 'perHour' | 'ahtMs'>): number => (perHour * ahtMs) / 3_600_000

/** Null when the load is at or above the people: Erlang C has no answer, the queue grows (see `growthPerMinute`). */
export const erlangC = (load: Load, people: number): ErlangC | null => {
  const erlangs = offeredErlangs(load)
  if (people <= erlangs) return null
  if (erlangs === 0) return { waits: 0, serviceLevel: 1, asaMs: 0, occupancy: 0 }
  let blocked = 1
  for (let n = 1; n <= people; n += 1) blocked = (erlangs * blocked) / (n + erlangs * blocked)
  const waits = (people * blocked) / (people - erlangs * (1 - blocked))
  const free = people - erlangs
  return { waits, serviceLevel: 1 - waits * Math.exp((-free * load.withinMs) / load.ahtMs), asaMs: (waits * load.ahtMs) / free, occupancy: erlangs / people }
}

/** Contacts a minute by which the queue grows when the people cannot carry the load; 0 when they can. */
export const growthPerMinute = (load: Load, people: number): number => Math.max(0, (offeredErlangs(load) - people) * (60_000 / load.ahtMs))

/** Fewest people that reach the service level (0..1) without exceeding the occupancy (0..1); null when no number of people can (target 1). */
export const peopleNeeded = (load: Load, target: { readonly percent: number; readonly maxOccupancy?: number }): number | null => {
  if (target.percent >= 1 || load.ahtMs <= 0) return null
  const erlangs = offeredErlangs(load)
  if (erlangs === 0) return 0
  for (let people = Math.floor(erlangs) + 1; ; people += 1) {
    const answer = erlangC(load, people)
    if (answer && answer.serviceLevel >= target.percent && answer.occupancy <= (target.maxOccupancy ?? 1)) return people
  }
}
