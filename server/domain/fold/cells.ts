import { BLOCK } from './counters.ts'

/** Blocks of counters in one array, so that a contribution is the same addition at several offsets. The block at 0 is the bin. */
export class Cells {
  values = new Float64Array(64 * BLOCK)
  #top = BLOCK
  readonly #free: number[] = []

  /** Offset of `blocks` fresh, zeroed blocks in a row. */
  take(blocks: number): number {
    const reused = blocks === 1 ? this.#free.pop() : undefined
    if (reused !== undefined) return reused
    const offset = this.#top
    this.#top += blocks * BLOCK
    if (this.#top > this.values.length) {
      const values = new Float64Array(Math.max(this.#top, this.values.length * 2))
      values.set(this.values)
      this.values = values
    }
    return offset
  }

  free(offset: number): void {
    this.values.fill(0, offset, offset + BLOCK)
    this.#free.push(offset)
  }
}
