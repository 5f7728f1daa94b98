/** One stretch in one primary state. */
export interface StateBand {
  readonly primary: number
  readonly from: number
  readonly to: number
}

/** What each agent was and when, for as long as the fold looks back: adherence, the band of a day, and who stood ready when a wait was foretold. */
export class StateBands {
  /** By agent: instant, state, instant, state, ... in order of time. */
  readonly #changes: number[][] = []

  enter(index: number, primary: number, at: number): void {
    const changes = (this.#changes[index] ??= [])
    // A state that lasted no time was none.
    while (changes.length > 0 && changes[changes.length - 2] >= at) changes.length -= 2
    changes.push(at, primary)
  }

  /** Clipped to [from, to); what came before the first change is not known. */
  of(index: number, from: number, to: number): readonly StateBand[] {
    const changes = this.#changes[index] ?? []
    const bands: StateBand[] = []
    for (let i = 0; i < changes.length; i += 2) {
      const begin = Math.max(changes[i], from)
      const end = Math.min(i + 2 < changes.length ? changes[i + 2] : Infinity, to)
      if (begin < end) bands.push({ primary: changes[i + 1], from: begin, to: end })
    }
    return bands
  }

  /** The state at an instant; null before the first change. */
  at(index: number, at: number): number | null {
    const changes = this.#changes[index] ?? []
    let [low, high] = [0, changes.length / 2]
    while (low < high) {
      const middle = (low + high) >> 1
      if (changes[middle * 2] <= at) low = middle + 1
      else high = middle
    }
    return low === 0 ? null : changes[low * 2 - 1]
  }

  /** Drops what ended before `oldest`; the state that held then stays. */
  forget(oldest: number): void {
    for (const changes of this.#changes) {
      let past = 0
      while (past + 2 < (changes?.length ?? 0) && changes[past + 2] <= oldest) past += 2
      if (past > 0) changes.splice(0, past)
    }
  }

  /** As distances from `origin`, for a base. */
  save(index: number, origin: number): readonly number[] {
    return (this.#changes[index] ?? []).map((value, place) => (place % 2 === 0 ? value - origin : value))
  }

  restore(index: number, saved: readonly number[], origin: number): void {
    this.#changes[index] = saved.map((value, place) => (place % 2 === 0 ? value + origin : value))
  }
}
