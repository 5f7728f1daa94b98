/** Why agents were in AUX, and since when, for as long as the fold looks back. Reports in any order give the same. */
export class AuxReasons {
  /** By agent, in order of time: when a report said AUX, and its reason. */
  readonly #told: (readonly [at: number, reason: string | null])[][] = []

  put(index: number, at: number, reason: string | null): void {
    const told = (this.#told[index] ??= [])
    let place = told.length
    while (place > 0 && told[place - 1][0] > at) place--
    if (place > 0 && told[place - 1][0] === at) told[place - 1] = [at, reason]
    else told.splice(place, 0, [at, reason])
  }

  /** The reasons of a stretch in AUX, one after the other. */
  of(index: number, from: number, to: number): readonly { readonly reason: string | null; readonly from: number; readonly to: number }[] {
    const parts: { reason: string | null; from: number; to: number }[] = []
    let since = from
    let reason: string | null = null
    const close = (until: number): void => {
      if (until > since) parts.push({ reason, from: since, to: until })
    }
    for (const [at, next] of this.#told[index] ?? []) {
      if (at >= to) break
      if (at > from) {
        close(at)
        since = at
      }
      reason = next
    }
    close(to)
    return parts
  }

  /** Drops what was told before `oldest`, save for the last word. */
  forget(oldest: number): void {
    for (const told of this.#told) {
      let past = 0
      while (past + 1 < (told?.length ?? 0) && told[past + 1][0] <= oldest) past++
      if (past > 0) told.splice(0, past)
    }
  }

  /** As distances from `origin`, for a base. */
  save(index: number, origin: number): readonly (readonly [at: number, reason: string | null])[] {
    return (this.#told[index] ?? []).map(([at, reason]) => [at - origin, reason])
  }

  restore(index: number, saved: readonly (readonly [at: number, reason: string | null])[], origin: number): void {
    this.#told[index] = saved.map(([at, reason]) => [at + origin, reason])
  }
}
