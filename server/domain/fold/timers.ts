/** Instants at which time alone may change something, soonest first. What is due is checked again when it comes up. */
export class Timers {
  #at = new Float64Array(256)
  #what = new Int32Array(256)
  #count = 0

  get next(): number {
    return this.#count === 0 ? Infinity : this.#at[0]
  }

  /** The thing that is due first; only valid while `next` is finite. */
  get first(): number {
    return this.#what[0]
  }

  add(at: number, what: number): void {
    if (this.#count === this.#at.length) this.#grow()
    let child = this.#count++
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (this.#at[parent] <= at) break
      this.#at[child] = this.#at[parent]
      this.#what[child] = this.#what[parent]
      child = parent
    }
    this.#at[child] = at
    this.#what[child] = what
  }

  drop(): void {
    const last = --this.#count
    if (last <= 0) return
    const at = this.#at[last]
    const what = this.#what[last]
    let parent = 0
    for (;;) {
      let child = parent * 2 + 1
      if (child >= last) break
      if (child + 1 < last && this.#at[child + 1] < this.#at[child]) child++
      if (this.#at[child] >= at) break
      this.#at[parent] = this.#at[child]
      this.#what[parent] = this.#what[child]
      parent = child
    }
    this.#at[parent] = at
    this.#what[parent] = what
  }

  #grow(): void {
    const at = new Float64Array(this.#at.length * 2)
    at.set(this.#at)
    this.#at = at
    const what = new Int32Array(this.#what.length * 2)
    what.set(this.#what)
    this.#what = what
  }
}
