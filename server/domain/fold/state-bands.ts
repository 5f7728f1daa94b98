import { PRIMARY, PRIMARY_STATES as STATES } from './standing.ts'

/** One stretch in one primary state. */
export interface StateBand {
  readonly primary: number
  readonly from: number
  readonly to: number
}

const atOf = (change: number): number => Math.floor(change / STATES)

/** What each agent was and when, for as long as the fold looks back: their clock time, adherence, the band of a day, and who stood ready when a wait was foretold. */
export class StateBands {
  /** By agent in order of time: instant and state in one number. */
  readonly #changes: number[][] = []

  enter(index: number, primary: number, at: number): void {
    const changes = (this.#changes[index] ??= [])
    // A state that lasted no time was none.
    while (changes.length > 0 && changes[changes.length - 1] >= at * STATES) changes.pop()
    if (this.#last(changes) !== primary) changes.push(at * STATES + primary)
  }

  /** Nobody is there before the first change. */
  #last(changes: readonly number[]): number {
    return changes.length === 0 ? PRIMARY.offline : changes[changes.length - 1] % STATES
  }

  /** The state before `at`. */
  before(index: number, at: number): number {
    const changes = this.#changes[index] ?? []
    const next = this.#first(changes, at * STATES)
    return next === 0 ? PRIMARY.offline : changes[next - 1] % STATES
  }

  /** When the state that holds began; -1 when none is known. */
  since(index: number): number {
    const changes = this.#changes[index] ?? []
    return changes.length === 0 ? -1 : atOf(changes[changes.length - 1])
  }

  /** When the agent was first known to be anything; Infinity when they never were. */
  begin(index: number): number {
    const changes = this.#changes[index] ?? []
    return changes.length === 0 ? Infinity : atOf(changes[0])
  }

  /** Puts other changes (instant, state, ...) in the place of those from `at` on. */
  replace(index: number, at: number, told: readonly number[]): void {
    const changes = (this.#changes[index] ??= [])
    changes.length = this.#first(changes, at * STATES)
    for (let i = 0; i < told.length; i += 2) changes.push(told[i] * STATES + told[i + 1])
  }

  /** Place of the first change that is not below `bound`. */
  #first(changes: readonly number[], bound: number): number {
    let [low, high] = [0, changes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (changes[middle] < bound) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Clipped to [from, to); what came before the first change is not known. */
  of(index: number, from: number, to: number): readonly StateBand[] {
    const changes = this.#changes[index] ?? []
    const bands: StateBand[] = []
    for (let i = Math.max(0, this.#first(changes, from * STATES) - 1); i < changes.length; i++) {
      const begin = Math.max(atOf(changes[i]), from)
      if (begin >= to) break
      const end = Math.min(i + 1 < changes.length ? atOf(changes[i + 1]) : Infinity, to)
      if (begin < end) bands.push({ primary: changes[i] % STATES, from: begin, to: end })
    }
    return bands
  }

  /** The state at an instant; null before the first change. */
  at(index: number, at: number): number | null {
    const changes = this.#changes[index] ?? []
    const next = this.#first(changes, (at + 1) * STATES)
    return next === 0 ? null : changes[next - 1] % STATES
  }

  /** Drops what ended before `oldest`; the state that held then stays. */
  forget(oldest: number): void {
    for (const changes of this.#changes) {
      if (changes === undefined) continue
      const past = this.#first(changes, (oldest + 1) * STATES) - 1
      if (past > 0) changes.splice(0, past)
    }
  }

  /** As distances from `origin`, for a base: instant, state, instant, state, ... */
  save(index: number, origin: number): readonly number[] {
    return (this.#changes[index] ?? []).flatMap((change) => [atOf(change) - origin, change % STATES])
  }

  restore(index: number, saved: readonly number[], origin: number): void {
    const changes: number[] = []
    for (let i = 0; i + 1 < saved.length; i += 2) changes.push((saved[i] + origin) * STATES + saved[i + 1])
    this.#changes[index] = changes
  }
}
