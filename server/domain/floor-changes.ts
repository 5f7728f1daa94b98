/** Keeps each thing that changed once, in the order of its first change. */
export class DirtyList {
  #marks = new Uint8Array(64)
  #list: number[] = []

  mark(index: number): void {
    if (index >= this.#marks.length) {
      const marks = new Uint8Array(Math.max(index + 1, this.#marks.length * 2))
      marks.set(this.#marks)
      this.#marks = marks
    }
    if (this.#marks[index] === 1) return
    this.#marks[index] = 1
    this.#list.push(index)
  }

  get empty(): boolean {
    return this.#list.length === 0
  }

  take(): readonly number[] {
    const taken = this.#list
    for (const index of taken) this.#marks[index] = 0
    this.#list = []
    return taken
  }
}
