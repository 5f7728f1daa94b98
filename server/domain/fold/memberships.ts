/** Queues of each agent from an instant on. */
interface Membership {
  readonly from: number
  readonly queues: readonly number[]
}

/** Which queues each agent served and when. Before the first word on it they served what the first word says. */
export class Memberships {
  readonly #of: Membership[][] = []

  /** When the newest membership began; null when none is known. */
  newest(index: number): number | null {
    return this.#of[index]?.at(-1)?.from ?? null
  }

  /** Until when a membership that begins at `from` holds, and since when it is told of times before as well. */
  reach(index: number, from: number): { readonly from: number; readonly to: number } {
    const own = this.#of[index] ?? []
    const next = own.find((each) => each.from > from)
    return { from: own.length === 0 || own[0].from >= from ? -Infinity : from, to: next?.from ?? Infinity }
  }

  /** `anew`: it is the first word on the agent's queues, and whatever was held of them before is dropped. */
  set(index: number, from: number, queues: readonly number[], anew: boolean): void {
    const own = anew ? (this.#of[index] = []) : (this.#of[index] ??= [])
    const place = own.findIndex((each) => each.from >= from)
    if (place < 0) own.push({ from, queues })
    else own.splice(place, own[place].from === from ? 1 : 0, { from, queues })
  }

  each(index: number, from: number, to: number, visit: (queues: readonly number[], from: number, to: number) => void): void {
    const own = this.#of[index] ?? []
    for (let i = 0; i < own.length; i++) {
      const begin = Math.max(from, i === 0 ? -Infinity : own[i].from)
      const end = Math.min(to, own[i + 1]?.from ?? Infinity)
      if (begin < end) visit(own[i].queues, begin, end)
    }
  }

  /** Drops what ended before `oldest`. */
  forget(oldest: number): void {
    for (const own of this.#of) while (own !== undefined && own.length > 1 && own[1].from <= oldest) own.shift()
  }

  /** For a base, as distances from `origin`. */
  save(index: number, origin: number): readonly (readonly number[])[] {
    return (this.#of[index] ?? []).map(({ from, queues }) => [from - origin, ...queues])
  }

  restore(index: number, saved: readonly (readonly number[])[], origin: number): void {
    this.#of[index] = saved.map(([from, ...queues]) => ({ from: from + origin, queues }))
  }
}
